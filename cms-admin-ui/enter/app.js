/** Setting up an authenticator app, and the recovery codes that stand in for it. */
import { announce, el, svg } from "/ui/dom.js";
import { refresh, send } from "./current.js";
import { action, draw, field, form } from "./parts.js";

const TOTP = "/authoring/v1/account/totp";
/** Light modules around a code, without which it can't be found. */
const MARGIN = 4;

/** The picture of a code whose rows have a digit for each module; nothing where there is none. */
function picture(rows) {
  if (rows === null) return null;
  const size = rows.length + 2 * MARGIN;
  const dark = rows.flatMap((row, y) => [...row].map((module, x) => (module === "1" ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : ""))).join("");
  return svg("svg", { class: "code", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": "A code for the camera of your phone", "shape-rendering": "crispEdges" },
    svg("rect", { class: "light", width: size, height: size }), svg("path", { class: "dark", d: dark }));
}

const inFours = (text) => text.match(/.{1,4}/g).join(" ");

/**
 * @param {() => Promise<void>} done draws what comes after it
 * @param {() => Promise<void>} back draws what was there before
 */
export async function setUpApp(done, back) {
  const { secret, url, qr } = await send("POST", TOTP);
  const drawn = picture(qr);
  draw("Set up an authenticator app",
    el("p", { class: "quiet" }, drawn ? "Point the camera of your app at this picture." : "Type this key into your app."),
    drawn,
    el("p", { class: "small" }, drawn && "No camera? Type this key into the app: ", el("code", { class: "key" }, inFours(secret)),
      "On the phone itself, ", el("a", { href: url }, "open the app"), "."),
    form("Go on", [
      field("code", "Code that the app shows", { autocomplete: "one-time-code", inputmode: "numeric", maxlength: 7, spellcheck: "false" }, "Six digits, which change every half minute."),
    ], async (typed) => {
      const { recovery_codes: codes } = await send("POST", `${TOTP}/confirm`, { code: typed.code });
      await refresh();
      showCodes(codes, done);
    }),
    action("Back", back));
}

/** The recovery codes, which are shown once. */
export function showCodes(codes, done) {
  const copy = navigator.clipboard && action("Copy them", async () => {
    await navigator.clipboard.writeText(codes.join("\n"));
    announce("The codes are copied.");
  });
  draw("Your recovery codes",
    el("p", {}, "Each of them signs you in once when you don’t have your phone. Print them or keep them where you keep your passwords: they are not shown again."),
    el("ol", { class: "codes" }, codes.map((code) => el("li", {}, el("code", {}, code)))),
    copy,
    action("I have kept them", done, { class: "main" }));
}
