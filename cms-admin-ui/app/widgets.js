/**
 * What a question asks for, readable without running it: each widget with its name, its choices and, where they were
 * delivered, its answers.
 */

import { el } from "../ui/dom.js";
import { inline, prose } from "./prose.js";
import { widgetWord } from "./words.js";

/**
 * @param {string} name such as `radio 1`
 * @param {Record<string, any>|undefined} widget
 * @param {import("./prose.js").Places} places
 */
export function widgetNode(name, widget, places) {
  const type = widget?.type ?? name.replace(/ \d+$/, "");
  const show = places.withheld ? (ANSWERLESS[type] ?? (() => [])) : (BODIES[type] ?? plain);
  const body = widget ? show(widget.options ?? {}, places) : [el("p", { class: "quiet" }, "Nothing is defined here.")];
  const inner = body.filter(Boolean);
  if (type === "image") return el("span", { class: "figure-widget" }, inner);
  return el("span", { class: "widget", role: "group", "aria-label": widgetWord(type) },
    el("span", { class: "widget-name" }, widgetWord(type)), inner);
}

const mark = (isRight) => el("span", { class: isRight ? "mark right" : "mark" },
  el("span", { "aria-hidden": "true" }, isRight ? "✓" : "○"), isRight && el("span", { class: "visually-hidden" }, "Correct: "));

function answerRow(...answers) {
  return el("span", { class: "answer" }, el("span", { class: "label" }, "Answer"), " ", ...answers);
}

function choices(options, places) {
  return [el("ul", { class: "choices" }, (options.choices ?? []).map((choice) => el("li", {},
    mark(choice.correct), el("span", {}, inline(choice.content, places),
      (choice.rationale ?? choice.clue) && el("span", { class: "rationale" }, inline(choice.rationale ?? choice.clue, places))))))];
}

function sequenceList(items, places) {
  return el("ol", { class: "sequence" }, items.map((item) => el("li", {}, inline(item?.content ?? item, places))));
}

const BODIES = {
  "radio": choices,
  "dropdown": (options, places) => [el("ul", { class: "choices inline" }, (options.choices ?? []).map((choice) =>
    el("li", {}, mark(choice.correct), el("span", {}, inline(choice.content, places)))))],
  "numeric-input": (options) => [answerRow((options.answers ?? []).filter((answer) => answer.status === "correct")
    .map((answer) => numberText(answer)).join(" or ") || "any")],
  "input-number": (options) => [answerRow(String(options.value ?? ""))],
  "expression": (options) => [answerRow(...inline((options.answerForms ?? []).filter((form) => form.considered === "correct")
    .map((form) => `$${form.value}$`).slice(0, 3).join(" or ")))],
  "sorter": (options, places) => [answerRow(), sequenceList(options.correct ?? [], places)],
  "orderer": (options, places) => [answerRow(), sequenceList(options.correctOptions ?? [], places)],
  "matcher": (options, places) => [el("span", { class: "pairs" }, (options.left ?? []).map((left, index) =>
    el("span", { class: "pair" }, el("span", {}, inline(left, places)), el("span", { "aria-label": "goes with" }, "↔"),
      el("span", {}, inline(options.right?.[index], places)))))],
  "categorizer": (options, places) => [el("span", { class: "pairs" }, (options.items ?? []).map((item, index) =>
    el("span", { class: "pair" }, el("span", {}, inline(item, places)), el("span", { "aria-label": "belongs to" }, "→"),
      el("span", {}, inline(options.categories?.[options.values?.[index]] ?? "", places)))))],
  "number-line": (options) => [answerRow(`${relation(options.correctRel)}${options.correctX ?? "?"}`),
    el("span", { class: "quiet" }, ` from ${options.range?.[0] ?? "?"} to ${options.range?.[1] ?? "?"}`)],
  "table": (options, places) => [tableBody(options, places)],
  "image": (options, places) => [places.picture?.(options.backgroundImage?.url ?? "", options.alt ?? ""),
    options.caption && el("span", { class: "quiet" }, inline(options.caption, places))],
  "label-image": (options, places) => [places.picture?.(options.imageUrl ?? "", options.imageAlt ?? ""),
    el("ul", { class: "choices" }, (options.markers ?? []).map((marker) => el("li", {}, mark(true),
      el("span", {}, marker.label, ": ", inline((marker.answers ?? []).join(", "), places)))))],
  "plotter": (options) => [el("span", { class: "pairs" }, (options.categories ?? []).map((category, index) =>
    el("span", { class: "pair" }, el("span", {}, inline(category)), el("span", {}, String(options.correct?.[index] ?? "")))))],
  "explanation": (options, places) => prose(options.explanation, places),
};

const offered = (list, places) => [el("ul", { class: "choices inline" }, (list ?? []).map((one) =>
  el("li", {}, el("span", {}, inline(one?.content ?? one, places)))))];

/** Where answers are withheld, these fields remain. They are not answers, only what a learner may see anyway. */
const ANSWERLESS = {
  "radio": (options, places) => choices({ choices: (options.choices ?? []).map(({ content }) => ({ content })) }, places),
  "dropdown": (options, places) => offered(options.choices, places),
  "sorter": (options, places) => offered(options.correct, places),
  "orderer": (options, places) => offered(options.options, places),
  "categorizer": (options, places) => offered(options.items, places),
  "image": BODIES.image,
  "label-image": (options, places) => [places.picture?.(options.imageUrl ?? "", options.imageAlt ?? "")],
  "explanation": BODIES.explanation,
};

const relation = (rel) => ({ lt: "< ", gt: "> ", le: "≤ ", ge: "≥ " }[rel] ?? "");

function numberText(answer) {
  const forms = answer.answerForms ?? [];
  const isFraction = forms.some((form) => /proper|improper|mixed/.test(form));
  if (!isFraction || Number.isInteger(answer.value)) return String(answer.value);
  for (let below = 2; below <= 1000; below += 1) {
    const above = answer.value * below;
    if (Math.abs(above - Math.round(above)) < 1e-9 * below) return `${Math.round(above)}/${below}`;
  }
  return String(answer.value);
}

function tableBody(options, places) {
  return el("span", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table to fill" }, el("table", {},
    el("thead", {}, el("tr", {}, (options.headers ?? []).map((head) => el("th", { scope: "col" }, inline(head, places))))),
    el("tbody", {}, (options.answers ?? []).map((row) => el("tr", {}, row.map((cell) => el("td", {}, inline(cell, places))))))));
}

function plain(options) {
  const texts = [];
  collect(options, texts);
  return texts.length ? [el("span", { class: "quiet" }, texts.slice(0, 6).join(" · "))] : [];
}

function collect(value, texts) {
  if (texts.length > 6) return;
  if (typeof value === "string" && /\s/.test(value) && value.length < 200) texts.push(value);
  else if (value && typeof value === "object") Object.values(value).forEach((inner) => collect(inner, texts));
}
