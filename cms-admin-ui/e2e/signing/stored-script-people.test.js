/** Script that somebody stored in a name, in the label of a key or in what a browser says of itself never runs where people come in. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { audit } from "../audit.js";
import { launch } from "../browser.js";
import { CORPUS, RAN, watch } from "../hostile.js";
import { asMachine, comesIn, house, opensAccount, PASSWORD, signsIn, signsOut } from "./house.js";
import { deviceFor } from "./phone.js";
import { providerOf, settingsOf } from "./provider.js";

let server, browser, school;

before(async () => {
  school = await providerOf({});
  server = await house(() => settingsOf(school.issuer, { title: CORPUS[2].replaceAll(/["\\]/g, "'"), away: CORPUS[0].replaceAll(/["\\]/g, "'") }), `fetch_allow = ["127.0.0.1:${school.port}"]`);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  school?.stop();
});

/** The corpus for a field with a limit: what is too long says less. */
const within = (chars) => CORPUS.map((text) => (text.length > chars ? text.replaceAll(RAN, "alert(1)") : text)).filter((text) => text.length <= chars);
const title = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });

test("nothing runs in the name of a person, where they are welcomed and where they are greeted", { timeout: 240_000 }, async () => {
  const seen = await watch(browser, server.origin);
  const { page } = seen;
  const person = await comesIn(server, page, { name: "Ana", email: "ana@example.org" });
  let shown = 0;
  for (const [number, name] of within(100).entries()) {
    const { tag } = await asMachine(server, "GET", `/people/${person}`);
    const changed = await asMachine(server, "PATCH", `/people/${person}`, { name }, { "If-Match": tag }).catch((error) => error);
    // Names with characters that nobody sees are refused.
    if (changed instanceof Error) {
      assert.match(changed.message, /: 422 /, name);
      continue;
    }
    await page.goto("about:blank");
    await page.goto(`${server.origin}/sign-in`);
    await title(page, `Hello, ${changed.body.name}`).waitFor();
    assert.equal(await page.title(), `Hello, ${changed.body.name}`.replaceAll(/\s+/g, " "));
    shown += 1;
    // Whoever is invited under such a name finds it in a field.
    if (number % 4 > 0) continue;
    const { body } = await asMachine(server, "POST", "/people", { name, email: `n${number}@example.org`, role: "viewer" });
    await page.goto(body.link.url);
    await page.getByLabel("Your name").waitFor();
    assert.equal(await page.getByLabel("Your name").inputValue(), changed.body.name);
  }
  console.log(`${shown} names of ${CORPUS.length}`);
  assert.ok(shown > CORPUS.length / 2, `${shown} of ${CORPUS.length}`);
  assert.deepEqual(seen.done, []);
  await seen.close();
});

test("nothing runs in the labels of keys and in what browsers say of themselves", { timeout: 240_000 }, async () => {
  const seen = await watch(browser, server.origin);
  const { page } = seen;
  await comesIn(server, page, { name: "Ben", email: "ben@example.org" });
  await opensAccount(page);
  const labels = within(60).filter((text) => !/[\u202a-\u202e\ufeff]/.test(text)).slice(0, 12);
  for (const label of labels) {
    // A device holds one passkey of a person.
    const device = await deviceFor(page);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByLabel("What to call it").fill(label);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("region", { name: "Passkeys" }).getByText(label, { exact: true }).waitFor();
    await device.isLost();
  }
  const agents = CORPUS.filter((text) => /^[\x20-\x7e]*$/.test(text));
  for (const agent of agents) {
    const signed = await fetch(`${server.origin}/authoring/v1/session`, {
      method: "POST", headers: { "Content-Type": "application/json", "User-Agent": agent, Origin: server.origin }, body: JSON.stringify({ name: "ben@example.org", password: PASSWORD }),
    });
    assert.equal(signed.status, 200, agent);
  }
  await page.goto("about:blank");
  await page.goto(`${server.origin}/sign-in#account`);
  await title(page, "How you sign in").waitFor();
  const rows = await page.getByRole("region", { name: "Where you are signed in" }).getByRole("listitem").allTextContents();
  console.log(`${labels.length} labels, ${agents.length} browsers, ${rows.length} sessions`);
  assert.ok(agents.filter((agent) => rows.some((row) => row.includes(agent.slice(0, 40)))).length > agents.length / 2);
  await page.getByRole("button", { name: `Remove the passkey ${labels[0]}` }).click();
  await page.getByRole("region", { name: "Passkeys" }).getByText(labels[0], { exact: true }).waitFor({ state: "detached" });
  await audit(page);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByRole("button", { name: "Sign out everywhere else" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Back", exact: true }).click();
  await signsOut(page);
  assert.deepEqual(seen.done, []);
  await seen.close();
});

/** What a program needs to be as it is; everything else is words. */
const FOR_PROGRAMS = /^(csrf_token|session|person|stage|purpose|code|.*_at|second_factor_until|passkey|provider|url|secret|status|type|ceremony|options)$/;

test("nothing runs in any word that the server answers with", { timeout: 240_000 }, async () => {
  for (const text of CORPUS) {
    const seen = await watch(browser, server.origin);
    const { page } = seen;
    const laced = (value, key = "") => {
      if (FOR_PROGRAMS.test(key)) return value;
      if (typeof value === "string") return `${value} ${text}`;
      if (Array.isArray(value)) return value.map((item) => laced(item, key));
      if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, laced(inner, name)]));
      return value;
    };
    await page.route("**/authoring/v1/**", async (route) => {
      const response = await route.fetch();
      const body = await response.text();
      await route.fulfill({ response, body: body && JSON.stringify(laced(JSON.parse(body))) });
    });
    await page.goto(`${server.origin}/sign-in`);
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    await signsIn(page, "ben@example.org");
    await opensAccount(page);
    await page.getByRole("region", { name: "Where you are signed in" }).waitFor();
    await page.getByRole("button", { name: "Set up an app" }).click();
    await page.getByLabel("Code that the app shows").fill("000000");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("alert").waitFor();
    assert.deepEqual(seen.done, [], text);
    await seen.close();
  }
});
