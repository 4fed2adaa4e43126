/**
 * Whether each question can be solved: for every widget, the best input that a learner can make is determined and
 * scored.
 *
 * A finding is an author's mistake that no parser sees: an answer that nobody can type, a missing right choice, a bar
 * off the grid. Nothing here refuses anything; `impossible` says that no learner can ever be right.
 */
import {emptyWidgetsFunctional, isWidgetScoreable, scorePerseusItem} from "@khanacademy/perseus-score";
import {isExhaustion} from "../context/exhaustion.js";
import {innerParts} from "../parts.js";
import {isFull, scoredHere, counted} from "../scored.js";
import {categorizer, dropdown, labelImage, radio} from "./choices.js";
import {matcher, orderer, sorter} from "./cards.js";
import {expression} from "./expressions.js";
import {grapher, interactiveGraph} from "./graphs.js";
import {inputNumber, numericInput} from "./numbers.js";
import {placing} from "./placing.js";
import {numberLine, plotter} from "./scales.js";
import {matrix, table} from "./tables.js";

/** The locale in which numbers are written when they are tried. */
const LOCALE = "en";
/** The deepest nesting of groups that is examined. */
const DEPTH_MAX = 8;

/**
 * For each type of widget, a function `(options, tell, score) => input`. It reports what is wrong with the options
 * and returns the best input that it found. `tell(severity, rule, message, ...path)` takes a path within the options;
 * `score(input, options)` is Perseus's score of the widget alone, with its own options or others.
 */
const SOLVERS = {
    categorizer,
    dropdown,
    expression,
    grapher,
    "input-number": inputNumber,
    "interactive-graph": interactiveGraph,
    "label-image": labelImage,
    matcher,
    matrix,
    "number-line": numberLine,
    "numeric-input": numericInput,
    orderer,
    plotter,
    radio,
    sorter,
    table,
};

/** What is wrong with an item's question, and with the groups inside it that are scored by themselves. */
export function examineItem({question}) {
    return [...examineRenderer(question, ["question"]), ...examineParts(question, ["question"], 0)];
}

/** An article asks nothing itself; only its graded groups do. */
export function examineSection(section, path) {
    const unchecked = scoredHere(section).filter((name) => section.widgets[name].type !== "group").map((name) => {
        const message = `Nobody can check “${name}” here: in an article only graded groups are checked. Put it into one, or make it static.`;
        return finding("error", "not-checked", [...path, "widgets", name], message);
    });
    return [...placing(section, path), ...unchecked, ...examineParts(section, path, 0)];
}

function examineParts(renderer, path, depth) {
    if (depth > DEPTH_MAX) {
        return [];
    }
    return innerParts(renderer, path).flatMap(({part, at, isGraded}) => [
        ...(isGraded ? examineRenderer(part, at) : []),
        ...examineParts(part, at, depth + 1),
    ]);
}

/** What is wrong with a renderer whose score the learner sees. */
function examineRenderer(renderer, path) {
    const found = placing(renderer, path);
    const {inputs, total, isImpossible, isUnknown} = tryAll(renderer, path, found, 0);
    if (isImpossible) {
        return found;
    }
    if (total === 0) {
        found.push(finding("impossible", "scores-nothing", [...path, "content"], nothing(renderer)));
        return found;
    }
    if (isUnknown) {
        return found;
    }
    const score = scored(renderer, inputs);
    if (score.type !== "points" || score.earned < score.total) {
        const message = `Entering every answer that is stored here is not scored as right (${told(score)}). Check the widgets' answers together.`;
        found.push(finding("impossible", "never-right", [...path, "content"], message));
    }
    return found;
}

/**
 * Tries each widget that is scored; groups count as one. `isUnknown` is true if there is a widget for which nobody
 * here knows what would be right.
 */
function tryAll(renderer, path, found, depth) {
    const inputs = {};
    let total = 0;
    let isImpossible = false;
    let isUnknown = false;
    for (const name of scoredHere(renderer)) {
        const widget = renderer.widgets[name];
        const at = [...path, "widgets", name, "options"];
        if (widget.type === "group") {
            const inner = tryGroup(widget, at, found, depth);
            inputs[name] = inner.inputs;
            total += inner.total;
            isImpossible ||= inner.isImpossible;
            isUnknown ||= inner.isUnknown;
            continue;
        }
        const solver = SOLVERS[widget.type];
        if (solver === undefined) {
            const isFree = widget.type === "free-response";
            inputs[name] = isFree ? {currentValue: "x"} : undefined;
            isUnknown ||= !isFree;
            total += isFree ? 0 : 1;
            continue;
        }
        const count = found.length;
        const input = solve(solver, widget, at, found);
        isImpossible ||= found.slice(count).some(({severity}) => severity === "impossible");
        if (input !== undefined) {
            inputs[name] = input;
        }
        total += isUnscoredGraph(widget) ? 0 : 1;
    }
    return {inputs, total, isImpossible, isUnknown};
}

function tryGroup({options}, at, found, depth) {
    found.push(...placing(options, at).filter(({rule}) => rule !== "widget-without-place"));
    if (depth > DEPTH_MAX) {
        return {inputs: {}, total: 0, isImpossible: false, isUnknown: true};
    }
    const inner = tryAll(options, at, found, depth + 1);
    // Perseus scores all widgets of a group, including those that its text does not place.
    const placed = new Set(scoredHere(options));
    for (const name of Object.keys(options.widgets).filter((name) => isWidgetScoreable(options.widgets[name]) && !placed.has(name))) {
        const message = `The group's text does not place “${name}”, yet its answer counts: learners can never give it. Place it, or remove it.`;
        found.push(finding("impossible", "widget-without-place", [...at, "widgets", name], message));
        inner.isImpossible = true;
    }
    return inner;
}

function isUnscoredGraph({type, options}) {
    return type === "interactive-graph" && options.correct?.type === "none";
}

function solve(solver, {type, options}, at, found) {
    const score = (input, other = options) => scoreAlone(type, other, input);
    let isTold = false;
    const tell = (severity, rule, message, ...path) => {
        isTold ||= severity === "impossible";
        found.push(finding(severity, rule, [...at, ...path], message));
    };
    const input = solver(options, tell, score);
    if (isTold || input === undefined) {
        return input;
    }
    const best = score(input);
    if (!isFull(best) && best.total !== 0) {
        tell("impossible", "never-right", `The answer that is stored here is not scored as right when it is entered (${told(best)}).`);
    }
    return input;
}

/** The score of one widget alone. If Perseus throws, the result is a score without points. */
function scoreAlone(type, options, input) {
    const widgets = {"w 1": {type, options, graded: true, static: false, alignment: "default", version: {major: 0, minor: 0}}};
    return scored({content: "[[☃ w 1]]", widgets, images: {}}, {"w 1": input});
}

function scored(renderer, inputs) {
    try {
        const whole = counted(renderer);
        const score = scorePerseusItem(whole, inputs, LOCALE);
        const isEmpty = score.type === "points" && emptyWidgetsFunctional(whole.widgets, Object.keys(inputs), inputs, LOCALE).length > 0;
        return isEmpty ? {type: "invalid", message: null} : score;
    } catch (error) {
        if (isExhaustion(error)) {
            throw error;
        }
        return {type: "threw", message: String(error?.message ?? error)};
    }
}

function told({type, message, earned, total}) {
    if (type === "points") {
        return `${earned} of ${total}`;
    }
    return message ? `it is answered “${message}”` : "it counts as not answered yet";
}

function finding(severity, rule, path, message) {
    return {severity, rule, path, message: message.toWellFormed()};
}

/** Why a renderer scores nothing. */
function nothing({content, widgets}) {
    if (content.trim() === "") {
        return "The question is empty: there is nothing to answer, so nobody can ever get it right.";
    }
    const all = Object.values(widgets ?? {});
    if (all.length === 0) {
        return "The question has no widget to answer with, so nobody can ever get it right.";
    }
    if (all.every((widget) => widget.static)) {
        return "Every widget of the question is static: it shows its answer and takes none, so nobody can ever get it right.";
    }
    if (all.some(({type}) => type === "deprecated-standin")) {
        return "The widget that was answered here exists no more: learners see that it is gone, and the question never counts as right.";
    }
    if (all.some(({type}) => type === "free-response")) {
        return "A free response is not scored by this server, and nothing else here is: the question never counts as right.";
    }
    if (all.some(({type}) => type === "graded-group" || type === "graded-group-set")) {
        return "Graded groups are checked by themselves and count for no question: this one scores 0 of 0 and never counts as right.";
    }
    return "Nothing that the text places is scored: the question scores 0 of 0 and never counts as right.";
}
