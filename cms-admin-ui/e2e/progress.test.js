/** A learner keeps what they did: across publishes, languages, tabs and lost connections. */

import assert from "node:assert/strict";
import { answers, choose } from "./answers.js";
import { until } from "./browser.js";
import { clickInFrame, inFrame, journeys, title, world } from "./journey.js";

const UNIT = "/learn/en/arithmetic/fractions/understanding-fractions";
const LESSON = `${UNIT}/equal-parts`;
const PRACTICE = `${LESSON}/e/equal-parts`;
const it = world();
const journey = journeys(it, { viewport: { width: 1280, height: 1000 }, may: /^\/(learn|ui|player|v1)\// });

const check = (page) => page.getByRole("button", { name: /^Check/ }).click();
const offline = (page) => page.route("**/v1/score", (route) => route.abort("internetdisconnected"));
const back = (page) => page.evaluate(() => dispatchEvent(new Event("online")));
const keptCount = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("cms.learn.kept/")).length);
const QUESTION = "“Is it cut into equal parts?”, question 1";

/** Changes delivered documents on their way to the page. */
const changed = (page, edit) => page.route("**/v1/objects/*", async (route) => {
  const response = await route.fetch();
  const body = await response.json();
  edit(body);
  await route.fulfill({ response, json: body });
});

/** Gives an answer without a connection. */
async function answerOffline(page) {
  await offline(page);
  await choose(page, 1);
  await check(page);
  await page.getByText("There is no connection. Your answer is kept").waitFor();
  assert.equal(await keptCount(page), 1);
  await page.unroute("**/v1/score");
}

journey("promises to keep no answer that there is no room for", PRACTICE, async (page) => {
  await offline(page);
  await choose(page, 1);
  await page.evaluate(() => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; });
  await check(page);
  await page.getByText("Answers can’t be checked here right now.").waitFor();
});

journey("finds a kept answer where it was after a reload", PRACTICE, async (page) => {
  await offline(page);
  await choose(page, 1);
  const chosen = await inFrame(page).locator("[aria-pressed=true]").first().getAttribute("aria-label");
  await check(page);
  await page.getByText("There is no connection. Your answer is kept").waitFor();
  await page.reload();
  await page.getByText("There is no connection. Your answer is kept").waitFor();
  assert.equal(await inFrame(page).locator("[aria-pressed=true]").first().getAttribute("aria-label"), chosen);
  await page.unroute("**/v1/score");
  await answers(page, [0]);
  await back(page);
  await inFrame(page).getByText("Not quite yet").waitFor();
});

journey("keeps an answer while there is no connection, and is told what came of it", PRACTICE, async (page) => {
  await answerOffline(page);
  const asked = await answers(page, [1]);
  await back(page);
  await page.locator("#told").getByText(`${QUESTION}, which you answered without a connection: right.`).waitFor();
  await inFrame(page).getByText("That’s right!").waitFor();
  assert.equal(await page.getByText("There is no connection").count(), 0, "the notice ends with it");
  assert.equal(asked.scores.length, 1);
  assert.equal(await keptCount(page), 0);
  await page.getByRole("button", { name: "Close" }).click();
  assert.equal(await page.locator("#told li").count(), 0);
});

const twoTabs = async (page, prepare = async () => {}) => {
  await prepare(page);
  await answerOffline(page);
  const other = await page.context().newPage();
  await prepare(other);
  const sent = [];
  await page.context().route("**/v1/score", async (route) => {
    sent.push(route.request().postDataJSON());
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    await route.fulfill({ json: { score: { type: "points", earned: 0, total: 1, message: null }, widgets: {} } });
  });
  await other.goto(it.server.url + LESSON);
  await Promise.all([back(page), back(other)]);
  for (const tab of [page, other]) await tab.locator("#told").getByText("not right yet.").waitFor();
  await inFrame(page).getByText("Not quite yet").waitFor();
  assert.equal(sent.length, 1);
  await other.close();
};

journey("sends a kept answer once, from whichever of two tabs, and both are told", PRACTICE, (page) => twoTabs(page));

journey("sends it once where a browser has no locks, too", "/learn/", (page) => twoTabs(page, async (tab) => {
  // Browsers have locks only in secure contexts, and a school's server may not be one.
  await tab.addInitScript(() => Object.defineProperty(navigator, "locks", { value: undefined }));
  if (tab.url() !== "about:blank") await tab.goto(it.server.url + PRACTICE);
}));

journey("is not told how it went before its answers are checked, and is when they are", PRACTICE, async (page) => {
  await offline(page);
  for (let question = 0; question < 3; question += 1) {
    await choose(page, 1);
    await check(page);
    await page.getByText("There is no connection. Your answer is kept").waitFor();
    await page.getByRole("button", { name: question < 2 ? "Skip" : "See how it went" }).click();
    if (question < 2) await page.getByText(`Question ${question + 2} of 3`).waitFor();
  }
  await page.getByText("3 answers wait for a connection and will be checked then.").waitFor();
  assert.equal(await page.getByText(/right at the first try/).count(), 0);
  await page.unroute("**/v1/score");
  await answers(page, [1, 0, 1]);
  await back(page);
  await page.getByRole("heading", { name: "2 of 3 right at the first try" }).waitFor();
});

journey("begins a question anew that another one was published in the place of", PRACTICE, async (page) => {
  await answers(page, [1]);
  await choose(page, 1);
  await check(page);
  await inFrame(page).getByText("That’s right!").waitFor();
  await changed(page, (body) => {
    const item = body.key === "exercise/equal-parts" && body.document.items[0];
    if (!item) return;
    Object.assign(item, { rubric: "1".repeat(64) });
    item.question = { content: "How many legs have nine spiders? [[☃ numeric-input 1]]", images: {}, widgets: {
      "numeric-input 1": { type: "numeric-input", graded: true, options: { answers: [], size: "normal", coefficient: false } },
    } };
  });
  await page.reload();
  await inFrame(page).getByText("nine spiders").waitFor();
  await page.getByText("changed since").waitFor();
  assert.equal(await page.locator(".dots .right").count(), 0);
});

journey("is told of an answer that can't be read, which is not a wrong one", PRACTICE, async (page) => {
  await answerOffline(page);
  await answers(page, [{ type: "invalid", message: null }]);
  await back(page);
  await page.locator("#told").getByText("the answer could not be read. Give it again.").waitFor();
  await page.goto(it.server.url + LESSON);
  await title(page, "Equal parts");
  assert.equal(await page.getByText(/\d of 3 right/).count(), 0);
});

journey("is told of an answer whose question is gone", PRACTICE, async (page) => {
  await answerOffline(page);
  await page.route("**/v1/score", (route) => route.fulfill({ status: 404, contentType: "application/problem+json", body: '{"code":"object-unknown","status":404,"title":"x"}' }));
  await back(page);
  await page.locator("#told").getByText("it could not be checked any more. Answer it as it is now.").waitFor();
  assert.equal(await keptCount(page), 0);
});

journey("keeps an answer when the server is ill", PRACTICE, async (page) => {
  await answerOffline(page);
  await page.route("**/v1/score", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: '{"code":"store-unavailable","status":503,"title":"x"}' }));
  await back(page);
  await page.waitForResponse("**/v1/score");
  assert.equal(await keptCount(page), 1);
});

journey("keeps progress in every language", PRACTICE, async (page) => {
  await answers(page, [1]);
  await choose(page, 1);
  await check(page);
  await inFrame(page).getByText("That’s right!").waitFor();
  await page.goto(it.server.url + LESSON.replace("/en/", "/es/"));
  await page.getByText("1 de 3 bien").waitFor();
});

journey("keeps progress that was kept by object before", LESSON, async (page) => {
  await title(page, "Equal parts");
  const object = await page.evaluate(async () => {
    const { snapshot } = await (await fetch("/v1/channels/production")).json();
    const found = await fetch(`/v1/snapshots/${snapshot}/en/entries/exercise/equal-parts`);
    const object = found.url.split("/").pop();
    localStorage.setItem("cms.learn.done", JSON.stringify({ [object]: { items: { i1: true, i2: false }, of: 3 }, ["0".repeat(64)]: { items: { i1: true }, of: 1 } }));
    return object;
  });
  assert.match(object, /^[0-9a-f]{64}$/);
  await page.reload();
  await page.getByText("1 of 3 right").waitFor();
  await until(page, () => localStorage.getItem("cms.learn.done") === null);
});

journey("hears of progress in another tab", LESSON, async (page) => {
  await title(page, "Equal parts");
  const other = await page.context().newPage();
  await answers(other, [1]);
  await other.goto(it.server.url + PRACTICE);
  await choose(other, 1);
  await check(other);
  await page.getByText("1 of 3 right").waitFor();
  await other.close();
});

journey("is told when a question changed since it was right, and not when its words were mended", PRACTICE, async (page) => {
  await answers(page, [1]);
  await choose(page, 1);
  await check(page);
  await inFrame(page).getByText("That’s right!").waitFor();
  const mended = (body) => {
    if (body.key !== "exercise/equal-parts") return;
    body.document.items[0].rubric = "0".repeat(64);
    body.document.items[0].question.content = body.document.items[0].question.content.replace("of the strip blue", "of this strip blue");
  };
  await page.evaluate(() => sessionStorage.clear());
  await changed(page, mended);
  await page.goto(it.server.url + PRACTICE);
  await page.getByText("You got this right before.").waitFor();
  await page.evaluate(() => sessionStorage.clear());
  await changed(page, (body) => {
    mended(body);
    if (body.key === "exercise/equal-parts") body.document.items[0].question.content = body.document.items[0].question.content.replace("{4}", "{5}");
  });
  await page.goto(it.server.url + PRACTICE);
  await page.getByText("This question has changed since you got it right.").waitFor();
  await page.goto(it.server.url + LESSON);
  await page.getByText("1 of 3 right").waitFor();
});

journey("keeps a quiz's questions on a reload, and draws anew the next time", `${UNIT}/q/understanding-fractions`, async (page) => {
  await page.getByRole("heading", { name: "Question 1 of 7" }).waitFor();
  const run = () => page.evaluate(() => JSON.parse(sessionStorage.getItem("cms.learn.run/quiz/understanding-fractions")));
  const text = () => inFrame(page).locator("#root").innerText();
  await inFrame(page).getByRole("listitem").first().waitFor();
  const before = [await run(), await text()];
  await page.reload();
  await inFrame(page).getByRole("listitem").first().waitFor();
  assert.deepEqual([await run(), await text()], before);
  await page.getByRole("button", { name: "Skip" }).click();
  await page.getByRole("heading", { name: "Question 2 of 7" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Question 2 of 7" }).waitFor();
  for (let question = 2; question <= 7; question += 1) await page.getByRole("button", { name: /^(Skip|See how)/ }).click();
  await page.getByRole("heading", { name: "0 of 7 right at the first try" }).waitFor();
  assert.equal(await run(), null);
});

journey("counts nothing that has nothing to check", PRACTICE, async (page) => {
  await answers(page, [{ type: "points", earned: 0, total: 0, message: null }, 1, 0]);
  await choose(page, 0);
  await check(page);
  await inFrame(page).getByText("does not count").waitFor();
  await page.getByRole("button", { name: "Next question" }).click();
  await page.getByRole("heading", { name: "Question 2 of 3" }).waitFor();
  await choose(page, 0);
  await check(page);
  await inFrame(page).getByText("That’s right!").waitFor();
  await page.getByRole("button", { name: "Next question" }).click();
  await page.getByRole("button", { name: "See how it went" }).click();
  await page.getByRole("heading", { name: "1 of 2 right at the first try" }).waitFor();
  await page.getByText("One question has nothing that is checked and is not counted.").waitFor();
  await page.goto(it.server.url + LESSON);
  await page.getByText("1 of 3 right").waitFor();
});

journey("is told of a question in another language, by eye and by ear", "/learn/", async (page) => {
  await changed(page, (body) => {
    if (body.key !== "exercise/equal-parts" || body.locale !== "es") return;
    body.document.items[0].locale = "en";
    body.untranslated = ["/description"];
  });
  await page.goto(it.server.url + PRACTICE.replace("/en/", "/es/"));
  await page.getByText("Esta pregunta todavía está solo en inglés.").waitFor();
  await page.getByText("Partes de esta página todavía están solo en inglés.").waitFor();
  await inFrame(page).locator("html[lang=en]").waitFor();
  assert.deepEqual(await page.evaluate(() => ["h1", ".lead"].map((part) => document.querySelector(part).lang)), ["es", "en"]);
  await page.getByRole("button", { name: "Saltar" }).click();
  await inFrame(page).locator("html[lang=es]").waitFor();
  assert.equal(await page.getByText("Esta pregunta todavía").count(), 0);
});

journey("reads in the language that a region's tag means", "/learn/", async (page) => {
  await until(page, () => document.documentElement.lang === "es");
  assert.match(page.url(), /\/learn\/es$/);
}, { locale: "es-MX" });

journey("is written the way that the language's entry says", "/learn/", async (page) => {
  await changed(page, (body) => {
    if (body.key === "locale/es") Object.assign(body.document, { direction: "rtl", name: "Lengua" });
  });
  await page.goto(`${it.server.url}${LESSON.replace("/en/", "/es/")}/a/what-is-a-fraction`);
  await title(page, "¿Qué es una fracción?");
  assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
  await inFrame(page).locator("html[dir=rtl]").waitFor();
  assert.ok((await page.getByLabel("Idioma").getByRole("option").allInnerTexts()).includes("Lengua"));
});

journey("answers a checkpoint in an article", "/learn/", async (page) => {
  const widgets = { "numeric-input 1": { type: "numeric-input", graded: true, static: false, alignment: "default", version: { major: 0, minor: 0 }, options: { answers: [{ status: "correct" }], size: "normal", coefficient: false, labelText: "parts", static: false } } };
  const options = { title: "Checkpoint", content: "How many? [[☃ numeric-input 1]]", widgets, images: {}, hint: { content: "", widgets: {}, images: {} } };
  await changed(page, (body) => {
    if (body.key !== "article/what-is-a-fraction") return;
    body.document.sections.push({ id: "s9", rubric: "r", content: "[[☃ graded-group 1]]", images: {}, widgets: { "graded-group 1": { type: "graded-group", graded: true, static: false, alignment: "default", version: { major: 0, minor: 0 }, options } } });
  });
  const asked = await answers(page, [1]);
  await page.goto(`${it.server.url}${LESSON}/a/what-is-a-fraction`);
  await inFrame(page).getByRole("textbox", { name: "parts" }).fill("4");
  await clickInFrame(page, (frame) => frame.getByRole("button", { name: "Check" }));
  await inFrame(page).getByText("✓ Correct").waitFor();
  await clickInFrame(page, (frame) => frame.getByRole("button", { name: "Explain" }));
  await inFrame(page).getByText("Hint number 1").waitFor();
  const { object, ...rest } = asked.scores[0];
  assert.match(object, /^[0-9a-f]{64}$/);
  assert.deepEqual(rest, { item: "s9", part: "graded-group 1", input: { "numeric-input 1": { currentValue: "4" } } });
  assert.deepEqual([asked.hints[0].item, asked.hints[0].part, asked.hints[0].n], ["s9", "graded-group 1", 0]);
});

journey("is scored and helped by the server at a checkpoint", "/learn/en/arithmetic/fractions/adding-and-subtracting/mixed-numbers/a/mixed-numbers", async (page) => {
  const box = inFrame(page).getByRole("textbox", { name: "fourths" });
  const check = inFrame(page).getByRole("button", { name: "Check" });
  await check.click();
  await inFrame(page).getByText("There are still more parts of this question to answer.").waitFor();
  await box.fill("5");
  await check.click();
  await inFrame(page).getByText("Incorrect").waitFor();
  await clickInFrame(page, (frame) => frame.getByRole("button", { name: "Explain" }));
  await inFrame(page).getByText("fourths", { exact: true }).waitFor();
  await box.fill("４");
  await check.click();
  await inFrame(page).getByText("✓ Correct").waitFor();
});

journey("sees in a list what is in another language", "/learn/", async (page) => {
  await changed(page, (body) => {
    if (body.key !== "lesson/equal-parts" || body.locale !== "es") return;
    body.children.find((row) => row.key === "exercise/equal-parts").locale = "en";
  });
  await page.goto(it.server.url + LESSON.replace("/en/", "/es/"));
  const row = page.getByRole("main").getByRole("link", { name: /inglés/ });
  await row.waitFor();
  assert.equal(await row.locator(".card-title").getAttribute("lang"), "en");
  assert.equal(await page.locator(".card-language").count(), 1);
});

journey("follows a link of a text to where the entry stands, in the page's language", "/learn/en/arithmetic/fractions/adding-and-subtracting/mixed-numbers/a/mixed-numbers", async (page) => {
  await clickInFrame(page, (frame) => frame.getByRole("link", { name: "equal parts" }));
  await title(page, "Equal parts");
  assert.equal(new URL(page.url()).pathname, LESSON);
  await page.goBack();
  await title(page, "Mixed numbers and improper fractions");
  await page.route("**/addresses/lesson/equal-parts", (route) => route.fulfill({ status: 404, contentType: "application/problem+json", body: '{"code":"entry-unknown","status":404,"title":"x"}' }));
  await page.reload();
  await clickInFrame(page, (frame) => frame.getByRole("link", { name: "equal parts" }));
  await page.locator("#told").getByText("There is nothing here").waitFor();
});
