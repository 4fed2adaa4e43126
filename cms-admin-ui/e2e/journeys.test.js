/** What an editor does on the page that shows the published content. Each journey ends in an audit. */

import assert from "node:assert/strict";
import { test } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { until } from "./browser.js";
import { clickInFrame, inFrame, journeys, title, world } from "./journey.js";
import { serve, shareDraft } from "./serving.js";

const it = world();
const journey = journeys(it, { viewport: { width: 1280, height: 900 } });

journey("walks from the home page to an exercise and reads it", "/admin/", async (page) => {
  await title(page, "Learn mathematics");
  const main = page.getByRole("main");
  for (const step of ["Arithmetic", "Fractions", "Understanding fractions", "Equal parts"]) {
    await main.getByRole("link", { name: new RegExp(`^${step}`) }).click();
    await title(page, step);
  }
  await main.getByRole("link", { name: /cut into equal parts/ }).click();
  await title(page, /cut into equal parts/);
  await main.getByText("Multiple choice").first().waitFor();
  assert.match(page.url(), /#\/production\/exercise\/equal-parts$/);
  const there = page.getByRole("navigation", { name: "Where this stands" });
  await there.getByRole("link", { name: "Equal parts" }).click();
  await title(page, "Equal parts");
  await page.goBack();
  await title(page, /cut into equal parts/);
});

journey("opens the contents by keyboard alone", "/admin/", async (page) => {
  await title(page, "Learn mathematics");
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.getByRole("treeitem", { name: /^Learn mathematics/ }).focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "Arithmetic, Topic");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("treeitem", { name: "Fractions, Course" }).waitFor();
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "Fractions, Course");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await focused(), "Arithmetic, Topic");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await title(page, "Fractions");
});

journey("reads another language, and is told where there is none", "/admin/#/production/article/what-is-a-fraction", async (page) => {
  await title(page, "What is a fraction?");
  await page.getByLabel("Language").selectOption({ label: "Spanish" });
  await title(page, "¿Qué es una fracción?");
  assert.equal(await page.locator("article.entry").getAttribute("lang"), "es");
  await page.goto(`${it.server.url}/admin/#/production/es/exercise/multiply-fractions`);
  await page.getByText(/Not translated to Spanish/).waitFor();
});

journey("sees what changed between two versions", "/admin/#/production", async (page) => {
  await title(page, "Learn mathematics");
  await page.getByRole("link", { name: "What changed" }).click();
  await title(page, "What changed");
  await page.getByRole("heading", { name: /^Taken out/ }).waitFor();
  await page.getByRole("link", { name: "Graphs of measured lengths" }).waitFor();
  const card = page.locator(".difference", { hasText: "Adding fractions with different denominators" });
  assert.match(await card.locator("del").first().innerText(), /:/);
  assert.match(await card.locator("ins").first().innerText(), /with/);
  await page.getByText(/Only something inside changed/).click();
  await page.getByLabel("To", { exact: true }).selectOption({ index: 1 });
  await page.getByText("This is one and the same version.").waitFor();
  assert.match(page.url(), /compare\/1\/1$/);
});

journey("looks at an older version and at what was taken out since", "/admin/#/production", async (page) => {
  await title(page, "Learn mathematics");
  await page.getByLabel("Version").selectOption({ index: 1 });
  await page.waitForURL(/production@1/);
  await page.goto(`${it.server.url}/admin/#/production@1/exercise/line-plots`);
  await title(page, "Graphs of measured lengths");
  await page.goto(`${it.server.url}/admin/#/production/exercise/line-plots`);
  await title(page, "This was taken out");
});

journey("copies an object's address", "/admin/#/production/lesson/equal-parts", async (page) => {
  await title(page, "Equal parts");
  await page.getByText("Addresses, for apps").click();
  const object = await page.locator("dd code").nth(2).innerText();
  assert.match(object, /^[0-9a-f]{64}$/);
  await page.getByRole("button", { name: "Copy object" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), object);
}, { permissions: ["clipboard-read", "clipboard-write"] });

journey("fits a small telephone", "/admin/#/production/exercise/order-fractions", async (page) => {
  await title(page, "Put fractions in order");
  await page.getByRole("button", { name: "Contents" }).click();
  await page.getByRole("treeitem", { name: /^Put fractions in order/ }).waitFor();
  await page.getByRole("treeitem", { name: /^Compare two fractions/ }).locator("a").click();
  await title(page, "Compare two fractions");
}, { viewport: { width: 320, height: 700 } });

journey("is told when an address leads nowhere", "/admin/#/production@99", async (page) => {
  await title(page, "There is no such version");
  await page.getByRole("link", { name: "Go to the start" }).click();
  await title(page, "Learn mathematics");
});

journey("is told when the server is gone, and goes on when it is back", "/admin/#/production", async (page) => {
  await title(page, "Learn mathematics");
  await page.route("**/admin/api/**", (route) => route.abort());
  await page.getByRole("main").getByRole("link", { name: /^Arithmetic/ }).click();
  await title(page, "The server does not answer");
  await page.unroute("**/admin/api/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await title(page, "Arithmetic");
});

const edit = (lesson) => { lesson.title = "Sharing a cake"; };

journey("shows a shared draft to someone without an account", async () => shareDraft(it.server, "lesson/equal-parts", edit), async (page) => {
  const about = page.getByLabel("About this draft");
  await about.getByText("Cakes for halves").waitFor();
  await about.getByText("It changes 1 entry").waitFor();
  await title(page, "Learn mathematics");
  const main = page.getByRole("main");
  for (const step of ["Arithmetic", "Fractions", "Understanding fractions", "Sharing a cake"]) {
    await main.getByRole("link", { name: new RegExp(`^${step}`) }).click();
    await title(page, step);
  }
  await page.getByRole("link", { name: "What changed" }).click();
  await title(page, "What changed");
  await main.getByText("cake").first().waitFor();
});

journey("says that a link is over", async () => shareDraft(it.server, "lesson/equal-parts", edit, { revoked: true }), async (page) => {
  await title(page, "This link leads nowhere");
});

test("says what to do when nothing is published", async () => {
  const empty = await serve({ empty: true });
  const context = await it.browser.newContext();
  const page = await context.newPage();
  try {
    await page.goto(`${empty.url}/admin/`);
    await title(page, "Nothing is published yet");
    assert.deepEqual((await new AxeBuilder({ page }).analyze()).violations.map((row) => row.id), []);
  } finally {
    await context.close();
    await empty.stop();
  }
});

journey("solves an exercise as a learner would", "/admin/#/production/exercise/equal-parts", async (page) => {
  await page.route("**/v1/score", (route) => route.fulfill({ json: { score: { type: "points", earned: 1, total: 1, message: null }, widgets: {} } }));
  await page.route("**/v1/hints", (route) => route.fulfill({ json: { ...route.request().postDataJSON(), count: 1, hint: { content: "Count the parts.", widgets: {}, images: {} }, refs: {} } }));
  await page.getByRole("button", { name: "Preview as a learner" }).click();
  const player = inFrame(page);
  await player.getByText("of the strip blue?").waitFor();
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("Not every part has an answer yet.").waitFor();
  await page.getByRole("button", { name: "Hint" }).click();
  await player.getByText("Count the parts.").waitFor();
  await player.getByRole("listitem").getByRole("button").first().click();
  await page.getByRole("button", { name: "Check" }).click();
  await player.getByText("That’s right!").waitFor();
});

journey("previews an article and a video", "/admin/#/production/article/what-is-a-fraction", async (page) => {
  await page.getByRole("button", { name: "Preview as a learner" }).click();
  await inFrame(page).getByText("Two friends share").waitFor();
  const address = await page.getByRole("link", { name: "Open the learners’ page" }).getAttribute("href");
  assert.equal(address, "/learn/en/arithmetic/fractions/understanding-fractions/equal-parts/a/what-is-a-fraction");
  await page.goto(`${it.server.url}/admin/#/production/video/same-half`);
  await page.getByRole("button", { name: "Preview as a learner" }).click();
  await until(page, () => document.querySelector("video")?.readyState > 0);
});

journey("sees a shared draft as a learner would", () => shareDraft(it.server, "article/what-is-a-fraction", (article) => {
  article.sections[0].content = "Three friends share a *melon*.";
}), async (page) => {
  const start = page.url().split("#")[0];
  await page.goto(`${start}#/production/article/what-is-a-fraction`);
  await page.getByRole("button", { name: "Preview as a learner" }).click();
  await inFrame(page).getByText("Three friends share").waitFor();
  await inFrame(page).getByRole("img").first().waitFor();
});

journey("follows a link from a text to another entry", () => shareDraft(it.server, "article/what-is-a-fraction", (article) => {
  article.sections[0].content = "Go on with [the lesson](lesson/equal-parts).";
}), async (page) => {
  const start = page.url().split("#")[0];
  await page.goto(`${start}#/production/article/what-is-a-fraction`);
  await page.getByRole("button", { name: "Preview as a learner" }).click();
  await clickInFrame(page, (frame) => frame.getByRole("link", { name: "the lesson" }));
  await title(page, "Equal parts");
  assert.match(page.url(), /#\/production\/lesson\/equal-parts$/);
});

test("the API's page reads the document without remote scripts", async () => {
  const context = await it.browser.newContext();
  const page = await context.newPage();
  try {
    await page.goto(`${it.server.url}/docs/`);
    await title(page, /^The API/);
    await page.getByText("/v1/channels/{channel}", { exact: true }).click();
    await page.getByText("Its newest snapshot").waitFor();
    assert.deepEqual((await new AxeBuilder({ page }).analyze()).violations.map((row) => row.id), []);
  } finally {
    await context.close();
  }
});

journey("shows pictures that only a hint has, in a language from right to left", "/admin/#/production/ar/exercise/missing-number", async (page) => {
  await title(page, "أوجد العدد الناقص");
  assert.equal(await page.locator("article.entry").evaluate((entry) => getComputedStyle(entry).direction), "rtl");
  await page.getByRole("button", { name: "Preview as a learner" }).click();
  await inFrame(page).getByRole("textbox", { name: "العدد الناقص" }).waitFor();
  for (const words of ["قارن المقامين", "أي إن كل جزء"]) {
    await page.getByRole("button", { name: "Hint" }).click();
    await inFrame(page).getByText(words).waitFor();
  }
  const picture = inFrame(page).getByRole("img", { name: /^ثلاثة أشرطة/ });
  await picture.waitFor();
  assert.ok(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth)) > 0);
});

journey("shows a hint's picture in a shared draft", () => shareDraft(it.server, "exercise/missing-number", (exercise) => {
  exercise.items[0].hints[0].content = "The wall: ![A wall of strips](image/fraction-wall)";
}), async (page) => {
  const start = page.url().split("#")[0];
  await page.goto(`${start}#/production/exercise/missing-number`);
  await page.getByRole("button", { name: "Preview as a learner" }).click();
  await inFrame(page).getByRole("textbox").waitFor();
  await page.getByRole("button", { name: "Hint" }).click();
  await inFrame(page).getByText("The wall:").waitFor();
  const picture = inFrame(page).getByRole("img", { name: "A wall of strips" });
  await picture.waitFor();
  assert.ok(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth)) > 0);
});
