/** What an author wrote is shown as the author meant it: messages, hints, links, and content from elsewhere. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { audit } from "./audit.js";
import { until } from "./browser.js";
import { world } from "./journey.js";
import { onStageOf, stage } from "./stage.js";

const here = world({ empty: true });
const onStage = onStageOf(here);

const item = (content, widgets = {}, hints = []) => ({ type: "item", item: { question: { content, widgets, images: {} }, hints } });
const widget = (type, options) => ({ type, graded: true, static: false, alignment: "default", version: { major: 0, minor: 0 }, options });
const numeric = widget("numeric-input", { answers: [{ value: 7, status: "correct", message: "", simplify: "required", strict: false, maxError: null }], size: "normal", coefficient: false, labelText: "value of x", static: false });
const scored = (it, score, ...more) => it.page.evaluate((told) => window.player.scored(...told), [score, ...more]);
const result = (it) => it.frame().getByRole("status", { name: "Result" });
const links = async (it) => (await it.told("link")).map(({ href, inNewWindow }) => [href, inNewWindow]);

onStage("a message to an answer is prose, in the region that is read out", async (it) => {
  await it.show({ id: "m", content: item("[[☃ numeric-input 1]]", { "numeric-input 1": numeric }) });
  await scored(it, { type: "points", earned: 0, total: 1, message: "That is **not** it: $\\dfrac{1}{2}$.\n\n* Count again." });
  assert.equal(await result(it).locator("strong").innerText(), "not");
  assert.equal(await result(it).locator(".katex").count(), 1);
  assert.equal(await result(it).getByRole("listitem").innerText(), "Count again.");
  assert.doesNotMatch(await result(it).innerText(), /\*\*|\$/);
  await scored(it, { type: "points", earned: 0, total: 1, message: null }, "The page says **this**.");
  assert.equal(await result(it).locator("strong").innerText(), "this");
  await audit(it.page);
});

onStage("the scorer's own messages are sentences, and its codes too", async (it) => {
  await it.show({ id: "m", content: item("[[☃ numeric-input 1]]", { "numeric-input 1": numeric }) });
  await scored(it, { type: "invalid", message: "EXTRA_SYMBOLS_ERROR" });
  await result(it).getByText(/extra text or symbols/).waitFor();
  await scored(it, { type: "points", earned: 1, total: 1, message: null });
  await result(it).getByText("That’s right!").waitFor();
});

onStage("a picture in a message is shown, and one that nobody has by its words", async (it) => {
  const url = `${here.server.url}/learn/icon.svg`;
  await it.show({ id: "m", content: item("[[☃ numeric-input 1]]", { "numeric-input 1": numeric }) });
  await scored(it, { type: "points", earned: 0, total: 1, message: "See ![A book](image/book) and ![A lost one](image/lost)" }, undefined, { "image/book": url });
  assert.equal(await result(it).getByRole("img", { name: "A book" }).getAttribute("src"), url);
  await result(it).getByText("A lost one").waitFor();
});

onStage("a hint that replaces takes the place of the one before it, and is where one reads on", async (it) => {
  const hints = [{ content: "First step." }, { content: "First step, and the **second**.", replace: true }, { content: "The answer is $7$." }].map((hint) => ({ widgets: {}, images: {}, ...hint }));
  await it.show({ id: "h", content: item("What is $x$?", {}, hints) });
  const shown = it.frame().getByRole("region", { name: "Hints" });
  const give = (count) => it.page.evaluate((hints) => window.player.hints(hints), hints.slice(0, count));
  const focused = () => it.frame().evaluate(() => document.activeElement.innerText);
  await give(1);
  assert.match(await shown.innerText(), /1 \/ 3\s+First step\./);
  await give(2);
  assert.equal(await it.frame().locator(".perseus-hint-renderer").count(), 1);
  assert.match(await shown.innerText(), /2 \/ 3\s+First step, and the second\./);
  assert.match(await focused(), /the second/);
  await give(3);
  assert.equal(await it.frame().locator(".perseus-hint-renderer").count(), 2);
  assert.match(await focused(), /The answer is/);
  await audit(it.page);
});

onStage("a link to an entry is followed by click, key and middle button, and told with its key", async (it) => {
  await it.show({ id: "l", content: item("See [the lesson](lesson/l1), [a question](exercise/x#i2) and [write to us](mailto:ana@example.org).") });
  const lesson = it.frame().getByRole("link", { name: "the lesson" });
  await lesson.click();
  await lesson.click({ button: "middle" });
  await lesson.click({ modifiers: ["Control"] });
  await it.frame().getByRole("link", { name: "a question" }).focus();
  await it.page.keyboard.press("Enter");
  await it.frame().getByRole("link", { name: "write to us" }).click();
  await until(it.page, () => window.told.filter((row) => row.type === "link").length === 5);
  assert.deepEqual(await links(it), [["lesson/l1", false], ["lesson/l1", true], ["lesson/l1", true], ["exercise/x#i2", false], ["mailto:ana@example.org", false]]);
  assert.equal(await it.page.evaluate(() => location.pathname), "/learn/");
}, { settings: { following: true } });

onStage("what leads nowhere is text: entries where the page does not lead to them, and addresses that are none", async (it) => {
  await it.show({ id: "l", content: item("[the lesson](lesson/l1) [here](/learn/) [code](javascript:alert(1)) [out](https://example.org/a)") });
  assert.deepEqual(await it.frame().getByRole("link").allInnerTexts(), ["out"]);
});

onStage("links stand in hints, messages and articles as well", async (it) => {
  await it.show({ id: "l", content: item("?", {}, [{ content: "[hint](lesson/l1)", widgets: {}, images: {} }]) });
  await it.page.evaluate(() => window.player.hints([{ content: "[hint](lesson/l1)", widgets: {}, images: {} }]));
  await scored(it, { type: "points", earned: 0, total: 1, message: "[message](article/a1)" });
  assert.deepEqual(await it.frame().getByRole("link").allInnerTexts(), ["hint", "message"]);
  await it.show({ id: "a", content: { type: "article", sections: [{ content: "[section](unit/u1)", widgets: {}, images: {} }] } });
  await it.frame().getByRole("link", { name: "section" }).click();
  await until(it.page, () => window.told.some((row) => row.type === "link"));
  assert.deepEqual(await links(it), [["unit/u1", false]]);
}, { settings: { following: true } });

onStage("in a language that is written from right to left, lists and tables begin at the right", async (it) => {
  await it.show({ id: "r", content: item("* أحمر\n* أخضر\n\nنص\n\n1. أولًا\n\n| أ | ب |\n| - | :-: |\n| ١ | ٢ |") });
  const [ul, ol, cell, centred] = await it.frame().evaluate(() => ["ul", "ol", "td", "td + td"].map((selector) => {
    const { paddingLeft, paddingRight, textAlign } = getComputedStyle(document.querySelector(`#root ${selector}`));
    return { paddingLeft, paddingRight, textAlign };
  }));
  assert.deepEqual([ul.paddingLeft, ul.paddingRight, ol.paddingLeft, ol.paddingRight], ["0px", "35px", "0px", "36px"]);
  assert.deepEqual([cell.textAlign, centred.textAlign], ["right", "center"]);
}, { settings: { locale: "ar", direction: "rtl" } });

const ELSEWHERE = {
  "iframe 1": widget("iframe", { url: "https://example.org/game", width: 400, height: 300, allowFullScreen: false }),
  "iframe 2": widget("iframe", { url: "4545417404481536", width: 400, height: 300, allowFullScreen: false }),
  "video 1": widget("video", { location: "dQw4w9WgXcQ" }),
  "cs-program 1": widget("cs-program", { programID: "12", programType: null, settings: [], showEditor: false, showButtons: false, width: 400, height: 400 }),
  "python-program 1": widget("python-program", { programID: "34", height: 400 }),
  "phet-simulation 1": widget("phet-simulation", { url: "https://phet.colorado.edu/sims/html/area-builder/latest/area-builder_en.html", description: "Area Builder" }),
};

onStage("what stands elsewhere is a link with its name, and no question waits for it", async (it) => {
  const content = `${Object.keys(ELSEWHERE).map((name) => `[[☃ ${name}]]`).join("\n\n")}\n\n[[☃ numeric-input 1]]`;
  await it.show({ id: "e", content: item(content, { ...ELSEWHERE, "numeric-input 1": numeric }) });
  assert.deepEqual(await it.frame().getByRole("link").allInnerTexts(), [
    "Interactive page (example.org)", "Program (Khan Academy)", "Video (YouTube)", "Program (Khan Academy)", "Program (Khan Academy)", "Simulation: Area Builder (PhET)",
  ]);
  assert.deepEqual((await it.told("input")).at(-1).empty.filter((name) => name in ELSEWHERE), []);
  await it.page.evaluate(() => { window.open = (...wish) => { window.opened = wish; }; });
  await it.frame().getByRole("link", { name: "Video (YouTube)" }).click();
  await until(it.page, () => window.opened);
  assert.deepEqual(await it.page.evaluate(() => window.opened), ["https://www.youtube.com/watch?v=dQw4w9WgXcQ", "_blank", "noopener,noreferrer"]);
  await audit(it.page);
});

test("a video of YouTube plays over the page where the page may, and gives the focus back", async () => {
  const it = await stage(here.browser, here.server.url);
  try {
    await it.page.route("https://www.youtube-nocookie.com/**", (route) => route.fulfill({ contentType: "text/html", body: "<p>A video</p>" }));
    await it.mount({ playsVideos: true, locale: "es" });
    await it.show({ id: "v", content: item("Mira: [[☃ video 1]]", { "video 1": ELSEWHERE["video 1"] }) });
    await it.frame().getByText("Se reproduce aquí.").waitFor();
    assert.deepEqual(await it.takeErrors(), [], "nothing is asked of YouTube before");
    await it.frame().getByRole("link", { name: "Vídeo (YouTube)" }).click();
    const video = it.page.getByRole("dialog", { name: "Vídeo (YouTube)" });
    await video.frameLocator("iframe").getByText("A video").waitFor();
    assert.match(await video.locator("iframe").getAttribute("src"), /^https:\/\/www\.youtube-nocookie\.com\/embed\/dQw4w9WgXcQ\?autoplay=1&.*hl=es/);
    await video.getByRole("button", { name: "Cerrar" }).click();
    await until(it.page, () => document.querySelector("dialog") === null && document.activeElement?.tagName === "IFRAME");
  } finally {
    await it.close();
  }
});

onStage("what stands elsewhere without an address says so", async (it) => {
  await it.show({ id: "e", content: item("[[☃ iframe 1]]", { "iframe 1": widget("iframe", { url: "javascript:alert(1)", width: 1, height: 1, allowFullScreen: false }) }) });
  assert.equal(await it.frame().getByRole("link").count(), 0);
  await it.frame().getByText("Its address leads nowhere.").waitFor();
});
