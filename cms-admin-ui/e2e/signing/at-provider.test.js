/** Signing in at a real provider, in a real browser: there and back, added to an account, and while it is away. */

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { audit } from "../audit.js";
import { launch } from "../browser.js";
import { comesIn, house, opensAccount, signsIn, signsOut } from "./house.js";
import { journeysIn, press, title } from "./journey.js";
import { picture } from "./pictures.js";
import { callbackOf, providerOf, settingsOf } from "./provider.js";

const ALL = ["light", "dark", "phone"];
const people = {
  alice: { email: "alice@example.test", email_verified: true, name: "Alice Staff", groups: ["staff"] },
  zoe: { email: "zoe@example.test", email_verified: true, name: "Zoe Elsewhere", groups: [] },
};
let server, browser, school;

before(async () => {
  school = await providerOf(people);
  server = await house(() => settingsOf(school.issuer, { title: "your school account", away: "the district’s account" }), `fetch_allow = ["127.0.0.1:${school.port}"]`);
  await school.opens(callbackOf(server.origin, "school"), "first");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  school?.stop();
});

/** The pages are the server's only on the way there and back. */
const inBrowser = journeysIn(() => browser, (page, broken) => {
  page.on("pageerror", (error) => page.url().startsWith(server.origin) && broken.push(String(error)));
});
const journey = (name, steps) => inBrowser(name, async (page) => {
  await page.goto(`${server.origin}/sign-in`);
  await steps(page);
});

/** Signs in at the provider, and allows what it asks. */
async function atProvider(page, login) {
  await page.waitForURL(`${school.issuer}/**`);
  await page.locator("[name=login]").fill(login);
  await page.locator("[name=password]").fill("whatever");
  await page.locator("[type=submit]").click();
  await page.getByText("Authorize").first().waitFor();
  await page.locator("[type=submit]").click();
}

journey("somebody of the staff signs in at the school, and comes back signed in", async (page) => {
  await page.getByRole("button", { name: "Continue with your school account" }).waitFor();
  await picture(page, "provider-1-sign-in", ALL);
  await page.goto(`${server.origin}/sign-in?return_to=/sign-in`);
  await press(page, "Continue with your school account");
  await page.waitForURL(`${school.issuer}/**`);
  await picture(page, "provider-2-at-the-school");
  await atProvider(page, "alice");
  await title(page, "Hello, Alice Staff");
  await page.getByText("You are signed in as author.").waitFor();
  await picture(page, "provider-3-signed-in");
});

journey("somebody whom no group lets in is told so, and can use another way", async (page) => {
  await press(page, "Continue with your school account");
  await atProvider(page, "zoe");
  await page.getByRole("alert").waitFor();
  await title(page, "Sign in");
  assert.equal(page.url(), `${server.origin}/sign-in`, "the address keeps nothing of the refusal");
});

journey("an account elsewhere is added to one’s own, and signs in", async (page) => {
  await comesIn(server, page, { name: "Zoe Roth", email: "zoe@example.org" });
  await opensAccount(page);
  await press(page, "Add your school account");
  await atProvider(page, "zoe");
  await title(page, "How you sign in");
  await page.getByRole("button", { name: "Remove Your school account" }).waitFor();
  await picture(page, "provider-4-added");
  await press(page, "Back");
  await signsOut(page);
  await page.goto(`${server.origin}/sign-in?return_to=/sign-in`);
  await press(page, "Continue with your school account");
  await page.waitForURL(`${server.origin}/**`);
  await title(page, "Hello, Zoe Roth");
  await opensAccount(page);
  await press(page, "Remove Your school account");
  await press(page, "Add your school account");
  await page.getByRole("button", { name: "Remove Your school account" }).waitFor();
});

journey("while a provider is away, the page says so at once, and a password signs in", async (page) => {
  await comesIn(server, page, { name: "Ana Köhler", email: "ana@example.org" });
  await signsOut(page);
  await press(page, "Continue with the district’s account");
  await page.getByRole("alert").getByText("does not answer at the moment").waitFor();
  await audit(page);
  await picture(page, "provider-5-away", ALL);
  // It goes away while somebody is there.
  await press(page, "Continue with your school account");
  const comesBack = school.leavesAfterSendingBack();
  await atProvider(page, "alice");
  await page.getByRole("alert").getByText("does not answer at the moment").waitFor();
  comesBack();
  await signsIn(page, "ana@example.org");
  await title(page, "Hello, Ana Köhler");
});
