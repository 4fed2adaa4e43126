/** The player by itself: it shows what it is given, reports what happens, and runs nothing that an author wrote. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { audit, fits } from "./audit.js";
import { until } from "./browser.js";
import { world } from "./journey.js";
import { isBlank, onStageOf, stage } from "./stage.js";

const fixtures = join(dirname(fileURLToPath(import.meta.url)), "../../fixtures/fractions");

const here = world();
const onStage = onStageOf(here);

const documents = (kind) => readdirSync(join(fixtures, kind)).filter((name) => !name.includes("@"))
  .map((name) => ({ name: `${kind}/${name}`, document: JSON.parse(readFileSync(join(fixtures, kind, name), "utf8")) }));
const shown = (it) => it.frame().locator("#root");
const last = async (it, type) => (await it.told(type)).at(-1);
const item = (content, widgets = {}, hints = []) => ({ type: "item", item: { question: { content, widgets, images: {} }, hints } });
const widget = (type, options) => ({ type, graded: true, static: false, alignment: "default", version: { major: 0, minor: 0 }, options });
const numeric = widget("numeric-input", { answers: [{ value: 7, status: "correct", message: "", simplify: "required", strict: false, maxError: null }], size: "normal", coefficient: false, labelText: "value of x", static: false });

onStage("every question and hint of the course is shown", async (it) => {
  for (const { name, document } of documents("exercise")) {
    for (const part of document.items) {
      await it.show({ id: `${name} ${part.id}`, content: { type: "item", item: part } });
      assert.equal(await isBlank(it.frame()), false, name);
      await it.page.evaluate((hints) => window.player.hints(hints), part.hints);
      await it.frame().locator(".perseus-hint-renderer").nth(part.hints.length - 1).waitFor();
      assert.deepEqual(await it.takeErrors(), [], name);
    }
  }
});

onStage("every article of the course is shown", async (it) => {
  for (const { name, document } of documents("article")) {
    await it.show({ id: name, content: { type: "article", sections: document.sections } });
    assert.equal(await isBlank(it.frame()), false, name);
    assert.deepEqual(await it.takeErrors(), [], name);
  }
});

onStage("a question is answered by keyboard alone, and what is put in is told", async (it) => {
  const radio = documents("exercise").find(({ name }) => name.endsWith("/model-one-of-four.json")).document.items[0];
  await it.show({ id: "radio", content: { type: "item", item: radio } });
  assert.deepEqual((await last(it, "input")).empty, ["radio 1"]);
  await it.frame().getByRole("button").first().focus();
  await it.page.keyboard.press("Tab");
  await it.page.keyboard.press("Enter");
  await until(it.page, () => window.told.at(-1)?.type === "input" && window.told.at(-1).empty.length === 0);
  assert.deepEqual((await last(it, "input")).userInput["radio 1"].selectedChoiceIds, ["choice-2"]);

  await it.show({ id: "number", content: item("$x=$ [[☃ numeric-input 1]]", { "numeric-input 1": numeric }) });
  await it.frame().getByRole("textbox", { name: "value of x" }).focus();
  await it.page.keyboard.type("7");
  await until(it.page, () => window.told.at(-1)?.userInput?.["numeric-input 1"]?.currentValue === "7");
  await audit(it.page);
});

onStage("a wrong answer can be changed and a right one is locked", async (it) => {
  await it.show({ id: "n", content: item("$x=$ [[☃ numeric-input 1]]", { "numeric-input 1": numeric }) });
  const box = it.frame().getByRole("textbox", { name: "value of x" });
  const result = it.frame().getByRole("status", { name: "Result" });
  await box.fill("6");
  await it.page.evaluate(() => window.player.scored({ type: "points", earned: 0, total: 1, message: null }));
  await result.getByText("Not quite yet").waitFor();
  await box.fill("7");
  await it.page.evaluate(() => window.player.scored({ type: "points", earned: 1, total: 1, message: null }));
  await result.getByText("That’s right!").waitFor();
  assert.equal(await box.isEditable(), false);
});

onStage("an answer that was given before stands there again", async (it) => {
  await it.show({ id: "n", content: item("[[☃ numeric-input 1]]", { "numeric-input 1": numeric }), userInput: { "numeric-input 1": { currentValue: "12" } } });
  assert.equal(await it.frame().getByRole("textbox", { name: "value of x" }).inputValue(), "12");
  assert.deepEqual((await last(it, "input")).empty, []);
});

onStage("a picture is shown by its media object, and one that is missing by its words", async (it) => {
  const url = `${here.server.url}/learn/icon.svg`;
  await it.show({ id: "p", content: item("![A green book](image/book)\n\n![A lost one](image/lost)\n\n![Labelled](web+graphie://elsewhere.example/hash)"), media: { "image/book": { url, width: 24, height: 24 } } });
  assert.equal(await it.frame().getByRole("img", { name: "A green book" }).getAttribute("src"), url);
  await it.frame().getByRole("img", { name: "A lost one" }).getByText("A lost one").waitFor();
  await it.frame().getByRole("img", { name: "Labelled" }).waitFor();
});

onStage("in a language that is written from right to left, formulas are not", async (it) => {
  await it.show({ id: "rtl", content: item("أوجد قيمة $x + 1 = 3$ [[☃ numeric-input 1]]", { "numeric-input 1": numeric }) });
  const [page, formula] = await it.frame().evaluate(() => [document.documentElement, document.querySelector(".formula")].map((node) => getComputedStyle(node).direction));
  assert.deepEqual([page, formula], ["rtl", "ltr"]);
  assert.equal(await it.frame().evaluate(() => document.documentElement.lang), "ar");
  await it.page.evaluate(() => window.player.settings({ locale: "en", direction: "ltr", theme: "dark" }));
  await until(it.frame(), () => document.documentElement.dir === "ltr" && document.documentElement.dataset.theme === "dark");
}, { settings: { locale: "ar", direction: "rtl" } });

onStage("at 320 pixels nothing has to be pushed sideways", async (it) => {
  for (const { name, document } of [...documents("exercise"), ...documents("article")]) {
    const content = document.items ? { type: "item", item: document.items[0] } : { type: "article", sections: document.sections };
    await it.show({ id: name, content });
    await fits(it.page).catch((error) => assert.fail(`${name}: ${error.message}`));
  }
}, { viewport: { width: 320, height: 900 } });

const HOSTILE = '<script>window.ran=1;parent.postMessage({protocol:1,type:"link",href:"x"},"*")</script><img src=x onerror="window.ran=1">'
  + '[go](javascript:window.ran=1) ![p](javascript:window.ran=1) <a href="javascript:window.ran=1">a</a> $\\href{javascript:window.ran=1}{x} \\htmlData{a=b}{y}$ "><svg onload=window.ran=1>';

/** The same document with every text that people read replaced by a hostile one. */
function poisoned(value, name) {
  if (typeof value === "string") return /^(type|id|name|alignment|size|key|kind|graph|url|imageUrl|status|simplify|version|choiceStates)$/.test(name) || /^\[\[/.test(value) ? value : `${value} ${HOSTILE}`;
  if (Array.isArray(value)) return value.map((part) => poisoned(part, name));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, poisoned(part, key)]));
  return value;
}

onStage("a list, a keypad and a definition that open have room to be seen and pressed", async (it) => {
  const choices = ["one", "two", "three", "four", "five"].map((content) => ({ content, correct: content === "three" }));
  const answerForms = [{ value: "x+1", form: false, simplify: false, considered: "correct", key: "0" }];
  const cases = [
    ["Pick [[☃ dropdown 1]]", { "dropdown 1": widget("dropdown", { placeholder: "Choose", choices, static: false }) }, "[role=combobox]", "[role=option]"],
    ["Write [[☃ expression 1]]", { "expression 1": { ...widget("expression", { answerForms, buttonSets: ["basic"], functions: ["f"], times: false }), version: { major: 1, minor: 0 } } }, "[aria-label='open math keypad']", "[role=tabpanel] button"],
    ["What is [[☃ definition 1]]?", { "definition 1": widget("definition", { togglePrompt: "a half", definition: "One of two equal parts of a whole, however it is cut." }) }, "#root button", "[data-placement]"],
  ];
  for (const [content, widgets, opener, part] of cases) {
    await it.show({ id: content, content: item(content, widgets) });
    await it.frame().locator(opener).first().click();
    await it.frame().locator(part).last().waitFor();
    await until(it.frame(), (part) => [...document.querySelectorAll(part)].every((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    }), part);
    if (part === "[role=option]") await it.frame().locator(part).nth(3).click();
  }
});

test("nothing that an author wrote is run", async () => {
  const it = await stage(here.browser, here.server.url);
  try {
    await it.mount();
    const asked = [];
    it.page.on("request", (request) => !request.url().startsWith(here.server.url) && !request.url().startsWith("data:") && asked.push(request.url()));
    for (const { name, document } of [...documents("exercise"), ...documents("article")]) {
      const content = document.items ? { type: "item", item: poisoned(document.items[0]) } : { type: "article", sections: poisoned(document.sections) };
      await it.show({ id: name, content });
      await it.page.evaluate((hints) => window.player.hints(hints), content.item?.hints ?? []);
      for (const link of await it.frame().locator("a").all()) await link.click({ timeout: 300, force: true }).catch(() => {});
      const ran = await Promise.all([it.page, it.frame()].map((where) => where.evaluate(() => window.ran ?? 0)));
      assert.deepEqual(ran, [0, 0], name);
      assert.equal(await it.frame().locator("script:not([src]), [onerror], [onload], a[href^='javascript']").count(), 0, name);
    }
    assert.deepEqual(asked, []);
    assert.equal(it.page.context().pages().length, 1, "no window opened");
  } finally {
    await it.close();
  }
});

test("the frame can't reach the page, its storage, or the network", async () => {
  const it = await stage(here.browser, here.server.url);
  try {
    await it.mount();
    await it.show({ id: "x", content: item("$x$") });
    const reached = await it.frame().evaluate(async () => {
      const tries = {
        page: () => parent.document.title, storage: () => localStorage.length, cookies: () => document.cookie,
        network: () => fetch("/v1/channels/production").then(() => "reached"),
      };
      const out = { origin: origin };
      for (const [name, attempt] of Object.entries(tries)) {
        try {
          out[name] = await attempt();
        } catch (error) {
          out[name] = error.constructor.name;
        }
      }
      return out;
    });
    assert.deepEqual(reached, { origin: "null", page: "DOMException", storage: "DOMException", cookies: "DOMException", network: "TypeError" });
    const policy = (await fetch(`${here.server.url}/player/`)).headers.get("content-security-policy");
    assert.match(policy, /script-src 'self';/, "no eval, nothing inline");
    const opened = await it.page.context().newPage();
    await opened.goto(`${here.server.url}/player/`);
    assert.equal(await opened.evaluate(() => origin), "null", "opened by itself, it is nobody's too");
  } finally {
    await it.close();
  }
});

test("strangers are not listened to, and what is not understood is answered in words", async () => {
  const it = await stage(here.browser, here.server.url);
  try {
    await it.mount();
    await it.show({ id: "x", content: item("What the page sent") });
    const load = { protocol: 1, type: "load", id: "y", content: item("What a stranger sent"), media: {}, locale: "en", direction: "ltr", theme: "light" };
    // A message to the player, from another frame of the same page.
    await it.page.evaluate(async (load) => {
      const stranger = document.body.appendChild(document.createElement("iframe"));
      const send = stranger.contentWindow.Function("target", "load", "target.postMessage(load, '*')");
      try { send(window.player.frame.contentWindow, load); } catch { /* The policy forbids even this. */ }
    }, load).catch(() => {});
    // A message to the page, from itself and in the player's words.
    await it.page.evaluate(() => window.postMessage({ protocol: 1, type: "error", message: "forged", id: null }, "*"));
    await it.page.evaluate(() => window.player.frame.contentWindow.postMessage({ protocol: 2, type: "load" }, "*"));
    await until(it.page, () => window.told.some((row) => row.type === "error"));
    const errors = await it.told("error");
    assert.deepEqual(errors.map((row) => row.message), ["this is version 1 of the protocol, not “2”"]);
    assert.equal((await shown(it).innerText()).trim(), "What the page sent");
  } finally {
    await it.close();
  }
});

onStage("a link is opened by the page, and only to the web", async (it) => {
  await it.show({ id: "l", content: item("[out](https://example.org/a) [in](/learn/) [bad](file:///etc/passwd)") });
  await it.page.evaluate(() => { window.open = (...wish) => { window.opened = [...(window.opened ?? []), wish]; }; });
  await it.frame().getByRole("link", { name: "out" }).click();
  await until(it.page, () => window.opened?.length === 1);
  assert.deepEqual(await it.page.evaluate(() => window.opened), [["https://example.org/a", "_blank", "noopener,noreferrer"]]);
  assert.equal(await it.frame().getByRole("link").count(), 1);
});

onStage("the frame is as tall as what it shows", async (it) => {
  const heights = [];
  for (const lines of [1, 30, 2]) {
    await it.show({ id: `h${lines}`, content: item(Array.from({ length: lines }, () => "A line.").join("\n\n")) });
    await until(it.page, () => Math.abs(window.player.frame.clientHeight - window.player.frame.getBoundingClientRect().height) < 1);
    await until(it.frame(), () => Math.abs(innerHeight - document.getElementById("root").getBoundingClientRect().height) < 2);
    heights.push(await it.page.evaluate(() => window.player.frame.clientHeight));
  }
  assert.ok(heights[1] > heights[0] * 5 && heights[2] < heights[1] / 3, String(heights));
});
