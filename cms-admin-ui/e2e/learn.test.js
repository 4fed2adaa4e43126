/** What a learner does: walks through the course, reads, answers, watches. Each journey ends in an audit. */

import assert from "node:assert/strict";
import { until } from "./browser.js";
import { answers, choose } from "./answers.js";
import { clickInFrame, inFrame, journeys, press, title, world } from "./journey.js";

const UNIT = "/learn/en/arithmetic/fractions/understanding-fractions";
const LESSON = `${UNIT}/equal-parts`;
const it = world();
const journey = journeys(it, { viewport: { width: 1280, height: 1000 }, may: /^\/(learn|ui|player|v1)\// });

journey("walks from the home page down to an article and reads it", "/learn/", async (page) => {
  await title(page, "Learn mathematics");
  assert.match(page.url(), /\/learn\/en$/);
  for (const step of ["Arithmetic", "Fractions", "Understanding fractions", "Equal parts", "What is a fraction?"]) {
    await page.getByRole("main").getByRole("link", { name: step }).first().click();
    await title(page, step);
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "who can't see the page hears where they are");
  }
  assert.equal(new URL(page.url()).pathname, `${LESSON}/a/what-is-a-fraction`);
  await inFrame(page).getByText("Two friends share").waitFor();
  await page.getByRole("navigation", { name: "Where you are" }).getByRole("link", { name: "Understanding fractions" }).click();
  await title(page, "Understanding fractions");
  await page.goBack();
  await title(page, "What is a fraction?");
  await page.getByRole("navigation", { name: "In this lesson" }).getByRole("link", { name: /^Next/ }).click();
  await title(page, "Is it cut into equal parts?");
});

journey("answers a practice: wrong, with a hint, right, to the end", `${LESSON}/e/equal-parts`, async (page) => {
  const asked = await answers(page, [0, 1]);
  await page.getByRole("heading", { name: "Question 1 of 3" }).waitFor();
  await inFrame(page).getByRole("listitem").first().waitFor();
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("One part still needs an answer.").waitFor();
  assert.equal(asked.scores.length, 0);
  await choose(page, 0);
  await page.getByRole("button", { name: "Check" }).click();
  await inFrame(page).getByText("Not quite yet").waitFor();
  await page.getByRole("button", { name: "Hint (3 left)" }).click();
  await inFrame(page).getByText("Hint number 1").waitFor();
  await choose(page, 1);
  await page.getByRole("button", { name: "Check again" }).click();
  await inFrame(page).getByText("That’s right!").waitFor();
  assert.deepEqual(Object.keys(asked.scores[0]).sort(), ["input", "item", "object"]);
  assert.match(asked.scores[0].object, /^[0-9a-f]{64}$/);
  assert.deepEqual([asked.hints[0].n, asked.hints[0].item], [0, asked.scores[0].item]);
  for (const question of [2, 3]) {
    await page.getByRole("button", { name: "Next question" }).click();
    await page.getByRole("heading", { name: `Question ${question} of 3` }).waitFor();
    if (question === 2) {
      await page.getByRole("button", { name: "Skip" }).click();
      await page.getByRole("heading", { name: "Question 3 of 3" }).waitFor();
      break;
    }
  }
  await page.getByRole("button", { name: "See how it went" }).click();
  await page.getByRole("heading", { name: "0 of 3 right at the first try" }).waitFor();
  await page.getByRole("link", { name: "Go on" }).click();
  await title(page, "Name the fraction");
  await page.goto(`${it.server.url}${LESSON}`);
  await page.getByRole("link", { name: /Is it cut into equal parts/ }).getByText("1 of 3 right").waitFor();
});

journey("is scored by the server, and helped by its hints", `${LESSON}/e/equal-parts`, async (page) => {
  // Their order differs from learner to learner.
  await clickInFrame(page, (frame) => frame.getByRole("button", { name: /Yes, because one of four parts is blue/ }));
  await page.getByRole("button", { name: "Check" }).click();
  await inFrame(page).getByText("Not quite yet").waitFor();
  await page.getByRole("button", { name: "Hint (3 left)" }).click();
  await inFrame(page).getByText("cut into 4 parts of the").waitFor();
  await clickInFrame(page, (frame) => frame.getByRole("button", { name: /No, because the parts are not equal/ }));
  await page.getByRole("button", { name: "Check again" }).click();
  await inFrame(page).getByText("That’s right!").waitFor();
});

journey("answers by keyboard alone", `${LESSON}/e/equal-parts`, async (page) => {
  await answers(page, [1]);
  await inFrame(page).getByRole("listitem").first().waitFor();
  await page.getByRole("heading", { name: "Question 1 of 3" }).focus();
  await page.keyboard.press("Tab");
  await press(page, "Tab", () => inFrame(page).locator("li button:focus").count());
  await page.keyboard.press("Enter");
  await press(page, "Tab", () => page.evaluate(() => document.activeElement.textContent === "Check"));
  await page.keyboard.press("Enter");
  await inFrame(page).getByText("That’s right!").waitFor();
  await until(page, () => document.activeElement.textContent === "Next question");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Question 2 of 3" }).waitFor();
});

journey("draws a quiz from its exercises", `${UNIT}/q/understanding-fractions`, async (page) => {
  const asked = await answers(page, [1]);
  await page.getByRole("heading", { name: "Question 1 of 7" }).waitFor();
  await choose(page, 0);
  await page.getByRole("button", { name: "Check" }).click();
  await inFrame(page).getByText("That’s right!").waitFor();
  assert.match(asked.scores[0].object, /^[0-9a-f]{64}$/);
  await page.getByRole("button", { name: "Next question" }).click();
  await page.getByRole("heading", { name: "Question 2 of 7" }).waitFor();
});

journey("is told when answers can't be checked", `${LESSON}/e/equal-parts`, async (page) => {
  await page.route("**/v1/score", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: '{"code":"store-unavailable","status":503,"title":"x"}' }));
  await choose(page, 1);
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("Answers can’t be checked here right now.").waitFor();
});

journey("starts a video of YouTube's only when asked", `${LESSON}/v/introduction-to-fractions`, async (page, broken) => {
  await title(page, "Introduction to fractions");
  assert.equal(await page.locator("iframe").count(), 0);
  await page.route("https://www.youtube-nocookie.com/**", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><html lang=en><title>v</title><p>A video</p>" }));
  await page.getByRole("button", { name: /Play the video/ }).click();
  await page.locator("iframe[src^='https://www.youtube-nocookie.com/embed/Q_CljEweGOE']").waitFor();
  assert.ok(broken.every((row) => row.startsWith("asked https://www.youtube-nocookie.com/")), String(broken));
  broken.length = 0;
});

journey("watches our own copy, with captions and what is said beside it", "/learn/en/arithmetic/fractions/equivalent-fractions/equivalent-fractions/v/one-half-has-many-names", async (page) => {
  await page.getByRole("heading", { name: "Transcript" }).waitFor();
  await until(page, () => document.querySelector("video").readyState > 0);
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("track")].map((track) => track.srclang)), ["en", "es", "ar"]);
  await page.getByRole("button", { name: "Go to 0:05" }).click();
  await until(page, () => document.querySelector("video").currentTime >= 4.5);
  await page.locator("[data-now]").getByText("Cut every part in two.").waitFor();
  await page.evaluate(() => document.querySelector("video").pause());
});

/** Answers requests for media files of a type with something else. */
const instead = (page, type, answer) => page.route("**/v1/media/*", async (route) => {
  const response = await route.fetch();
  await (response.headers()["content-type"].startsWith(type) ? route.fulfill(answer) : route.fulfill({ response }));
});

const OWN_COPY = "/learn/en/arithmetic/fractions/equivalent-fractions/equivalent-fractions/v/one-half-has-many-names";

journey("reads what is said as the captions' format means it", "/learn/en", async (page) => {
  const file = [
    "WEBVTT - with a title", "", "STYLE", "::cue { color: red }", "", "NOTE", "not said --> by anyone", "",
    "first", "00:00:01.000 --> 00:00:02.000 align:start line:0", "<v Ana>Fish &amp; chips&nbsp;&lt;3", "", "00:00:02.000 --> 00:00:03.000", "<c.loud>½ &#189; &eacute;</c>", "on two lines&lrm;",
    "", "01:00:00.000 --> 01:00:05.000", "<i>An hour</i> <ruby>later<rt>l8r</rt></ruby>", "",
  ].join("\n");
  await instead(page, "text/vtt", { contentType: "text/vtt; charset=utf-8", body: file });
  await page.goto(new URL(OWN_COPY, page.url()).href);
  await page.getByRole("heading", { name: "Transcript" }).waitFor();
  const said = await page.locator(".transcript li").evaluateAll((rows) => rows.map((row) => [row.dataset.from, row.dataset.to, row.lastChild.textContent]));
  assert.deepEqual(said, [["1", "2", "Ana: Fish & chips <3"], ["2", "3", "½ ½ é on two lines\u200e"], ["3600", "3605", "An hour later"]]);
});

journey("is told when a video can't be played, and reads what is said in it", "/learn/en", async (page) => {
  await instead(page, "video/", { status: 200, contentType: "video/mp4", body: "no video at all" });
  await page.goto(new URL(OWN_COPY, page.url()).href);
  await page.getByRole("alert").getByText("This video can’t be played here. You can read what is said in it.").waitFor();
  await page.getByText("Cut every part in two.").waitFor();
  await page.getByRole("button", { name: "Go to 0:05" }).click();
  await page.getByRole("alert").waitFor();
  await page.unroute("**/v1/media/*");
  await page.getByRole("button", { name: "Try again" }).click();
  await until(page, () => document.querySelector("video")?.readyState > 0);
});

journey("reads in another language, and stays where it is", `${LESSON}/a/what-is-a-fraction`, async (page) => {
  await title(page, "What is a fraction?");
  await page.getByLabel("Language").selectOption({ label: "Español" });
  await title(page, "¿Qué es una fracción?");
  assert.equal(new URL(page.url()).pathname, `${LESSON.replace("/en/", "/es/")}/a/what-is-a-fraction`);
  assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ["es", "ltr"]);
  await inFrame(page).locator("html[lang=es]").waitFor();
  await page.getByRole("navigation", { name: "Dónde estás" }).waitFor();
});

journey("fits a small telephone", `${LESSON}/e/equal-parts`, async (page) => {
  await answers(page, [0]);
  await choose(page, 0);
  await page.getByRole("button", { name: "Check" }).click();
  await inFrame(page).getByText("Not quite yet").waitFor();
}, { viewport: { width: 320, height: 700 } });

journey("is told when an address leads nowhere", "/learn/en/nowhere/at-all", async (page) => {
  await title(page, "There is nothing here");
  await page.getByRole("link", { name: "Home" }).click();
  await title(page, "Learn mathematics");
});

journey("goes on when the connection is back", "/learn/", async (page) => {
  await title(page, "Learn mathematics");
  await page.route("**/v1/**", (route) => route.abort("internetdisconnected"));
  await page.getByRole("link", { name: /Arithmetic/ }).click();
  await title(page, "No connection");
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await title(page, "Arithmetic");
  await page.route("**/v1/**", (route) => route.abort("internetdisconnected"));
  await page.getByRole("link", { name: /Fractions/ }).click();
  await title(page, "No connection");
  await page.unroute("**/v1/**");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await title(page, "Fractions");
});

const ARABIC = "/learn/ar/arithmetic/fractions/equivalent-fractions/equivalent-fractions";
const direction = (page) => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);

journey("reads from right to left, with formulas from left to right", "/learn/en/arithmetic/fractions/equivalent-fractions/equivalent-fractions", async (page) => {
  await title(page, "Equivalent fractions");
  await page.getByLabel("Language").selectOption({ label: "العربية" });
  await title(page, "الكسور المتكافئة");
  assert.deepEqual(await direction(page), ["ar", "rtl"]);
  const [badge, words] = await Promise.all([".badge", ".card-text"].map((part) => page.locator(part).first().boundingBox()));
  assert.ok(badge.x > words.x, "what comes first stands on the right");
  await page.getByRole("link", { name: /^مقالة/ }).click();
  await inFrame(page).getByText("لماذا يصحّ ذلك").waitFor();
  const directions = await inFrame(page).locator("html").evaluate((html) => [html, html.querySelector(".paragraph"), ...html.querySelectorAll(".formula")].map((part) => getComputedStyle(part).direction));
  assert.deepEqual([directions[0], directions[1], [...new Set(directions.slice(2))]], ["rtl", "rtl", ["ltr"]]);
  await inFrame(page).getByRole("img", { name: "جدار من ستة أشرطة" }).waitFor();
});

journey("answers in Arabic by keyboard alone, with a hint that shows a picture", `${ARABIC}/e/missing-number`, async (page) => {
  const isFocused = (words) => page.evaluate((words) => document.activeElement.textContent.startsWith(words), words);
  const box = inFrame(page).getByRole("textbox", { name: "العدد الناقص" });
  await box.waitFor();
  assert.deepEqual(await direction(page), ["ar", "rtl"]);
  await page.getByRole("heading", { name: "السؤال 1 من 4" }).focus();
  await press(page, "Tab", () => isFocused("تلميح"));
  for (const left of [3, 2]) {
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: `تلميح (بقي ${left})` }).waitFor();
    await inFrame(page).locator(".perseus-hint-renderer:last-of-type:focus").waitFor();
    if (left === 3) {
      assert.equal(await inFrame(page).locator("img").count(), 0, "the question itself has no picture");
      await press(page, "Tab", () => isFocused("تلميح"));
    }
  }
  const picture = inFrame(page).getByRole("img", { name: /^ثلاثة أشرطة/ });
  await picture.waitFor();
  assert.ok(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth)) > 0);
  await press(page, "Shift+Tab", () => box.evaluate((input) => input === document.activeElement));
  await page.keyboard.type("5");
  await press(page, "Tab", () => isFocused("تحقَّق"));
  await page.keyboard.press("Enter");
  await inFrame(page).getByText("ليس بعد.").waitFor();
  await press(page, "Shift+Tab", () => box.evaluate((input) => input === document.activeElement));
  await page.keyboard.press("Control+A");
  // This is the four of an Arabic keyboard.
  await page.keyboard.type("٤");
  await press(page, "Tab", () => isFocused("تحقَّق مرة أخرى"));
  await page.keyboard.press("Enter");
  await inFrame(page).getByText("إجابة صحيحة!").waitFor();
  await until(page, () => document.activeElement.textContent === "السؤال التالي");
}, { viewport: { width: 320, height: 740 } });

journey("watches with Arabic captions", `${ARABIC}/v/one-half-has-many-names`, async (page) => {
  await page.getByRole("heading", { name: "النص المكتوب" }).waitFor();
  await until(page, () => document.querySelector("video").readyState > 0);
  assert.equal(await page.evaluate(() => document.querySelector("track[default]").srclang), "ar");
  await page.getByRole("button", { name: "انتقل إلى 0:05" }).click();
  await page.locator("[data-now]").getByText("رُبعان").waitFor();
  await page.evaluate(() => document.querySelector("video").pause());
});
