/**
 * Coming in: `/sign-in`, and `/welcome#SECRET`, to which one-time links lead.
 *
 * The secret of a link is taken out of the address at once, so that neither the history nor a later page has it.
 */
import { announce, el, show } from "/ui/dom.js";
import { refused, until } from "./words.js";
import * as ways from "./ways.js";

const screen = document.getElementById("screen");

/** Where to go on: a path of this server and nothing else. */
const goOn = (() => {
  const named = new URLSearchParams(location.search).get("return_to") ?? "";
  return /^\/(?![/\\])/.test(named) ? named : "/admin/";
})();

function draw(title, ...children) {
  document.title = title;
  const heading = el("h1", { tabindex: "-1" }, title);
  show(screen, heading, ...children);
  heading.focus();
}

/** A field with its label; a password can be shown. */
function field(name, label, attributes = {}, hint) {
  const input = el("input", { id: name, name, required: true, ...attributes });
  const isSecret = attributes.type === "password";
  const reveal = isSecret && el("button", { type: "button", "aria-pressed": "false", onclick: (event) => {
    const isShown = input.type === "text";
    input.type = isShown ? "password" : "text";
    event.currentTarget.setAttribute("aria-pressed", String(!isShown));
    event.currentTarget.textContent = isShown ? "Show" : "Hide";
  } }, "Show");
  const hintId = `${name}-hint`;
  if (hint) input.setAttribute("aria-describedby", hintId);
  return el("div", { class: "field" },
    el("label", { for: name }, label),
    el("div", { class: isSecret ? "entry hidden-text" : "entry" }, input, reveal),
    hint && el("span", { class: "hint", id: hintId }, hint));
}

/** A form that is sent by `act`, which gets its fields; a refusal is shown above the button, and nothing typed is lost. */
function form(button, fields, act) {
  const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
  const submit = el("button", { class: "main", type: "submit" }, button);
  return el("form", { onsubmit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    wrong.hidden = true;
    try {
      await act(Object.fromEntries(new FormData(event.target)));
    } catch (refusal) {
      wrong.textContent = refused(refusal);
      wrong.hidden = false;
    } finally {
      submit.disabled = false;
    }
  } }, fields, wrong, submit);
}

/** What comes after one step of signing in. */
function after(session) {
  if (session.stage === "second-factor") return code(session);
  draw(`Hello, ${session.name}`,
    el("p", {}, session.role ? `You are signed in as ${session.role}.` : "You are signed in. Nobody gave you a role yet."),
    session.second_factor_until && el("p", { class: "note" }, `Set up a second factor until ${until(session.second_factor_until)}.`),
    session.insecure && el("p", { class: "note" }, "The connection is not encrypted. That is fine for a first try on this machine, and for nothing else."),
    el("a", { class: "button main", href: goOn }, "Go on"),
    el("button", { type: "button", onclick: async () => {
      await ways.signOut(session.csrf_token);
      announce("You are signed out.");
      await signIn();
    } }, "Sign out"));
}

function code(session) {
  draw("Your second factor",
    el("p", { class: "quiet" }, "Type the six digits that your authenticator app shows, or one of your recovery codes."),
    form("Go on", [field("code", "Code", { autocomplete: "one-time-code", inputmode: "text", spellcheck: "false" })],
      async (typed) => after(await ways.withCode(typed.code, session.csrf_token))));
}

async function signIn(told) {
  const found = await ways.providers().catch(() => []);
  const choices = found.map((provider) => el("button", { type: "button", onclick: async () => {
    try {
      location.assign(await ways.atProvider(provider.provider, goOn));
    } catch (refusal) {
      await signIn(refused(refusal));
    }
  } }, `Continue with ${provider.title}`));
  if (ways.canUsePasskeys()) {
    choices.push(el("button", { type: "button", onclick: async () => {
      try {
        after(await ways.withPasskey());
      } catch (refusal) {
        // Whoever closes the browser’s own dialog has said enough.
        if (refusal.name !== "NotAllowedError") await signIn(refused(refusal));
      }
    } }, "Continue with a passkey"));
  }
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
    if (session) after(session);
    else await signIn(code ? refused({ code, message: "That did not work" }) : undefined);
  } catch (refusal) {
    draw("Sign in", el("p", { class: "wrong", role: "alert" }, refused(refusal)), el("a", { class: "button", href: "/sign-in" }, "Go to the page for signing in"));
  }
}

await begin();
