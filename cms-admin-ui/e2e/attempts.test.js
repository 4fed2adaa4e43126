/** Questions in the player by itself, and what a learner can do to answer them: groups, cards, chance, tools, numbers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { audit } from "./audit.js";
import { until } from "./browser.js";
import { world } from "./journey.js";
import { onStageOf } from "./stage.js";

const here = world();
const onStage = onStageOf(here);

const last = async (it, type) => (await it.told(type)).at(-1);
const question = (content, widgets = {}) => ({ content, widgets, images: {} });
const item = (content, widgets) => ({ type: "item", item: { question: question(content, widgets), hints: [], rubric: "r" } });
const widget = (type, options) => ({ type, graded: true, static: false, alignment: "default", version: { major: 0, minor: 0 }, options });
const numeric = (label) => widget("numeric-input", { answers: [{ status: "correct" }], size: "normal", coefficient: false, labelText: label, static: false });
const group = (title, label, hint = null) => ({ title, ...question("How many? [[☃ numeric-input 1]]", { "numeric-input 1": numeric(label) }), hint });
const answers = (it, ...list) => it.page.evaluate((list) => { window.answers = list; }, list);
const points = (earned, message = null) => ({ type: "points", earned, total: 1, message });
const nothing = { content: "", widgets: {}, images: {} };

onStage("a checkpoint in an article is checked by the server", async (it) => {
  const sections = [
    { id: "s1", ...question("Read this.") },
    { id: "s2", ...question("[[☃ graded-group 1]]", { "graded-group 1": widget("graded-group", group("Checkpoint", "days in a week", nothing)) }) },
  ];
  await it.show({ id: "article/x", content: { type: "article", sections } });
  const frame = it.frame();
  const check = frame.getByRole("button", { name: "Check" });
  await check.click();
  await frame.getByText("There are still more parts of this question to answer.").waitFor();
  assert.deepEqual(await it.told("check"), [], "what is empty is not sent");
  const picture = `${here.server.url}/learn/icon.svg`;
  await answers(it, { ...points(0, "Not **yet** ![a cake](image/cake)."), media: { "image/cake": picture } }, points(1), { type: "invalid", message: null });
  await frame.getByRole("textbox", { name: "days in a week" }).fill("٦");
  await check.click();
  await frame.getByText("Incorrect").waitFor();
  assert.equal(await frame.getByRole("img", { name: "a cake" }).getAttribute("src"), picture);
  await frame.getByText("yet", { exact: true }).and(frame.locator("strong")).waitFor();
  const { id, section, part, userInput } = await last(it, "check");
  assert.deepEqual({ id, section, part, userInput }, { id: "article/x", section: "s2", part: "graded-group 1", userInput: { "numeric-input 1": { currentValue: "6" } } });
  await frame.getByRole("textbox").fill("7");
  await until(frame, () => !document.querySelector(".group-status"));
  await check.click();
  await frame.getByText("✓ Correct").waitFor();
  await check.click();
  await frame.getByText("We couldn't grade your answer.").waitFor();
  await check.click();
  await frame.getByText("This can’t be checked right now.").waitFor();
  await audit(it.page);
}, { settings: { answering: true } });

onStage("a checkpoint's hint comes when it is asked for", async (it) => {
  const sections = [{ id: "s1", ...question("[[☃ graded-group 1]]", { "graded-group 1": widget("graded-group", group("Checkpoint", "days", nothing)) }) }];
  await it.show({ id: "article/x", content: { type: "article", sections } });
  const explain = it.frame().getByRole("button", { name: "Explain" });
  await explain.click();
  await it.frame().getByText("The hint could not be loaded.").waitFor();
  await it.frame().getByRole("button", { name: "Hide explanation" }).click();
  await answers(it, { hint: { content: "Count *them*.", widgets: {}, images: {} } });
  await explain.click();
  await it.frame().getByText("them", { exact: true }).waitFor();
  const { id, section, part } = await last(it, "hint");
  assert.deepEqual({ id, section, part }, { id: "article/x", section: "s1", part: "graded-group 1" });
}, { settings: { answering: true } });

onStage("groups in groups and in sets say where they stand, and hold no question back", async (it) => {
  const inner = question("[[☃ graded-group 2]]", { "graded-group 2": widget("graded-group", group("Inner", "inner")) });
  const set = widget("graded-group-set", { gradedGroups: [group("First", "one"), group("Second", "two")] });
  await it.show({ id: "i", content: item("[[☃ group 1]] [[☃ graded-group-set 1]] [[☃ numeric-input 1]]", { "group 1": widget("group", inner), "graded-group-set 1": set, "numeric-input 1": numeric("own") }) });
  const frame = it.frame();
  assert.deepEqual((await last(it, "input")).empty, ["numeric-input 1"]);
  await answers(it, points(1), points(1), points(0));
  await frame.getByRole("textbox", { name: "inner" }).fill("1");
  await frame.getByRole("group", { name: "Inner" }).getByRole("button", { name: "Check" }).click();
  await frame.getByRole("group", { name: "Inner" }).getByText("✓ Correct").waitFor();
  await frame.getByRole("textbox", { name: "one" }).fill("1");
  await frame.getByRole("group", { name: "First" }).getByRole("button", { name: "Check" }).click();
  await frame.getByRole("button", { name: "Next question" }).click();
  await frame.getByRole("textbox", { name: "two" }).fill("2");
  await frame.getByRole("group", { name: "Second" }).getByRole("button", { name: "Check" }).click();
  await frame.getByText("Incorrect").waitFor();
  assert.deepEqual((await it.told("check")).map(({ section, part }) => [section, part]), [[null, "group 1/graded-group 2"], [null, "graded-group-set 1/0"], [null, "graded-group-set 1/1"]]);
}, { settings: { answering: true } });

onStage("where the page checks nothing, there is no button that would lie", async (it) => {
  await it.show({ id: "i", content: item("[[☃ graded-group 1]]", { "graded-group 1": widget("graded-group", group("Alone", "days", nothing)) }) });
  await it.frame().getByRole("textbox", { name: "days" }).waitFor();
  assert.equal(await it.frame().getByRole("button").count(), 0);
});

const cards = (it) => it.frame().locator(".perseus-sortable-draggable").allInnerTexts();
const CARDS = ["delta", "alpha", "charlie", "bravo"];

onStage("cards lie as they were delivered, and those of a draft not as they are right", async (it) => {
  const sorter = { "sorter 1": widget("sorter", { correct: CARDS, layout: "horizontal", padding: true }) };
  const matcher = { "matcher 1": widget("matcher", { labels: ["", ""], left: ["1", "2", "3", "4"], right: CARDS, orderMatters: false, padding: true }) };
  for (const seed of ["a", "b", "c"]) {
    await it.show({ id: `s${seed}`, content: item("[[☃ sorter 1]]", sorter), seed });
    assert.deepEqual((await last(it, "input")).userInput["sorter 1"].options, CARDS);
    await it.show({ id: `m${seed}`, content: item("[[☃ matcher 1]]", matcher), seed });
    assert.deepEqual((await last(it, "input")).userInput["matcher 1"].right, CARDS);
  }
  const { rubric: _, ...draft } = item("[[☃ sorter 1]]", sorter).item;
  await it.show({ id: "draft", content: { type: "item", item: draft } });
  const opening = (await last(it, "input")).userInput["sorter 1"].options;
  assert.notDeepEqual(opening, CARDS);
  assert.deepEqual([...opening].sort(), [...CARDS].sort());
  assert.equal((await cards(it)).length > 0, true);
});

onStage("choices at random stay on a reload, and differ between attempts", async (it) => {
  const choices = ["red", "green", "blue", "black", "white"].map((content, index) => ({ content, id: `c${index}` }));
  const radio = { "radio 1": widget("radio", { choices, randomize: true, multipleSelect: false, hasNoneOfTheAbove: false, countChoices: false, deselectEnabled: false }) };
  const orders = new Set();
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const seen = [];
    for (const turn of [1, 2]) {
      await it.show({ id: `r${attempt}${turn}`, content: item("[[☃ radio 1]]", radio), seed: `attempt ${attempt}` });
      seen.push((await it.frame().getByRole("listitem").allInnerTexts()).map((text) => text.replace(/\W*[A-E]\W+/, "").trim()).join());
    }
    assert.equal(seen[0], seen[1]);
    assert.notEqual(seen[0], "red,green,blue,black,white", "never as the author wrote them");
    orders.add(seen[0]);
  }
  assert.ok(orders.size > 4, [...orders].join(" "));
});

onStage("what has nothing to check is not counted as right", async (it) => {
  await it.show({ id: "z", content: item("Think about it.") });
  await it.page.evaluate(() => window.player.scored({ type: "points", earned: 0, total: 0, message: null }));
  await it.frame().getByRole("status", { name: "Result" }).getByText("does not count").waitFor();
  assert.equal(await it.frame().locator(".result-right").count(), 0);
});

onStage("cells that numbers are typed into have names, and what is empty is told of each", async (it) => {
  const widgets = {
    "table 1": widget("table", { headers: ["**Width**", "Price"], rows: 2, columns: 2, answers: [["", ""], ["", ""]] }),
    "matrix 1": widget("matrix", { matrixBoardSize: [2, 2], answers: [[]], prefix: "", suffix: "", cursorPosition: [0, 0] }),
    "numeric-input 1": numeric("cakes"),
  };
  await it.show({ id: "c", content: item("[[☃ table 1]] [[☃ matrix 1]] [[☃ numeric-input 1]]", widgets) });
  assert.deepEqual((await last(it, "input")).empty, Object.keys(widgets));
  for (const name of ["Width, row 1", "Price, row 2", "Column 1, row 1", "Column 2, row 2"]) await it.frame().getByRole("textbox", { name, exact: true }).fill("১২");
  await until(it.page, () => window.told.at(-1)?.userInput?.["matrix 1"]?.answers?.[1]?.[1] === "12");
  await audit(it.page);
});

const withTools = (answerArea) => {
  const content = item("$x=$ [[☃ numeric-input 1]]", { "numeric-input 1": numeric("x") });
  return { ...content, item: { ...content.item, answerArea } };
};

onStage("a calculator that is asked for stands beside the question, and works by keyboard alone", async (it) => {
  await it.show({ id: "none", content: withTools({ calculator: false, periodicTable: false }) });
  assert.equal(await it.frame().getByRole("region", { name: "Tools" }).count(), 0);
  await it.show({ id: "calc", content: withTools({ calculator: true, calculatorVariant: "scientific" }) });
  const open = it.frame().getByRole("button", { name: "Calculator" });
  await open.focus();
  await it.page.keyboard.press("Enter");
  const field = it.frame().getByRole("textbox", { name: "What to calculate" });
  await field.and(it.frame().locator(":focus")).waitFor();
  await it.page.keyboard.type("sin 30 + ٢^3");
  await it.page.keyboard.press("Enter");
  const result = it.frame().getByRole("status", { name: "Result" }).filter({ hasText: "8.5" });
  await result.waitFor();
  await it.frame().getByRole("button", { name: "Clear" }).click();
  for (const key of ["√", "9", ")", "×", "2"]) await it.frame().getByRole("button", { name: key, exact: true }).click();
  await it.frame().getByRole("button", { name: "Equals" }).click();
  await it.frame().getByText("= 6").waitFor();
  await field.fill("alert(1)");
  await field.press("Enter");
  await it.frame().getByText("This can’t be calculated.").waitFor();
  await audit(it.page);
  await it.page.keyboard.press("Escape");
  await open.and(it.frame().locator(":focus")).waitFor();
  assert.equal(await field.count(), 0);
});

onStage("a four-function calculator has no more, and a graphing one draws", async (it) => {
  await it.show({ id: "four", content: withTools({ calculator: true, calculatorVariant: "four_function" }) });
  await it.frame().getByRole("button", { name: "Calculator" }).click();
  await it.frame().getByRole("textbox", { name: "What to calculate" }).waitFor();
  assert.equal(await it.frame().getByRole("button", { name: "sin", exact: true }).count(), 0);
  await it.show({ id: "graph", content: withTools({ calculator: true, calculatorVariant: "graphing" }) });
  await it.frame().getByRole("button", { name: "Calculator" }).click();
  await it.frame().getByRole("textbox", { name: "Function of x 1" }).fill("x^2");
  await it.frame().getByRole("img", { name: "Graph of y = x^2" }).waitFor();
  assert.match(await it.frame().locator(".graph path").first().getAttribute("d"), /^M0\.0 -?\d.*L150\.0 150\.0/);
});

onStage("tables that are asked for are tables, in the learner's language", async (it) => {
  await it.show({ id: "t", content: withTools({ zTable: true, tTable: true, chi2Table: true, periodicTableWithKey: true, financialCalculatorMonthlyPayment: true }) });
  const frame = it.frame();
  await frame.getByRole("button", { name: "Tabla z" }).click();
  await frame.getByRole("row", { name: /^1\.9 / }).getByRole("cell", { name: ".9750" }).waitFor();
  await frame.getByRole("button", { name: "Tabla t" }).click();
  await frame.getByRole("row", { name: /^10 / }).getByRole("cell", { name: "2.228" }).waitFor();
  await audit(it.page);
  await frame.getByRole("button", { name: "Tabla χ²" }).click();
  await frame.getByRole("row", { name: /^1 / }).getByRole("cell", { name: "3.84", exact: true }).waitFor();
  await frame.getByRole("button", { name: "Tabla periódica" }).click();
  await frame.getByRole("cell", { name: /26\s*Fe\s*Hierro\s*55\.845/ }).waitFor();
  await frame.getByText("Masa atómica").waitFor();
  await audit(it.page);
  await frame.getByRole("button", { name: "Pago mensual" }).click();
  await frame.getByRole("textbox", { name: "Préstamo" }).fill("200,000");
  await frame.getByRole("textbox", { name: "Interés anual" }).fill("4.5");
  await frame.getByRole("textbox", { name: "Meses" }).fill("360");
  await frame.getByText("Pago al mes: 1013.37").waitFor();
}, { settings: { locale: "es" }, viewport: { width: 500, height: 1000 } });

onStage("a draft of 2014 is shown with the input of its answer area", async (it) => {
  const answerArea = { type: "input-number", calculator: true, options: { value: "42", simplify: "required", size: "normal", inexact: false, maxError: 0.1, answerType: "number" } };
  await it.show({ id: "old", content: { type: "item", item: { question: question("What is $6 \\times 7$?"), hints: [], answerArea } } });
  await it.frame().getByRole("textbox").fill("42");
  await it.frame().getByRole("button", { name: "Calculator" }).waitFor();
});
