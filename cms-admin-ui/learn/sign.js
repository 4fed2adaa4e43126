/**
 * Recognises a learner's question after it was published again: tells whether it asks something else now, or only its
 * words were mended.
 *
 * A delivered item has no answers to compare, and the name of its rubric changes with every comma. So the comparison
 * takes what the item asks: its widgets, their numbers and choices, the formulas and numbers of its texts, and its
 * words. Every word that was there must still be there, apart from slips of the pen, because one more word may ask
 * for the opposite. Texts in different languages can't be compared, so there the rest must do. A widget's option that
 * is off counts as absent, because a new version of Perseus may add options.
 */

/** How many characters of a text are kept; most texts are shorter. */
const TEXT_MAX = 400;
const TEXTS_MAX = 40;
/** Words that may come and go without changing the question. */
const LITTLE = new Set([
  ...["please", "the", "a", "an", "this", "that", "these", "those"],
  ...["por", "favor", "el", "la", "los", "las", "un", "una", "este", "esta", "ese", "esa", "estos", "estas", "esos", "esas"],
]);
/** Fields about the look of things, and the sizes of pictures. */
const LOOKS = new Set(["alignment", "images", "version", "size", "width", "height", "rightAlign"]);

/** @typedef {{locale: string, form: string, texts: string[]}} Sign */

/** @returns {Sign} */
export function signOf(item, locale) {
  const texts = [];
  const form = formOf(item.question, texts);
  return { locale: item.locale ?? locale, form: hash(JSON.stringify(form)), texts: texts.slice(0, TEXTS_MAX) };
}

/** The same without the words of the question, by which only its form is recognised. @param {Sign} sign */
export const withoutWords = (sign) => ({ ...sign, texts: [] });

/** Whether an item asks something else than before. @param {Sign} before @param {Sign} now */
export function isChanged(before, now) {
  if (before.form !== now.form) return true;
  if (before.locale !== now.locale) return false;
  const left = [...now.texts];
  const take = (test) => {
    const at = left.findIndex(test);
    return at >= 0 && left.splice(at, 1);
  };
  // Cards lie in another order once one of them is mended, so each text looks for its own counterpart.
  const others = before.texts.filter((text) => !take((other) => other === text));
  return !others.every((text) => take((other) => factsOf(other) === factsOf(text) && areSameWords(other, text)));
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

/** Parts of a formula that don't change it: colours, the size of a fraction, space. */
const DRESS = /\\(?:blue|teal|green|gold|red|maroon|purple|pink|orange|gr[ae]y|kaGreen|kaBlue)[A-E]?(?![A-Za-z])|\\[,;:! ]|\\(?:text\w*)\s*\{[^{}]*\}|[\s{}]/g;

/** The formulas of a text without their words and looks, and all its numbers, wherever they are. */
function factsOf(text) {
  const formulas = text.match(/\$[^$]*\$/g) ?? [];
  const bare = formulas.map((formula) => formula.slice(1, -1).replaceAll(/\\[dt]frac/g, "\\frac").replaceAll(DRESS, ""));
  return [...bare, ...(text.replaceAll(/\$[^$]*\$/g, "").match(/\p{Nd}+/gu) ?? [])].sort().join(" ");
}

/** Whether two texts say the same apart from slips of the pen. */
function areSameWords(one, other) {
  const left = wordsOf(other);
  const gone = wordsOf(one).filter((word) => !take(left, (now) => now === word));
  const lost = gone.filter((word) => !take(left, (now) => slips(word, now) <= Math.max(1, Math.floor(word.length / 4))));
  return [...lost, ...left].every((word) => LITTLE.has(word));
}

function take(list, test) {
  const at = list.findIndex(test);
  return at >= 0 && list.splice(at, 1).length > 0;
}

/** The words of a text, including those in its formulas but not the places of its widgets. */
function wordsOf(text) {
  const bare = text
    .replaceAll(/\[\[☃[^\]]*\]\]/g, " ")
    .replaceAll(/\\text\w*\s*\{([^{}]*)\}/g, " $1 ")
    .replaceAll(/\$[^$]*\$/g, (formula) => formula.replaceAll(/\\[A-Za-z]+|[A-Za-z]\b/g, " "));
  return bare.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
}

/** The number of letters that were left out, inserted, mistaken or swapped with their neighbour. */
function slips(one, other) {
  const rows = Array.from({ length: one.length + 1 }, (_, row) => [row, ...Array(other.length).fill(0)]);
  rows[0] = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      rows[row][column] = Math.min(rows[row - 1][column] + 1, rows[row][column - 1] + 1, rows[row - 1][column - 1] + (isSame ? 0 : 1));
      const isSwapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isSwapped) rows[row][column] = Math.min(rows[row][column], rows[row - 2][column - 2] + 1);
    }
  }
  return rows[one.length][other.length];
}

/** FNV-1a, which is good enough to distinguish two forms of one item. */
function hash(text) {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return (state >>> 0).toString(36);
}
