/**
 * Compares what the player shows with what Perseus shows by itself, in its own default page with Khan Academy's
 * MathJax: the same texts in the same elements with the same computed styles, for every form of prose, every macro
 * and every type of widget.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { DIFFERENCES, onPurpose } from "./beside/differences.js";
import { DOCUMENTS, FROM_ELSEWHERE, MESSAGES, NO_MORE } from "./beside/documents.js";
import { look } from "./beside/look.js";
import { buildReference, pages } from "./beside/pages.js";
import { world } from "./journey.js";

/** How long to wait for what is drawn late, such as a graph's labels. */
const PATIENCE_MS = 4000;
let reference = null;
let both = null;
/** The intended differences that were seen. One that nobody sees any more should be deleted. */
const seen = new Set();

/** Made by the first test that needs it, because the world does not exist before. */
async function besides() {
  reference ??= buildReference();
  both ??= await pages(here.browser, here.server.url, reference.folder);
  return both;
}
// This must run before the world closes the browser.
after(async () => {
  await both?.close();
  reference?.remove();
});
const here = world({ empty: true });

const key = ({ tag, text }) => `${tag}|${text}`;
const inOrder = (rows) => rows.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));

/** The differences between the rows of both pages, in words. */
function differences(ours, theirs) {
  const texts = [ours, theirs].map((rows) => rows.map(key));
  if (texts[0].join("\n") !== texts[1].join("\n")) {
    const found = texts[0].findIndex((text, index) => text !== texts[1][index]);
    const at = found < 0 ? texts[0].length : found;
    return [`from row ${at}: ${JSON.stringify(texts[0].slice(at, at + 3))} and not ${JSON.stringify(texts[1].slice(at, at + 3))}`];
  }
  return ours.flatMap((row, index) => {
    const other = theirs[index].styles;
    return Object.keys({ ...row.styles, ...other }).filter((style) => row.styles[style] !== other[style]).flatMap((style) => {
      const meant = onPurpose(row, style);
      if (meant) seen.add(meant);
      return meant ? [] : [`${key(row)} (${row.place ?? ""}) has ${style} ${row.styles[style]} and not ${other[style]}`];
    });
  });
}

/** Looks until nothing differs, for as long as something may still appear. */
async function compare({ isShuffled = false } = {}, below = "#root") {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const rows = await Promise.all([both.ours.frame().evaluate(look, below), both.theirs.evaluate(look, "#root")]);
    const [ours, theirs] = isShuffled ? rows.map(inOrder) : rows;
    const found = ours.length > 0 ? differences(ours, theirs) : ["there is nothing to see"];
    if (found.length === 0 || Date.now() > end) return found;
    await setTimeout(50);
  }
}

for (const document of DOCUMENTS) {
  test(`the player shows it as Perseus does: ${document.name}`, async () => {
    await (await besides()).show(document.content, document);
    if (document.opens) {
      await Promise.all([both.ours.frame(), both.theirs].map((place) => place.getByRole("button", { name: document.opens }).first().click()));
    }
    assert.deepEqual(await compare(document), []);
  });
}

for (const { name, prose } of MESSAGES) {
  test(`a message is prose as Perseus makes it: ${name}`, async () => {
    await (await besides()).showMessage(prose);
    assert.deepEqual(await compare({}, ".result .prose"), []);
  });
}

test("every type of widget is compared", async () => {
  const there = await (await besides()).theirs.evaluate(() => window.widgetTypes());
  const compared = new Set([...JSON.stringify(DOCUMENTS.map(({ content }) => content)).matchAll(/"type":"([a-z-]+)"/g)].map(([, type]) => type));
  const missing = there.filter((type) => !compared.has(type) && !FROM_ELSEWHERE.includes(type));
  assert.deepEqual(missing.filter((type) => !NO_MORE.includes(type)), []);
});

test("every difference on purpose is still one", () => {
  assert.deepEqual(DIFFERENCES.filter((row) => !seen.has(row)).map(({ why }) => why), []);
});

test("nothing went wrong meanwhile", async () => {
  assert.deepEqual(await both.ours.takeErrors(), []);
});
