/** The dialog in which somebody signs in again without leaving the page. */
import { announce, el } from "/ui/dom.js";
import { action, field, form } from "./parts.js";
import * as ways from "./ways.js";

const TITLES = {
  "session-ended": ["Your session has ended", "Sign in again to go on. What you typed is still here."],
  "sign-in-again": ["Show that it is you", "This changes how you sign in, so it needs a sign-in of the last minutes."],
  "second-factor-needed": ["Your second factor is needed", "Sign in again, with it. What you typed is still here."],
};

let open = null;

/**
 * Asks the same person to sign in again. Requests that find the session ended at the same time wait for one dialog.
 * @param {{person: string, name: string}} session
 * @param {string} code why it is needed
 * @returns {Promise<object|null>} the session; null when the dialog was closed
 */
export function renewed(session, code) {
  open ??= ask(session, code).finally(() => { open = null; });
  return open;
}

function ask(session, code) {
  const [title, why] = TITLES[code] ?? TITLES["session-ended"];
  return new Promise((resolve) => {
    const steps = el("div");
    const dialog = el("dialog", { "aria-labelledby": "renew-title", onclose: () => {
      const next = dialog.next ?? null;
      dialog.remove();
      if (next) announce("You are signed in again.");
      resolve(next);
    } },
    el("h2", { id: "renew-title" }, title), steps,
    el("button", { type: "button", onclick: () => dialog.close() }, "Not now"));
    const done = (next) => {
      if (next.stage === "second-factor") return steps.replaceChildren(...codeStep(next, done));
      // A passkey may be another person’s; the page belongs to them from now on.
      if (next.person !== session.person) return location.assign("/sign-in");
      dialog.next = next;
      return dialog.close();
    };
    steps.append(...passwordStep(session, why, done));
    document.body.append(dialog);
    dialog.showModal();
  });
}

function passwordStep(session, why, done) {
  return [
    el("p", {}, why),
    el("p", { class: "small" }, `You are ${session.name}.`),
    form("Sign in", [
      field("password", "Password", { id: "renew-password", type: "password", autocomplete: "current-password" }),
    ], async (typed) => done(await ways.renew(session.person, typed.password))),
    ...ways.canUsePasskeys() ? action("Use a passkey", async () => done(await ways.withPasskey())) : [],
  ];
}

function codeStep(session, done) {
  const entry = field("code", "Code", { id: "renew-code", autocomplete: "one-time-code", inputmode: "text", spellcheck: "false", autofocus: true });
  queueMicrotask(() => entry.querySelector("input").focus());
  return [
    el("p", {}, "Type the six digits that your authenticator app shows, or one of your recovery codes."),
    form("Go on", [entry], async (typed) => done(await ways.withCode(typed.code, session.csrf_token))),
  ];
}
