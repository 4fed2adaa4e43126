/** What was taken down goes from the devices of those who learn, open pages and answers that wait included. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { audit } from "./audit.js";
import { until } from "./browser.js";
import { choose } from "./answers.js";
import { clickInFrame, inFrame, journeys, title, world } from "./journey.js";
import { program } from "./serving.js";

const UNIT = "/learn/en/arithmetic/fractions/understanding-fractions";
const LESSON = `${UNIT}/equal-parts`;
const it = world();
const journey = journeys(it, { viewport: { width: 1280, height: 1000 }, may: /^\/(learn|ui|player|v1)\// });

const takesDown = (...what) =>
  JSON.parse(execFileSync(program, ["--data", it.server.data, "--json", "takedown", "make", ...what, "--reason", "safety"], { encoding: "utf8" }));

/** Everything that a page keeps between visits, as one text. */
const kept = (page) => page.evaluate(() => [localStorage, sessionStorage].map((place) => JSON.stringify({ ...place })).join());

/** What the browser’s own cache has at an address: the status of its answer; null where it has none. */
const cached = (page, path) => page.evaluate(async (path) => {
  try {
    const copy = await fetch(path, { cache: "only-if-cached", mode: "same-origin" });
    return copy.status === 504 ? null : copy.status;
  } catch {
    return null;
  }
}, path);

/** Begins to wait until the page is drawn again. @returns {Promise<() => Promise<void>>} what waits for it */
const drawnAgain = async (page) => {
  await page.evaluate(() => { document.querySelector("main h1").dataset.before = ""; });
  return () => page.locator("main h1:not([data-before])").waitFor();
};

journey("an answer that waits on a device goes with its question, and the learner is told", `${LESSON}/e/equal-parts`, async (page) => {
  await clickInFrame(page, (frame) => frame.getByRole("button", { name: /No, because the parts are not equal/ }));
  await page.getByRole("button", { name: "Check" }).click();
  await inFrame(page).getByText("That’s right!").waitFor();
  await page.getByRole("button", { name: "Next question" }).click();
  await page.getByRole("heading", { name: "Question 2 of 3" }).waitFor();
  await page.context().setOffline(true);
  await choose(page, 0);
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("There is no connection. Your answer is kept").waitFor();
  const before = await kept(page);
  assert.match(before, /cms\.learn\.kept\/exercise\/equal-parts/);
  const words = await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("cms.learn.done/")).flatMap((name) => JSON.parse(localStorage.getItem(name)).sign.texts));
  assert.ok(words.some((text) => text.length > 20), "a question is recognised again by its words");
  takesDown("exercise/equal-parts");
  await page.context().setOffline(false);
  await page.locator("#told").getByText("was taken out of the course. Your answer to it was removed from this device.").waitFor();
  await title(page, "This was taken out");
  const after = await kept(page);
  assert.doesNotMatch(after, /cms\.learn\.kept\//);
  for (const text of words.filter((text) => text.length > 20)) assert.ok(!after.includes(JSON.stringify(text).slice(1, -1)), text);
  assert.equal(await page.locator("#told li").count(), 1, "told once");
  await audit(page);
  await page.goto(`${it.server.url}${LESSON}`);
  await title(page, "Equal parts");
  assert.equal(await page.getByText("Is it cut into equal parts?").count(), 0);
});

journey("a page that is open, and the browser’s copies, are replaced when their reader comes back", `${LESSON}/a/what-is-a-fraction`, async (page) => {
  await inFrame(page).getByText("Two friends share").waitFor();
  const channel = await (await fetch(`${it.server.url}/v1/channels/production`)).json();
  const path = new URL((await fetch(`${it.server.url}/v1/snapshots/${channel.snapshot}/en/entries/article/what-is-a-fraction`)).url).pathname;
  assert.match(path, /^\/v1\/objects\//);
  // A copy that the browser keeps, as the page of a quiz or of a comparison leaves one.
  await page.evaluate((path) => fetch(path).then((answer) => answer.text()), path);
  assert.equal(await cached(page, path), 200);
  await page.context().setOffline(true);
  takesDown("article/what-is-a-fraction");
  assert.equal(await inFrame(page).getByText("Two friends share").count(), 1, "without a connection nobody knows yet");
  await page.context().setOffline(false);
  await title(page, "This was taken out");
  assert.equal(await page.getByText("Two friends share").count(), 0);
  assert.equal(await page.locator("iframe").count(), 0);
  await until(page, async (path) => {
    const copy = await fetch(path, { cache: "only-if-cached", mode: "same-origin" }).catch(() => null);
    return copy === null || copy.status !== 200;
  }, path);
});

journey("the browser’s copy of a picture goes with its entry", LESSON, async (page) => {
  await title(page, "Equal parts");
  const channel = await (await fetch(`${it.server.url}/v1/channels/production`)).json();
  const image = await (await fetch(`${it.server.url}/v1/snapshots/${channel.snapshot}/en/entries/image/fraction-wall`)).json();
  const path = `/v1/media/${image.document.media}`;
  await page.evaluate((path) => fetch(path).then((answer) => answer.blob()), path);
  assert.equal(await cached(page, path), 200);
  await page.context().setOffline(true);
  takesDown("image/fraction-wall");
  const isDrawn = await drawnAgain(page);
  await page.context().setOffline(false);
  await until(page, async (path) => {
    const copy = await fetch(path, { cache: "only-if-cached", mode: "same-origin" }).catch(() => null);
    return copy === null || copy.status !== 200;
  }, path);
  await isDrawn();
  await title(page, "Equal parts");
});

journey("a device that was away for long asks for everything that it missed", "/learn/en", async (page) => {
  await title(page, "Learn mathematics");
  const ids = ["a", "b", "c"].map((letter) => letter.repeat(64));
  const asked = [];
  let isBroken = true;
  await page.route("**/v1/channels/production", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), revocations: ids.slice(2), revocations_count: 3 } });
  });
  await page.route("**/v1/channels/production/revocations?*", (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get("from"));
    // One at a time, and the connection breaks after the first.
    if (isBroken && from > 0) return route.abort("internetdisconnected");
    asked.push(from);
    return route.fulfill({ json: { from, revocations: ids.slice(from, from + 1), count: 3 } });
  });
  const keeps = (id) => page.evaluate((id) => localStorage.setItem(`cms.learn.kept/exercise/${id[0]}/i`, JSON.stringify({ object: id, key: `exercise/${id[0]}`, item: { id: "i" }, input: {}, at: 1, title: "t", number: 1 })), id);
  const left = () => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("cms.learn.kept/")).length);
  await page.route("**/v1/score", (route) => route.abort("internetdisconnected"));
  for (const id of ids) await keeps(id);
  await page.evaluate(() => localStorage.setItem("cms.learn.revoked/production", "0"));
  const isFirst = await drawnAgain(page);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.locator("#told").getByText("A question that you answered").waitFor();
  await isFirst();
  assert.equal(await left(), 2, "what was heard before the connection broke is done");
  assert.equal(await page.evaluate(() => localStorage.getItem("cms.learn.revoked/production")), "1");
  isBroken = false;
  const isDrawn = await drawnAgain(page);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.locator("#told").getByText("2 questions that you answered without a connection were taken out").waitFor();
  assert.equal(await left(), 0);
  await isDrawn();
  assert.deepEqual(asked, [0, 1]);
  assert.equal(await page.evaluate(() => localStorage.getItem("cms.learn.revoked/production")), "3");
});
