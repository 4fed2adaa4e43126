/** The documents to compare: a small one for each form of prose, each macro and each type of widget. */

import { FORMULAS, PROSE } from "./prose.js";

const widget = (type, options, more = {}) => ({ type, graded: true, static: false, alignment: "default", version: { major: 0, minor: 0 }, options, ...more });
const renderer = (content, widgets = {}) => ({ content, widgets, images: content.includes("image/farm") ? { "image/farm": { width: 300, height: 200 } } : {} });
const item = (content, widgets, hints = []) => ({ type: "item", item: { question: renderer(content, widgets), hints: hints.map((hint) => (typeof hint === "string" ? renderer(hint) : hint)) } });
const article = (...contents) => ({ type: "article", sections: contents.map((content) => (typeof content === "string" ? renderer(content) : content)) });
const one = (type, options, more) => item(`Before. [[☃ ${type} 1]] After.`, { [`${type} 1`]: widget(type, options, more) });
const choice = (content, id, correct = false) => ({ content, id, correct });
const version = (major, minor = 0) => ({ version: { major, minor } });
const all = (prose) => Object.values(prose).join("\n\n");
const grid = { range: [[-10, 10], [-10, 10]], step: [1, 1], gridStep: [1, 1], snapStep: [1, 1], backgroundImage: { url: null }, labels: ["x", "y"], markings: "graph" };
const graph = (graph) => one("interactive-graph", { ...grid, showProtractor: false, showTooltips: false, graph, correct: graph });
const plotter = (type) => one("plotter", { type, categories: ["$1$", "two", "3"], labels: ["Day", "How many"], correct: [1, 2, 3], starting: [1, 1, 2], maxY: 4, scaleY: 1, snapsPerLine: 2, labelInterval: 1, plotDimensions: [275, 200], picUrl: null });
const numeric = widget("numeric-input", { answers: [{ value: 7, status: "correct", message: "", simplify: "required", strict: false, maxError: null }], size: "normal", coefficient: false, labelText: "value", static: false });
const group = { title: "Checkpoint", ...renderer("How many **are** there? [[☃ numeric-input 1]]\n\n* one\n* two", { "numeric-input 1": numeric }), hint: null };

/** The widgets, by what the test calls them. */
const WIDGETS = {
  "radio, one of several": one("radio", { choices: [choice("$\\blueD{3}$", "a", true), choice("**four**", "b"), choice("a list\n\n* x\n* y", "c"), choice("> quoted", "d")], randomize: false, multipleSelect: false, hasNoneOfTheAbove: true }, version(3)),
  "radio, several of several": one("radio", { choices: [choice("one", "a", true), choice("two", "b", true), choice("$3$", "c")], randomize: false, multipleSelect: true, countChoices: true, numCorrect: 2 }, version(3)),
  "numeric-input": one("numeric-input", numeric.options),
  "numeric-input, small and to the right": one("numeric-input", { ...numeric.options, size: "small", rightAlign: true }),
  "input-number": one("input-number", { value: 7, simplify: "optional", size: "normal", inexact: false, maxError: 0.1, answerType: "number" }),
  "expression": one("expression", { answerForms: [{ considered: "correct", form: true, simplify: true, value: "x" }], buttonSets: ["basic"], functions: ["f"], times: false, visibleLabel: "Your **expression**", ariaLabel: "expression" }, version(2)),
  "dropdown": one("dropdown", { placeholder: "Choose $x$", choices: [{ content: "$1$", correct: true }, { content: "two", correct: false }], static: false, visibleLabel: "Pick", ariaLabel: "pick" }),
  "categorizer": one("categorizer", { items: ["$\\frac12$", "a **b**"], categories: ["big", "$small$"], values: [0, 1], randomizeItems: false, static: false }),
  "number-line": one("number-line", { range: [0, 10], labelRange: [null, null], labelStyle: "decimal", labelTicks: true, isTickCtrl: false, isInequality: false, divisionRange: [1, 12], numDivisions: 5, snapDivisions: 2, tickStep: null, correctRel: "eq", correctX: 4, initialX: null, showTooltips: false, static: false }),
  "table": one("table", { headers: ["$x$", "**y**"], rows: 2, columns: 2, answers: [["1", "2"], ["3", "4"]] }),
  "matrix": one("matrix", { answers: [[1, 2], [3, 4]], matrixBoardSize: [2, 2], cursorPosition: [0, 0], prefix: "$A=$", suffix: "**end**", static: false }),
  "plotter, bars": plotter("bar"),
  "plotter, a line": plotter("line"),
  "plotter, dots": plotter("dotplot"),
  "plotter, a histogram": plotter("histogram"),
  "grapher": one("grapher", { availableTypes: ["linear", "quadratic", "sinusoid", "tangent", "exponential", "logarithm", "absolute_value"], correct: { type: "linear", coords: [[0, 0], [1, 1]] }, graph: { ...grid, box: [300, 300], rulerLabel: "", rulerTicks: 10, valid: true, showTooltips: false } }),
  "interactive-graph, a line": graph({ type: "linear", coords: [[-5, 5], [5, 5]] }),
  "interactive-graph, points": graph({ type: "point", numPoints: 2, coords: [[1, 1], [2, 2]] }),
  "interactive-graph, a polygon": graph({ type: "polygon", numSides: 3, coords: [[0, 0], [3, 0], [0, 3]], snapTo: "grid", showSides: false, showAngles: false }),
  "interactive-graph, a circle": graph({ type: "circle", center: [0, 0], radius: 3 }),
  "measurer": one("measurer", { box: [300, 200], image: { url: null, top: 0, left: 0 }, showProtractor: false, showRuler: true, rulerLabel: "cm", rulerTicks: 10, rulerPixels: 40, rulerLength: 5, static: false }, version(1)),
  "interaction": one("interaction", {
    graph: { editableSettings: ["canvas", "graph"], box: [300, 150], labels: ["", ""], range: [[0, 10], [-6, 6]], gridStep: [1, 3], markings: "graph", snapStep: [0.5, 1.5], valid: true, backgroundImage: { url: null, scale: 1, bottom: 0, left: 0 }, showProtractor: false, showRuler: false, rulerLabel: "", rulerTicks: 10, tickStep: [1, 2], scale: [30, 12.5] },
    elements: [{ type: "label", key: "label-1", options: { coordX: "5", coordY: "3", label: "$\\redD{y}$", color: "#000000" } }],
    static: false,
  }),
  "explanation": item("Before [[☃ explanation 1]] after.", { "explanation 1": widget("explanation", { showPrompt: "Why?", hidePrompt: "Hide", explanation: `${PROSE.lists}\n\n${PROSE["a quote"]}\n\n$\\blueD{x}$`, widgets: {}, static: false }, { graded: false }) }),
  "definition": item("A [[☃ definition 1]] here.", { "definition 1": widget("definition", { togglePrompt: "word", definition: `${PROSE.lists}\n\n$\\redE{x}$ is **that**`, static: false }, { graded: false }) }),
  "group": item("Before.\n\n[[☃ group 1]]\n\nAfter.", { "group 1": widget("group", renderer("In the group: [[☃ numeric-input 1]]\n\n* a\n* b", { "numeric-input 1": numeric })) }),
  "label-image": one("label-image", { choices: ["$1$", "two"], imageAlt: "A picture", imageUrl: "image/farm", imageWidth: 300, imageHeight: 200, markers: [{ answers: ["two"], label: "first", x: 25, y: 50 }], multipleAnswers: false, hideChoicesFromInstructions: false, static: false }),
  "image": item("Before\n\n[[☃ image 1]]\n\nAfter", { "image 1": widget("image", { title: "A **farm**", caption: "By *Ana*, $1900$", alt: "A farm", longDescription: "", backgroundImage: { url: "image/farm", width: 300, height: 200 }, range: [[0, 10], [0, 10]], box: [300, 200], labels: [], static: false }, { graded: false }) }),
  "free-response": one("free-response", { question: "What do you think of $x$?", placeholder: "Write here", allowUnlimitedCharacters: false, characterLimit: 500, scoringCriteria: [] }),
  "a picture in the text": item("Before ![A farm](image/farm) after", {}),
};

/** Documents that are shuffled, so that their parts may lie in another order. */
const SHUFFLED = {
  "matcher": one("matcher", { labels: ["Left", "$right$"], left: ["$1$", "**two**"], right: ["a", "$b$"], orderMatters: false, padding: true }),
  "sorter": one("sorter", { correct: ["$1$", "**two**", "three"], layout: "horizontal", padding: true }),
  "sorter, vertical": one("sorter", { correct: ["$1$", "**two**", "three"], layout: "vertical", padding: true }),
  "orderer": one("orderer", { options: [{ content: "$1$" }, { content: "**two**" }], correctOptions: [{ content: "$1$" }, { content: "**two**" }], otherOptions: [], height: "normal", layout: "horizontal" }),
  "orderer, vertical": one("orderer", { options: [{ content: "$1$" }, { content: "**two**" }], correctOptions: [{ content: "$1$" }, { content: "**two**" }], otherOptions: [], height: "auto", layout: "vertical" }),
};

/** @type {{name: string, content: any, hints?: number, isShuffled?: boolean, opens?: string}[]} */
export const DOCUMENTS = [
  ...Object.entries(PROSE).map(([name, prose]) => ({ name: `an item: ${name}`, content: item(prose) })),
  { name: "an article: every form of prose", content: article(all(PROSE), PROSE.lists) },
  { name: "hints: every form of prose", content: item("Question.", {}, [all(PROSE), "* the **second**\n* hint"]), hints: 2 },
  { name: "hints: one that replaces, and the last", content: item("Question.", {}, ["first", { ...renderer("second, *better*"), replace: true }, "third $\\blueD{3}$"]), hints: 3 },
  { name: "hints: one that replaces, not the last", content: item("Question.", {}, ["first", { ...renderer("second, *better*"), replace: true }, "third"]), hints: 2 },
  ...Object.entries(FORMULAS).map(([name, formulas]) => ({ name: `formulas: ${name}`, content: item(formulas.map((tex) => `$${tex}$`).join(" , ")) })),
  ...Object.entries(WIDGETS).map(([name, content]) => ({ name, content, ...(name === "explanation" && { opens: "Why?" }), ...(name === "definition" && { opens: "word" }) })),
  ...Object.entries(SHUFFLED).map(([name, content]) => ({ name, content, isShuffled: true })),
  { name: "graded-group", content: article(renderer("Text.\n\n[[☃ graded-group 1]]", { "graded-group 1": widget("graded-group", group) })) },
  { name: "graded-group-set", content: article(renderer("Text.\n\n[[☃ graded-group-set 1]]", { "graded-group-set 1": widget("graded-group-set", { gradedGroups: [group, { ...group, title: "Second" }] }) })) },
];

/** Messages to answers, from authors and from the scorer, which may have every form of prose. */
export const MESSAGES = Object.entries(PROSE).map(([name, prose]) => ({ name, prose }));

/** Types of widgets that show a page from elsewhere: the player shows its name instead. */
export const FROM_ELSEWHERE = ["iframe", "video", "cs-program", "python-program", "phet-simulation"];

/**
 * Types that Perseus no longer has and reports as missing (the player has its own words for that), with their
 * stand-ins; one type that only Perseus's tests have; and one that draws molecules with a third party's program.
 */
export const NO_MORE = [
  "deprecated-standin", "lights-puzzle", "passage", "passage-ref", "passage-ref-target", "reaction-diagram", "sequence", "simulator", "transformer", "unit-input",
  "mock-widget", "molecule-renderer",
];
