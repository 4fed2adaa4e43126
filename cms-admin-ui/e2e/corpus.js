/**
 * Mounts items and articles in the player, in a real browser, and counts what went wrong. The documents are the
 * course in `fixtures/`, or all of a folder of NDJSON: `node corpus.js --data DIR [--limit N]`. It prints figures in
 * the form of `cargo xtask bench`, which runs it; failures go to standard error.
 */

import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { launch } from "./browser.js";
import { serve } from "./serving.js";
import { isBlank, stage } from "./stage.js";

const { values } = parseArgs({ options: { data: { type: "string" }, limit: { type: "string" } } });
const limit = Number(values.limit ?? Infinity);
/** How many times the first paint is measured with an empty browser cache. */
const COLD_RUNS = 7;
const KEYSTROKES = 200;

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "../../fixtures/fractions");
/** @type {{name: string, content: any}[]} */
const documents = (values.data ? corpus(values.data) : course()).slice(0, limit);

const server = await serve({ empty: true });
const browser = await launch();
try {
  const first = await coldStarts();
  const { next, counts, findings } = await mountAll();
  const repaint = await keystrokes();
  for (const finding of findings) console.error(finding);
  console.error(`${documents.length} documents: ${counts.crashed} crashed, ${counts.blank} blank, ${counts.errors} with errors`);
  figure("player_first", "first item painted in the frame, nothing cached", first, 0.5, 1500);
  figure("player_next", `next item painted, ${next.length} items in turn`, next, 0.95, 150);
  figure("player_repaint", "keystroke in a question's text to its repaint in the preview", repaint, 0.95, 50);
  process.exitCode = counts.crashed + counts.blank + counts.errors > 0 ? 1 : 0;
} finally {
  await browser.close();
  await server.stop();
}

function corpus(folder) {
  return readdirSync(folder)
    .filter((name) => /^perseus-(items|articles)\.ndjson\.gz$/.test(name)).sort().reverse()
    .flatMap((name) => gunzipSync(readFileSync(join(folder, name))).toString().trimEnd().split("\n").map(JSON.parse))
    .map(({ name, item, article }) => ({ name, content: item ? { type: "item", item } : { type: "article", sections: [article].flat() } }));
}

function course() {
  return ["exercise", "article"].flatMap((kind) => readdirSync(join(FIXTURES, kind)).filter((name) => !name.includes("@")).flatMap((name) => {
    const { items, sections } = JSON.parse(readFileSync(join(FIXTURES, kind, name), "utf8"));
    const contents = items ? items.map((item) => ({ type: "item", item })) : [{ type: "article", sections }];
    return contents.map((content) => ({ name: `${kind}/${name}`, content }));
  }));
}

async function coldStarts() {
  const times = [];
  for (let run = 0; run < COLD_RUNS; run += 1) {
    const it = await stage(browser, server.url);
    const start = await it.mount();
    times.push(await it.page.evaluate(([wish, start]) => window.show(wish, start), [{ id: "first", content: documents[0].content }, start]));
    await it.close();
  }
  return times;
}

async function mountAll() {
  const it = await stage(browser, server.url);
  await it.mount();
  const next = [];
  const counts = { crashed: 0, blank: 0, errors: 0 };
  const findings = [];
  for (const [index, { name, content }] of documents.entries()) {
    const time = await Promise.race([it.show({ id: String(index), content }), new Promise((resolve) => setTimeout(resolve, 10_000, null))]);
    const errors = await it.takeErrors();
    const crashed = time === null || errors.some((error) => /^(player|script):/.test(error));
    const blank = time !== null && hasContent(content) && await isBlank(it.frame());
    if (time !== null && index > 0) next.push(time);
    if (crashed) counts.crashed += 1;
    else if (blank) counts.blank += 1;
    else if (errors.length > 0) counts.errors += 1;
    if (crashed || blank || errors.length > 0) findings.push(`${index} ${name}: ${[blank && "blank", ...new Set(errors)].filter(Boolean).join("; ").slice(0, 400)}`);
  }
  await it.close();
  return { next, counts, findings };
}

/** Whether a document has content: some were written empty. */
function hasContent(content) {
  const parts = content.item ? [content.item.question] : content.sections;
  return parts.some((part) => part.content?.trim());
}

/** Does what an editor's preview does: each keystroke loads the whole item again. */
async function keystrokes() {
  const it = await stage(browser, server.url);
  await it.mount();
  const question = documents.find(({ content }) => content.item && /radio|numeric-input/.test(content.item.question.content)) ?? documents[0];
  const times = [];
  for (let stroke = 0; stroke < KEYSTROKES; stroke += 1) {
    const content = structuredClone(question.content);
    const place = content.item?.question ?? content.sections[0];
    place.content += `\n\n${"Another word. ".repeat(20).slice(0, stroke)}`;
    times.push(await it.show({ id: `stroke-${stroke}`, content }));
  }
  await it.close();
  return times.slice(5);
}

/** Prints a figure in the form of `cargo xtask bench`. */
function figure(name, note, times, share, limit_ms) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] * 100) / 100;
  const word = share === 0.5 ? "median" : `p${share * 100}`;
  console.log(JSON.stringify({
    name, n: times.length, ours: at(share), unit: "ms", peer: null, peer_value: null, ratio: null,
    target: `${word} at most ${limit_ms} ms`, holds: at(share) <= limit_ms, min: at(0), sync: "none", locales: 0,
    note: `${note}: p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)} ms`,
  }));
}
