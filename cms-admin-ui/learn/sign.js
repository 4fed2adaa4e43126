/**
 * By what a learner's question is known again after it was published anew: whether it asks something else now, or only
 * its words were mended.
 *
 * A delivered item has no answers to compare, and the name of its rubric changes with every comma. So what it asks is
 * compared: its widgets, their numbers and choices, the formulas and numbers of its texts, and whether most of each text is
 * as it was. In another language the texts can't be compared, and what has no text must do. A widget's option that is off
 * counts as one that is not there, since a new version of Perseus may add some.
 */

/** Texts are kept as far as this; most are shorter. */
const TEXT_MAX = 400;
const TEXTS_MAX = 40;
/** Two texts are the same one, mended, where they share so much of their pairs of letters. */
const ALIKE = 0.5;
/** How things look, and what pictures weigh. */
const LOOKS = new Set(["alignment", "images", "version", "size", "width", "height", "rightAlign"]);

/** @typedef {{locale: string, form: string, texts: string[]}} Sign */

/** @returns {Sign} */
export function signOf(item, locale) {
  const texts = [];
  const form = formOf(item.question, texts);
  return { locale: item.locale ?? locale, form: hash(JSON.stringify(form)), texts: texts.slice(0, TEXTS_MAX) };
}

/** Whether an item asks something else than it did. @param {Sign} before @param {Sign} now */
export function isChanged(before, now) {
  if (before.form !== now.form) return true;
  if (before.locale !== now.locale) return false;
  const left = [...now.texts];
  const take = (test) => {
    const at = left.findIndex(test);
    return at >= 0 && left.splice(at, 1);
  };
  // Cards lie in another order once one of them is mended: each text looks for its own.
  const others = before.texts.filter((text) => !take((other) => other === text));
  return !others.every((text) => take((other) => factsOf(other) === factsOf(text) && likeness(other, text) >= ALIKE));
}

function formOf(value, texts) {
  if (typeof value === "string") {
    const text = value.replaceAll(/\s+/g, " ").trim();
    if (text) texts.push(text.slice(0, TEXT_MAX));
    return 0;
  }
  if (Array.isArray(value)) return value.map((part) => formOf(part, texts));
  if (!value || typeof value !== "object") return value;
  const rows = Object.entries(value).filter(([name, part]) => part && !LOOKS.has(name)).sort(([one], [other]) => (one < other ? -1 : 1));
  return rows.map(([name, part]) => [name, name === "type" ? part : formOf(part, texts)]);
}

/** The formulas of a text without their words, and its numbers. */
function factsOf(text) {
  const formulas = text.match(/\$[^$]*\$/g) ?? [];
  const bare = formulas.map((formula) => formula.replaceAll(/\\text\w*\s*\{[^{}]*\}/g, "").replaceAll(/[\s{}]/g, ""));
  return [...bare, ...(text.replaceAll(/\$[^$]*\$/g, "").match(/\p{Nd}+/gu) ?? [])].join(" ");
}

/** From 0 to 1: how many pairs of letters two texts share. */
function likeness(one, other) {
  const [pairs, others] = [pairsOf(one), pairsOf(other)];
  if (pairs.length === 0 || others.length === 0) return Number(one === other);
  const free = new Map();
  for (const pair of others) free.set(pair, (free.get(pair) ?? 0) + 1);
  const shared = pairs.filter((pair) => free.get(pair) > 0 && free.set(pair, free.get(pair) - 1));
  return (2 * shared.length) / (pairs.length + others.length);
}

function pairsOf(text) {
  // Places of widgets would make short questions alike.
  const letters = text.replaceAll(/\[\[☃[^\]]*\]\]/g, " ").toLowerCase();
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2));
}

/** FNV-1a, which is enough to tell two forms of one item apart. */
function hash(text) {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return (state >>> 0).toString(36);
}
