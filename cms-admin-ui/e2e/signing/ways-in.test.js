/** Signing in with each method, in a real browser: how it is set up, how it is used, and what happens without it. */

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { audit } from "../audit.js";
import { launch } from "../browser.js";
import { asMachine, comesIn, house, needsSecondFactor, opensAccount, PASSWORD, signsIn, signsOut } from "./house.js";
import { deviceFor, digits, scanned } from "./phone.js";
import { journeysIn, press, title } from "./journey.js";
import { picture } from "./pictures.js";

const ALL = ["light", "dark", "phone"];
let server, browser;

before(async () => {
  server = await house();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Nothing on the way may break or leave the server. */
const journey = journeysIn(() => browser, (page, broken) => {
  page.on("pageerror", (error) => broken.push(String(error)));
  page.on("console", (message) => { if (/Content.Security.Policy/i.test(message.text())) broken.push(message.text()); });
  page.on("request", (request) => { if (!request.url().startsWith(server.origin)) broken.push(`asked ${request.url()}`); });
});

const region = (page, name) => page.getByRole("region", { name });
const opens = (page) => page.goto(`${server.origin}/sign-in`);

/** The secret that the screen shows to be typed. */
const typedKey = async (page) => (await page.locator("code.key").textContent()).replaceAll(" ", "");

/** Sets up an app from its own screen; returns the secret. */
async function setsUpApp(page) {
  await press(page, "Set up an app");
  await title(page, "Set up an authenticator app");
  const secret = await typedKey(page);
  await page.getByLabel("Code that the app shows").fill(digits(secret));
  await press(page, "Go on");
  await title(page, "Your recovery codes");
  return secret;
}

journey("a password: who was invited chooses one, signs out, and signs in with it", async (page) => {
  await comesIn(server, page, { name: "Ana Köhler", email: "ana@example.org" });
  await signsOut(page);
  await audit(page);
  await page.getByLabel("Email").fill("ana@example.org");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await picture(page, "password-1-sign-in", ALL);
  await press(page, "Sign in");
  await title(page, "Hello, Ana Köhler");
  await page.getByText("You are signed in as author.").waitFor();
  await picture(page, "password-2-signed-in");
  await opensAccount(page);
  await region(page, "Where you are signed in").getByText("(here)").waitFor();
  await picture(page, "password-3-account", ALL);
  await press(page, "Change your password");
  await page.getByLabel("New password").fill("password1234");
  await press(page, "Go on");
  await page.getByRole("alert").waitFor();
  await page.getByLabel("New password").fill("seven green bottles");
  await press(page, "Go on");
  await title(page, "How you sign in");
  await press(page, "Back");
  await signsOut(page);
  await signsIn(page, "ana@example.org");
  await page.getByRole("alert").getByText("Check the address and the password").waitFor();
  await signsIn(page, "ana@example.org", "seven green bottles");
  await title(page, "Hello, Ana Köhler");
});

journey("an authenticator app: scanned, asked for after the password, and replaced by a recovery code", async (page) => {
  await comesIn(server, page, { name: "Ben Okafor", email: "ben@example.org" });
  await opensAccount(page);
  await press(page, "Set up an app");
  await title(page, "Set up an authenticator app");
  const secret = await typedKey(page);
  const address = new URL(await scanned(page.getByRole("img", { name: "A code for the camera of your phone" })));
  assert.deepEqual([address.protocol, address.host, address.searchParams.get("secret")], ["otpauth:", "totp", secret]);
  await audit(page);
  await page.getByLabel("Code that the app shows").fill("000000");
  await press(page, "Go on");
  await page.getByRole("alert").getByText("The code is not right").waitFor();
  await picture(page, "app-1-wrong-code");
  await page.getByLabel("Code that the app shows").fill(digits(secret));
  await press(page, "Go on");
  await title(page, "Your recovery codes");
  const codes = await page.getByRole("listitem").allTextContents();
  assert.equal(new Set(codes).size, 10);
  await audit(page);
  await picture(page, "app-2-recovery-codes", ALL);
  await press(page, "I have kept them");
  await region(page, "Authenticator app").getByText("10 recovery codes are left.").waitFor();
  await press(page, "Back");
  await signsOut(page);
  await signsIn(page, "ben@example.org");
  await title(page, "Your second factor");
  await audit(page);
  await page.getByLabel("Code", { exact: true }).fill(digits(secret, 1));
  await picture(page, "app-3-second-factor", ALL);
  await press(page, "Go on");
  await title(page, "Hello, Ben Okafor");
  await signsOut(page);
  await signsIn(page, "ben@example.org");
  await title(page, "Your second factor");
  await page.reload();
  await title(page, "Your second factor");
  await press(page, "Sign in as somebody else");
  await title(page, "Sign in");
  await page.reload();
  await title(page, "Sign in");
  await signsIn(page, "ben@example.org");
  await page.getByLabel("Code", { exact: true }).fill(codes[3]);
  await press(page, "Go on");
  await title(page, "Hello, Ben Okafor");
  await signsOut(page);
  await signsIn(page, "ben@example.org");
  await page.getByLabel("Code", { exact: true }).fill(codes[3]);
  await press(page, "Go on");
  await page.getByRole("alert").getByText("That code did not work.").waitFor();
  await page.getByLabel("Code", { exact: true }).fill(codes[4].toUpperCase());
  await press(page, "Go on");
  await opensAccount(page);
  await region(page, "Authenticator app").getByText("8 recovery codes are left.").waitFor();
  await picture(page, "app-4-account");
});

journey("a passkey alone: added, used without a name or a password, refused when its owner does not unlock it, removed", async (page) => {
  const device = await deviceFor(page);
  await comesIn(server, page, { name: "Chioma Eze", email: "chioma@example.org" });
  await opensAccount(page);
  await press(page, "Add a passkey");
  await title(page, "Add a passkey");
  await audit(page);
  await page.getByLabel("What to call it").fill("Chioma’s telephone");
  await picture(page, "passkey-1-add");
  await press(page, "Go on");
  await title(page, "How you sign in");
  await region(page, "Passkeys").getByText("Chioma’s telephone").waitFor();
  await picture(page, "passkey-2-added", ALL);
  await press(page, "Add a passkey");
  await press(page, "Go on");
  await page.getByRole("alert").getByText("This device has a passkey for you already.").waitFor();
  await press(page, "Back");
  await title(page, "How you sign in");
  await press(page, "Back");
  await signsOut(page);
  await picture(page, "passkey-3-sign-in");
  await device.unlocks(false);
  await press(page, "Continue with a passkey");
  await page.getByRole("button", { name: "Continue with a passkey", disabled: false }).waitFor();
  assert.equal(await page.getByRole("alert").count(), 0, "whoever leaves the device locked has said enough");
  await title(page, "Sign in");
  await device.unlocks(true);
  await press(page, "Continue with a passkey");
  await title(page, "Hello, Chioma Eze");
  await picture(page, "passkey-4-signed-in");
  await opensAccount(page);
  await region(page, "Where you are signed in").getByText("with passkey").waitFor();
  await page.getByRole("button", { name: "Remove the passkey Chioma’s telephone" }).click();
  await region(page, "Passkeys").getByText("Chioma’s telephone").waitFor({ state: "detached" });
  await press(page, "Back");
  await signsOut(page);
  await press(page, "Continue with a passkey");
  await page.getByRole("alert").getByText("That passkey is not known here.").waitFor();
});

journey("a second factor that a role needs: there is time to set it up, and afterwards nothing else is open", async (page) => {
  await comesIn(server, page, { name: "Dara Singh", email: "dara@example.org", role: "publisher" });
  await signsOut(page);
  await needsSecondFactor(server, "publisher", 7);
  await signsIn(page, "dara@example.org");
  await page.getByText("Your role needs a second factor. Set one up until").waitFor();
  await page.getByRole("link", { name: "Go on" }).waitFor();
  await audit(page);
  await picture(page, "needed-1-with-time", ALL);
  await signsOut(page);
  // For those who sign in from now on there is none.
  await comesIn(server, page, { name: "Eli Roth", email: "eli@example.org", role: "publisher" });
  await signsOut(page);
  await needsSecondFactor(server, "publisher", 0);
  await signsIn(page, "eli@example.org");
  await page.getByText("Set one up before you go on.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Go on" }).count(), 0);
  await picture(page, "needed-2-time-is-over");
  await opensAccount(page);
  assert.equal(await page.getByRole("region").count(), 2, "what a second factor takes, and no more");
  await audit(page);
  await picture(page, "needed-3-set-up");
  await setsUpApp(page);
  await press(page, "I have kept them");
  await region(page, "Where you are signed in").waitFor();
  await press(page, "Back");
  await page.getByRole("link", { name: "Go on" }).waitFor();
  await needsSecondFactor(server, null, 0);
});

/** Ends every session of a person, as an administrator would. */
const endsSessions = (person) => asMachine(server, "POST", `/people/${person}/sign-out`, {});

journey("a session that ends in the middle is renewed in a dialog, and what was typed is still there", async (page) => {
  const person = await comesIn(server, page, { name: "Farah Aziz", email: "farah@example.org" });
  await deviceFor(page);
  await opensAccount(page);
  await press(page, "Add a passkey");
  await page.getByLabel("What to call it").fill("The key on my ring");
  await endsSessions(person);
  await press(page, "Go on");
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.waitFor();
  await audit(page);
  await picture(page, "renewed-1-ended", ALL);
  await dialog.getByLabel("Password", { exact: true }).fill("not this one, at all");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.getByRole("alert").getByText("That password did not work.").waitFor();
  await picture(page, "renewed-2-refused");
  await dialog.getByRole("button", { name: "Not now" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("What to call it").inputValue(), "The key on my ring");
  await press(page, "Go on");
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await title(page, "How you sign in");
  await region(page, "Passkeys").getByText("The key on my ring").waitFor();
  await picture(page, "renewed-3-went-on");
  // With an app, the dialog asks for its code as well; with a passkey, for nothing else.
  const secret = await setsUpApp(page);
  await press(page, "I have kept them");
  await title(page, "How you sign in");
  await endsSessions(person);
  await press(page, "Make new recovery codes");
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.getByLabel("Code", { exact: true }).fill(digits(secret, 1));
  await audit(page);
  await picture(page, "renewed-4-code");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await title(page, "Your recovery codes");
  await press(page, "I have kept them");
  await title(page, "How you sign in");
  await endsSessions(person);
  await press(page, "Remove the app");
  await dialog.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByRole("button", { name: "Set up an app" }).waitFor();
});
