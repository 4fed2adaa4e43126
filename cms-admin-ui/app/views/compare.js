/** What changed between two versions, down to words within a text. */

import { el, show } from "../../ui/dom.js";
import { icon } from "../../ui/icons.js";
import { counted, fieldWord, kindWord, localeWord, momentWord } from "../words.js";
import { loading } from "./notices.js";
import * as api from "../api.js";

const GROUPS = [
  ["added", "New"], ["removed", "Taken out"], ["changed", "Changed"],
];

/**
 * @param {{from: any, to: any, versions: any[], choose: (from: number, to: number) => void,
 *   address: (sequence: number, key: string, locale: string|null) => string}} wish
 */
export async function compare({ from, to, versions, choose, address }) {
  const results = el("div", { class: "results" }, loading("the differences"));
  const page = el("article", { class: "compare" },
    el("h1", { tabindex: "-1" }, "What changed"),
    pickers(from, to, versions, choose),
    results);
  const rows = [];
  let page1 = await api.compare(from.snapshot, to.snapshot, null);
  rows.push(...page1.rows);
  draw();
  return page;

  function draw() {
    show(results, summary(rows, page1.next), groups(), page1.next && el("p", {},
      el("button", { type: "button", class: "button", onclick: more }, "Show more")));
  }

  async function more(event) {
    event.target.disabled = true;
    page1 = await api.compare(from.snapshot, to.snapshot, page1.next);
    rows.push(...page1.rows);
    draw();
  }

  function groups() {
    if (!rows.length) {
      return el("p", { class: "aside" }, from.sequence === to.sequence ? "This is one and the same version." : "Learners get the same from both versions.");
    }
    return [
      GROUPS.map(([change, title]) => {
        const own = rows.filter((row) => row.change === change);
        return own.length > 0 && el("section", { class: `group group-${change}` },
          el("h2", {}, title, " ", el("span", { class: "count" }, own.length)), own.map((row) => card(row)));
      }),
      inside(rows.filter((row) => row.change === "inside")),
    ];
  }

  function card(row) {
    const sequence = row.change === "removed" ? from.sequence : to.sequence;
    return el("section", { class: "card difference" },
      el("h3", {}, icon(row.kind), el("a", { href: address(sequence, row.key, row.locale) }, row.title ?? row.key), " ",
        el("span", { class: "tag" }, kindWord(row.kind)), row.locale && el("span", { class: "tag" }, localeWord(row.locale))),
      row.changes.map(change),
      row.is_cut && el("p", { class: "quiet" }, "… and more in this entry."));
  }

  function inside(own) {
    return own.length > 0 && el("details", { class: "group group-inside" },
      el("summary", {}, el("h2", {}, "Only something inside changed ", el("span", { class: "count" }, own.length))),
      el("ul", { class: "plain" }, own.map((row) => el("li", {}, icon(row.kind),
        el("a", { href: address(to.sequence, row.key, row.locale) }, row.title ?? row.key), " ",
        el("span", { class: "tag" }, kindWord(row.kind)), row.locale && el("span", { class: "tag" }, localeWord(row.locale))))));
  }
}

/** One change of a document, as the API reports it. */
function change(row) {
  return el("div", { class: "field" }, el("h4", {}, fieldWord(row.address)),
    row.kind === "element_moved" ? el("p", { class: "quiet" }, `moved: ${position(row.from)} before, ${position(row.pointer)} now`)
      : row.words ? paragraphs(row.words.paragraphs)
      : el("p", { class: "text" }, row.before != null && removed(readable(row.before)), row.after != null && added(readable(row.after))));
}

/** The paragraphs that changed, with a mark for the unchanged ones between them. */
function paragraphs(rows) {
  return rows.map((row, index) => {
    if (row.kind !== "same") return el("p", { class: "text" }, row.runs.map(run));
    return rows[index - 1]?.kind !== "same" && el("p", { class: "text quiet" }, el("span", { class: "visually-hidden" }, "unchanged: "), "…");
  });
}

function run({ kind, text }) {
  if (kind === "removed") return removed(text);
  if (kind === "added") return added(text);
  return el("span", {}, shortened(text));
}

const removed = (text) => el("del", {}, el("span", { class: "visually-hidden" }, "removed: "), text);
const added = (text) => el("ins", {}, el("span", { class: "visually-hidden" }, "added: "), text);
const position = (pointer) => `${Number(pointer.split("/").at(-1)) + 1}.`;

/** A value as people read it. */
function readable(value) {
  if (typeof value === "string") return value;
  if (value && typeof value === "object") {
    const text = value.content ?? value.title ?? value.question;
    if (text != null) return readable(text);
  }
  return JSON.stringify(value);
}

/** A text whose long unchanged stretches are cut in the middle. */
function shortened(text) {
  if (text.length <= 400) return text;
  return `${text.slice(0, 180).replace(/\S*$/, "")}… ${text.slice(-180).replace(/^\S*/, "")}`;
}

function summary(rows, next) {
  const counts = ["added", "removed", "changed", "inside"].map((change) => rows.filter((row) => row.change === change).length);
  const words = [
    counts[0] && `${counts[0]} new`, counts[1] && `${counts[1]} taken out`, counts[2] && `${counts[2]} changed`,
    counts[3] && `${counts[3]} with something changed inside`,
  ].filter(Boolean).join(", ");
  return words && el("p", { class: "lead", role: "status" }, words, next ? " so far" : "", ".");
}

function pickers(from, to, versions, choose) {
  const select = (id, label, value) => {
    const options = versions.some((version) => version.sequence === value.sequence) ? versions : [value, ...versions];
    const field = el("select", { id, onchange: changed }, options.map((version) => el("option", {
      value: version.sequence, selected: version.sequence === value.sequence,
    }, `Version ${version.sequence}, ${momentWord(version.published_at)}`)));
    return el("div", { class: "picker" }, el("label", { for: id }, label), field);
  };
  function changed() {
    choose(Number(document.getElementById("from").value), Number(document.getElementById("to").value));
  }
  return el("form", { class: "between", onsubmit: (event) => event.preventDefault() },
    select("from", "From", from), select("to", "To", to),
    el("button", { type: "button", class: "button", onclick: () => choose(to.sequence, from.sequence) }, "Swap"));
}

/** Shown when there is no other version to compare with. */
export const onlyOne = (version) => el("article", {},
  el("h1", { tabindex: "-1" }, "What changed"),
  el("p", { class: "aside" }, `There is only version ${version.sequence} so far. The next publish can be compared with it.`),
  el("p", { class: "quiet" }, counted(version.entries_count, "entry", "entries"), " in it."));
