/**
 * Coming in: `/sign-in`, and `/welcome#SECRET`, to which one-time links lead.
 *
 * The secret of a link is taken out of the address at once, so that neither the history nor a later page has it.
 */
import { announce, el } from "/ui/dom.js";
import { account, mustEnrol, PLACE } from "./account.js";
import { keep } from "./current.js";
import { action, draw, field, form } from "./parts.js";
import * as ways from "./ways.js";
import { refused, until } from "./words.js";

/** Where to go on: a path of this server and nothing else. */
const goOn = (() => {
  const named = new URLSearchParams(location.search).get("return_to") ?? "";
  return /^\/(?![/\\])/.test(named) ? named : "/admin/";
})();

/** What comes after one step of signing in. */
function after(session) {
  keep(session);
  if (session.stage === "second-factor") return code(session);
  const isShut = mustEnrol(session);
  const end = session.second_factor_until;
  draw(`Hello, ${session.name}`,
    el("p", {}, session.role ? `You are signed in as ${session.role}.` : "You are signed in. Nobody gave you a role yet."),
    end && el("p", { class: "note" }, isShut
      ? "Your role needs a second factor. Set one up before you go on."
      : `Your role needs a second factor. Set one up until ${until(end)}.`),
    session.insecure && el("p", { class: "note" }, "The connection is not encrypted. That is fine for a first try on this machine, and for nothing else."),
    !isShut && el("a", { class: "button main", href: goOn }, "Go on"),
    action(end ? "Set up a second factor" : "How you sign in", () => account(home), isShut ? { class: "main" } : {}),
    action("Sign out", () => signsOut(session)));
}

async function signsOut(session) {
  await ways.signOut(session.csrf_token);
  await signIn();
  announce("You are signed out.");
}

/** The first screen of somebody who is signed in, as things are now. */
async function home() {
  const session = await ways.signedIn();
  return session ? after(session) : signIn();
}

function code(session) {
  draw("Your second factor",
    el("p", { class: "quiet" }, "Type the six digits that your authenticator app shows, or one of your recovery codes."),
    form("Go on", [field("code", "Code", { autocomplete: "one-time-code", inputmode: "text", spellcheck: "false" })],
      async (typed) => after(await ways.withCode(typed.code, session.csrf_token))),
    ways.canUsePasskeys() && action("Use a passkey", async () => after(await ways.withPasskey())),
    action("Sign in as somebody else", () => signsOut(session)),
    el("p", { class: "small" }, "Phone and codes lost? An administrator can take the second factor away."));
}

async function signIn(told) {
  const found = await ways.providers().catch(() => []);
  const choices = found.map((provider) => action(`Continue with ${provider.title}`, async () => {
    location.assign(await ways.atProvider(provider.provider, goOn));
  }));
  if (ways.canUsePasskeys()) choices.push(action("Continue with a passkey", async () => after(await ways.withPasskey())));
  draw("Sign in",
    el("p", { class: "quiet" }, "Write, review and publish lessons together."),
    told && el("p", { class: "wrong", role: "alert" }, told),
    choices,
    choices.length > 0 && el("p", { class: "or" }, "or"),
    form("Sign in", [
      field("name", "Email", { autocomplete: "username webauthn", inputmode: "email", spellcheck: "false", autocapitalize: "none" }),
      field("password", "Password", { type: "password", autocomplete: "current-password" }),
    ], async (typed) => after(await ways.withPassword(typed.name, typed.password))),
    el("p", { class: "small" }, "Accounts come by invitation. ", "Only learning? ", el("a", { href: "/learn/" }, "Go to the lessons")));
}

const WELCOMES = {
  "first-administrator": ["Welcome", "This makes you the first administrator: you can invite others and give them roles."],
  "invitation": ["Welcome", "You were invited. Choose a password, and you can begin."],
  "reset": ["A new password", "Choose a new password. Your sessions everywhere else end."],
};

async function welcome(secret) {
  const link = await ways.lookAtLink(secret);
  const [title, sentence] = WELCOMES[link.purpose] ?? WELCOMES.invitation;
  const isFirst = link.purpose === "first-administrator";
  const fields = [
    link.purpose !== "reset" && field("name", "Your name", { autocomplete: "name", value: link.name ?? "" }, "As others see it beside what you write."),
    isFirst
      ? field("email", "Email", { type: "email", autocomplete: "username" }, "You sign in with it. It stays on this server.")
      : el("p", { class: "small" }, `You sign in with ${link.email ?? "your address"}.`),
    field("password", "Password", { type: "password", autocomplete: "new-password", minlength: link.password_chars_min },
      `At least ${link.password_chars_min} characters. A few words that nobody else would put together are good.`),
  ];
  draw(title,
    el("p", { class: "quiet" }, sentence),
    form("Go on", fields, async (typed) => after(await ways.acceptLink({ secret, ...typed }))),
    el("p", { class: "small" }, `The link works once, until ${until(link.expires_at)}.`));
}

async function begin() {
  const fragment = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  try {
    if (location.pathname === "/welcome") {
      if (fragment) return await welcome(fragment);
      return draw("Welcome", el("p", {}, "Open the whole link that you were given: what stands after # is missing."));
    }
    const code = new URLSearchParams(fragment).get("problem");
    const session = code ? null : await ways.signedIn();
    if (session?.stage === "full" && `#${fragment}` === PLACE) await account((keep(session), home));
    else if (session) after(session);
    else await signIn(code ? refused({ code, message: "That did not work" }) : undefined);
  } catch (refusal) {
    draw("Sign in", el("p", { class: "wrong", role: "alert" }, refused(refusal)), el("a", { class: "button", href: "/sign-in" }, "Go to the page for signing in"));
  }
}

// Whoever opens a link where this page is open already only changes what stands after #.
addEventListener("hashchange", begin);
await begin();
