/** How one signs in: passkeys, the authenticator app, accounts elsewhere, the password, and where one is signed in. */
import { announce, el } from "/ui/dom.js";
import { setUpApp, showCodes } from "./app.js";
import { current, refresh, send } from "./current.js";
import { action, draw, field, form } from "./parts.js";
import * as ways from "./ways.js";
import { browserOf, day, factorsOf, until } from "./words.js";

const ACCOUNT = "/authoring/v1/account";
const SESSIONS = "/authoring/v1/sessions";

/** Where this screen is found again. */
export const PLACE = "#account";

/** Whether a second factor has to be set up before anything else is open. */
export const mustEnrol = ({ second_factor_until: until_ }) => Boolean(until_) && Date.parse(until_) <= Date.now();

/** @param {() => void} back draws the screen before this one */
export async function account(back) {
  const [factors, { passkeys }, providers] = await Promise.all([
    send("GET", `${ACCOUNT}/factors`), send("GET", `${ACCOUNT}/passkeys`), ways.providers().catch(() => []),
  ]);
  const [sessions, identities] = await Promise.all([
    unlessShut(send("GET", SESSIONS)), send("GET", `${ACCOUNT}/identities`).then((answer) => answer.identities),
  ]);
  const again = (told) => account(back).then(() => announce(told));
  history.replaceState(null, "", `/sign-in${location.search}${PLACE}`);
  draw("How you sign in",
    needed(),
    el("section", { "aria-labelledby": "keys" }, passkeyList(passkeys, again)),
    el("section", { "aria-labelledby": "app" }, appState(factors, again)),
    // Who has to set up a second factor first is shown what that takes.
    sessions && [
      (providers.length > 0 || identities.length > 0) && el("section", { "aria-labelledby": "elsewhere" }, elsewhere(providers, identities, again)),
      el("section", { "aria-labelledby": "word" }, password(factors, again)),
      el("section", { "aria-labelledby": "sessions" }, sessionList(sessions.sessions, again)),
    ],
    action("Back", () => {
      history.replaceState(null, "", `/sign-in${location.search}`);
      return back();
    }));
}

/** What is answered; null while a second factor has to be set up first. */
async function unlessShut(asked) {
  try {
    return await asked;
  } catch (refusal) {
    if (refusal.code === "second-factor-needed") return null;
    throw refusal;
  }
}

function needed() {
  const { second_factor_until: end } = current();
  if (!end) return null;
  const when = mustEnrol(current()) ? "before you go on" : `until ${until(end)}`;
  return el("p", { class: "note" }, `Your role needs a second factor. Add a passkey or set up an authenticator app ${when}.`);
}

function passkeyList(passkeys, again) {
  const rows = passkeys.map((passkey) => el("li", {},
    el("div", {}, el("strong", {}, passkey.name),
      el("span", { class: "hint" }, `Added ${day(passkey.created_at)}, ${passkey.used_at ? `last used ${until(passkey.used_at)}` : "not used yet"}`)),
    action("Remove", async () => {
      await send("DELETE", `${ACCOUNT}/passkeys/${encodeURIComponent(passkey.passkey)}`);
      await again(`The passkey ${passkey.name} is removed.`);
    }, { class: "slight", "aria-label": `Remove the passkey ${passkey.name}` })));
  return [
    el("h2", { id: "keys" }, "Passkeys"),
    el("p", { class: "small" }, "A passkey is your phone, your computer or a security key. It signs you in without a password, and counts as two factors."),
    rows.length > 0 && el("ul", { class: "rows" }, rows),
    ways.canUsePasskeys()
      ? el("button", { type: "button", onclick: () => addPasskey(() => again("The passkey is added."), () => again("Nothing was changed.")) }, "Add a passkey")
      : el("p", { class: "small" }, "This browser can’t make passkeys."),
  ];
}

function addPasskey(done, back) {
  draw("Add a passkey",
    el("p", { class: "quiet" }, "Your browser asks which device to use, and to unlock it."),
    form("Go on", [
      field("label", "What to call it", { maxlength: 60, autocomplete: "off", value: browserOf(navigator.userAgent) }, "So that you know it again in your list."),
    ], async (typed) => {
      const { ceremony, options } = await send("POST", `${ACCOUNT}/passkeys/options`);
      const credential = await ways.makePasskey(options);
      await send("POST", `${ACCOUNT}/passkeys`, { ceremony, credential, name: typed.label });
      await refresh();
      await done();
    }),
    action("Back", back));
}

function appState({ has_totp: isSet, recovery_codes_count: left }, again) {
  const heading = el("h2", { id: "app" }, "Authenticator app");
  if (!isSet) {
    return [heading,
      el("p", { class: "small" }, "An app on your phone shows six digits, which you type after your password."),
      action("Set up an app", () => setUpApp(() => again("The app is set up."), () => again("Nothing was changed.")))];
  }
  return [heading,
    el("p", {}, "An app is set up. ", left === 1 ? "One recovery code is left." : `${left} recovery codes are left.`, " New ones replace them."),
    action("Make new recovery codes", async () => {
      const { recovery_codes: codes } = await send("POST", `${ACCOUNT}/recovery-codes`);
      showCodes(codes, () => again("You have new recovery codes."));
    }),
    action("Remove the app", async () => {
      await send("DELETE", `${ACCOUNT}/totp`);
      await refresh();
      await again("The app is removed, and its recovery codes.");
    })];
}

function elsewhere(providers, identities, again) {
  const titleOf = (name) => {
    const title = providers.find(({ provider }) => provider === name)?.title ?? name;
    return title.charAt(0).toUpperCase() + title.slice(1);
  };
  const open = providers.filter(({ provider }) => !identities.some((identity) => identity.provider === provider));
  return [
    el("h2", { id: "elsewhere" }, "Accounts elsewhere"),
    identities.length > 0 && el("ul", { class: "rows" }, identities.map((identity) =>
      el("li", {}, el("div", {}, el("strong", {}, titleOf(identity.provider)), el("span", { class: "hint" }, `Added ${day(identity.added_at)}`)),
        action("Remove", async () => {
          await send("DELETE", `${ACCOUNT}/identities/${encodeURIComponent(identity.provider)}`);
          await again(`${titleOf(identity.provider)} is removed.`);
        }, { class: "slight", "aria-label": `Remove ${titleOf(identity.provider)}` })))),
    open.map(({ provider, title }) => action(`Add ${title}`, async () => {
      const start = `/authoring/v1/session/oidc/${encodeURIComponent(provider)}/start`;
      location.assign((await send("POST", start, { link: true, return_to: `/sign-in${PLACE}` })).url);
    })),
  ];
}

function password({ has_password: isSet }, again) {
  const words = isSet ? "Change your password" : "Set a password";
  return [
    el("h2", { id: "word" }, "Password"),
    el("p", { class: "small" }, isSet ? "Changing it ends your sessions everywhere else." : "You have none so far."),
    el("button", { type: "button", onclick: () => draw(words,
      form("Go on", [
        field("password", "New password", { type: "password", autocomplete: "new-password" }, "A few words that nobody else would put together are good."),
      ], async (typed) => {
        await send("PUT", `${ACCOUNT}/password`, { password: typed.password });
        await refresh();
        await again("The password is changed.");
      }),
      action("Back", () => again("Nothing was changed."))) }, words),
  ];
}

function sessionList(sessions, again) {
  const rows = sessions.map((row) => el("li", {},
    el("div", {}, el("strong", {}, browserOf(row.agent)), row.is_this && " (here)",
      el("span", { class: "hint" }, `Since ${until(row.created_at)}, with ${factorsOf(row.factors)}${row.client ? `, from ${row.client}` : ""}`)),
    !row.is_this && action("Sign out there", async () => {
      await send("DELETE", `${SESSIONS}/${encodeURIComponent(row.session)}`);
      await again("That session has ended.");
    }, { class: "slight", "aria-label": `Sign out there: ${browserOf(row.agent)}, since ${until(row.created_at)}` })));
  return [
    el("h2", { id: "sessions" }, "Where you are signed in"),
    el("ul", { class: "rows" }, rows),
    sessions.length > 1 && action("Sign out everywhere else", async () => {
      await send("DELETE", SESSIONS);
      await again("You are signed in here only.");
    }),
  ];
}
