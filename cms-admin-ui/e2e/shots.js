/**
 * Takes pictures of each screen, light, dark and narrow, for people to look at: `node shots.js DIRECTORY [PART OF A
 * NAME…]`.
 *
 * Pictures show the window, never the whole page: a page that is drawn taller than its window draws the player's
 * frame in a size that nobody sees.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, until } from "./browser.js";
import { inFrame } from "./journey.js";
import { serve, shareDraft } from "./serving.js";

const [into = "shots", ...wanted] = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.some((part) => name.includes(part));
mkdirSync(into, { recursive: true });

const COURSE = "arithmetic/fractions";
const LESSON = `${COURSE}/understanding-fractions/equal-parts`;
const EQUIVALENT = `${COURSE}/equivalent-fractions/equivalent-fractions`;
const LOOKS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  narrow: { colorScheme: "light", viewport: { width: 320, height: 740 } },
};

const button = (page, name) => page.getByRole("button", { name }).first();
const shown = (page) => inFrame(page).locator("#root :is(p, li, .paragraph)").first().waitFor();
const choose = (page, index) => inFrame(page).getByRole("listitem").getByRole("button").nth(index).click();
const type = async (page, text) => inFrame(page).getByRole("textbox").first().fill(text);
const told = (page) => inFrame(page).locator(".result p").waitFor();
const hints = async (page, name, count) => {
  for (let n = 1; n <= count; n += 1) {
    await button(page, name).click();
    await inFrame(page).locator(".perseus-hint-renderer").nth(n - 1).waitFor();
  }
};
const check = async (page, name = /^Check/) => {
  await button(page, name).click();
  await told(page);
};
/** Answers all questions of a practice with what `answer` chooses. */
const finish = async (page, answer) => {
  for (;;) {
    await shown(page);
    await answer(page);
    await check(page);
    const last = button(page, "See how it went");
    if (await last.count()) return last.click();
    await page.getByRole("button", { name: /^(Next question|Skip)/ }).click();
  }
};
const cut = (pattern) => (page) => page.route(pattern, (route) => route.abort("internetdisconnected"));

/** The learners' page: the address of each picture and what to do there. */
const LEARN = {
  "home": ["en"], "topic": ["en/arithmetic"], "course": [`en/${COURSE}`], "unit": [`en/${COURSE}/understanding-fractions`], "lesson": [`en/${LESSON}`],
  "article": [`en/${LESSON}/a/what-is-a-fraction`, shown],
  "practice": [`en/${LESSON}/e/equal-parts`, shown],
  "practice-empty": [`en/${LESSON}/e/equal-parts`, async (page) => { await shown(page); await button(page, "Check").click(); await page.getByText("still needs").waitFor(); }],
  "practice-wrong": [`en/${LESSON}/e/equal-parts`, async (page) => { await choose(page, 0); await check(page); }],
  "practice-right": [`en/${LESSON}/e/equal-parts`, async (page) => { await choose(page, 1); await check(page); }],
  "practice-hints": [`en/${EQUIVALENT}/e/missing-number`, async (page) => { await shown(page); await hints(page, /^Hint/, 2); await inFrame(page).locator("img").waitFor(); }],
  "practice-all-hints": [`en/${LESSON}/e/equal-parts`, async (page) => { await shown(page); await hints(page, /^Hint/, 3); }],
  "practice-outcome": [`en/${LESSON}/e/name-the-fraction`, (page) => finish(page, (page) => type(page, "3/4"))],
  "practice-offline": [`en/${LESSON}/e/equal-parts`, async (page) => { await cut("**/v1/score")(page); await choose(page, 1); await button(page, "Check").click(); await page.getByText("There is no connection").waitFor(); }],
  "practice-matcher": [`en/${EQUIVALENT}/e/match-equivalent-fractions`, shown],
  "practice-table": [`en/${EQUIVALENT}/e/equivalent-fractions-table`, shown],
  "practice-graph": [`en/${EQUIVALENT}/e/plot-equivalent-fractions`, shown],
  "practice-dropdown": [`en/${COURSE}/understanding-fractions/numerator-and-denominator/e/numerator-and-denominator`, shown],
  "practice-label": [`en/${COURSE}/understanding-fractions/fractions-on-the-number-line/e/label-the-number-line`, shown],
  "lesson-progress": [`en/${LESSON}`, async (page, url) => {
    await page.goto(`${url}/learn/en/${LESSON}/e/equal-parts`);
    await choose(page, 1);
    await check(page);
    await page.goto(`${url}/learn/en/${LESSON}`);
    await page.getByText("1 of 3 right").waitFor();
  }],
  "quiz": [`en/${COURSE}/understanding-fractions/q/understanding-fractions`, shown],
  "video": [`en/${EQUIVALENT}/v/one-half-has-many-names`, async (page) => { await page.getByRole("button", { name: "Go to 0:05" }).click(); await page.locator("[data-now]").waitFor(); await page.evaluate(() => document.querySelector("video").pause()); }],
  "video-youtube": [`en/${LESSON}/v/introduction-to-fractions`],
  "spanish": [`es/${LESSON}/e/equal-parts`, shown],
  "focus": [`en/${LESSON}`, async (page) => { await page.keyboard.press("Tab"); await page.keyboard.press("Tab"); await page.keyboard.press("Tab"); await page.keyboard.press("Tab"); }],
  "lost": ["en/nowhere/at-all"],
  "no-connection": ["en", async (page) => { await cut("**/v1/**")(page); await page.getByRole("link", { name: /Arithmetic/ }).click(); await page.getByRole("heading", { name: "No connection" }).waitFor(); }],
  "untranslated": [`es/${COURSE}/equivalent-fractions/simplest-form/a/simplest-form`, shown],
  "ar-home": ["ar"], "ar-course": [`ar/${COURSE}`], "ar-lesson": [`ar/${EQUIVALENT}`],
  "ar-article": [`ar/${EQUIVALENT}/a/equivalent-fractions`, shown],
  "ar-practice": [`ar/${EQUIVALENT}/e/missing-number`, async (page) => { await shown(page); await type(page, "5"); await check(page, /^تحقَّق/); }],
  "ar-hints": [`ar/${EQUIVALENT}/e/missing-number`, async (page) => { await shown(page); await hints(page, /^تلميح/, 2); await inFrame(page).locator("img").waitFor(); }],
  "ar-right": [`ar/${EQUIVALENT}/e/missing-number`, async (page) => { await shown(page); await type(page, "4"); await check(page, /^تحقَّق/); }],
  "ar-matcher": [`ar/${EQUIVALENT}/e/match-equivalent-fractions`, shown],
  "ar-table": [`ar/${EQUIVALENT}/e/equivalent-fractions-table`, shown],
  "ar-graph": [`ar/${EQUIVALENT}/e/plot-equivalent-fractions`, shown],
  "ar-video": [`ar/${EQUIVALENT}/v/one-half-has-many-names`, (page) => page.getByRole("heading", { name: "النص المكتوب" }).waitFor()],
};

const preview = async (page) => { await button(page, "Preview as a learner").click(); await shown(page); await button(page, "Close the preview").scrollIntoViewIfNeeded(); };
/** Brings the preview to the top of the window. */
const upTo = (page) => page.evaluate(() => document.querySelector(".preview").scrollIntoView());

/** The admin page. */
const ADMIN = {
  "home": ["#/"], "lesson": ["#/production/lesson/equal-parts"], "exercise": ["#/production/exercise/equal-parts"],
  "spanish": ["#/production/es/article/what-is-a-fraction"], "video": ["#/production/video/same-half"],
  "quiz": ["#/production/quiz/understanding-fractions"], "widgets": ["#/production/exercise/order-fractions"], "image": ["#/production/image/fraction-wall"],
  "compare": ["#/production/compare"], "lost": ["#/production/exercise/line-plots"],
  "arabic": ["#/production/ar/article/equivalent-fractions"], "arabic-lesson": ["#/production/ar/lesson/equivalent-fractions"],
  "preview-exercise": ["#/production/exercise/equal-parts", async (page) => { await preview(page); await choose(page, 0); await check(page); await upTo(page); }],
  "preview-hints": ["#/production/exercise/missing-number", async (page) => { await preview(page); await hints(page, "Hint", 2); await inFrame(page).locator("img").waitFor(); await upTo(page); }],
  "preview-article": ["#/production/article/equivalent-fractions", async (page) => { await preview(page); await upTo(page); }],
  "preview-video": ["#/production/video/same-half", async (page) => { await button(page, "Preview as a learner").click(); await until(page, () => document.querySelector("video")?.readyState > 0); await upTo(page); }],
  "preview-arabic": ["#/production/ar/exercise/missing-number", async (page) => { await preview(page); await type(page, "4"); await check(page); await upTo(page); }],
};

const edit = (lesson) => { lesson.title = "Sharing a cake"; };
const server = await serve();
const browser = await launch();
try {
  const links = { "shared": await shareDraft(server, "lesson/equal-parts", edit), "shared-over": await shareDraft(server, "lesson/equal-parts", edit, { revoked: true }) };
  const screens = [
    ...Object.entries(LEARN).map(([name, [path, steps]]) => [`learn-${name}`, `/learn/${path}`, steps]),
    ...Object.entries(ADMIN).map(([name, [hash, steps]]) => [`admin-${name}`, `/admin/${hash}`, steps]),
    ...Object.entries(links).map(([name, path]) => [`admin-${name}`, path]),
  ];
  for (const [look, options] of Object.entries(LOOKS)) {
    for (const [name, path, steps] of screens) {
      if (isWanted(`${name}-${look}`)) await shot(look, options, name, path, steps);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}

/** Takes one picture. What is wrong with a screen is reported, and the other pictures are still taken. */
async function shot(look, options, name, path, steps = () => {}) {
  const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  page.on("pageerror", (error) => console.log(`${name} ${look}: ${error}`));
  try {
    await page.goto(server.url + path);
    await page.locator("main h1").first().waitFor();
    await steps(page, server.url);
    for (const frame of page.frames()) {
      await frame.evaluate(() => Promise.allSettled([...document.images].filter((img) => img.loading !== "lazy").map((img) => img.decode())));
      const wide = await frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) console.log(`${name} ${look}: wider than its window by ${wide}`);
    }
  } catch (error) {
    console.log(`${name} ${look}: ${String(error).split("\n")[0]}`);
  }
  await page.screenshot({ path: join(into, `${name}-${look}.png`) });
  await context.close();
}
