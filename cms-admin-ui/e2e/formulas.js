/**
 * Sets every formula of a corpus as the player does, and lists those that it leaves as they were written, each with
 * the reason and a document that has it. `node formulas.js --data DIR` reads a folder of gzip'd NDJSON; without it,
 * the course in `fixtures/`. It needs the player's packages and no browser.
 */

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { MACROS, OPTIONS, prepared } from "../../cms-perseus/bundle/formulas.js";

const here = dirname(fileURLToPath(import.meta.url));
const ofPlayer = createRequire(join(here, "../player/package.json"));
const katex = ofPlayer("katex");
ofPlayer("katex/contrib/mhchem");
const { parse } = ofPlayer("@khanacademy/pure-markdown");

const { values } = parseArgs({ options: { data: { type: "string" } } });
const FIXTURES = join(here, "../../fixtures/fractions");

/**
 * Formulas by their text, with how many times each occurs and where first. @type {Map<string, {count: number, where:
 * string}>}
 */
const formulas = new Map();
const textsSeen = new Set();

for (const { name, document } of values.data ? corpus(values.data) : course()) collect(document, name);
const raw = [...formulas].map(([tex, row]) => ({ tex, ...row, reason: reasonOf(tex) })).filter(({ reason }) => reason !== null);
for (const { tex, count, where, reason } of raw) console.log(`${JSON.stringify(tex)} (${count}, ${where}): ${reason}`);
console.log(`${formulas.size} formulas, ${raw.length} of them stay as they were written`);
process.exitCode = raw.length > 0 ? 1 : 0;

function* corpus(folder) {
  for (const path of readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".ndjson.gz")).sort()) {
    for (const line of gunzipSync(readFileSync(join(folder, path))).toString().trimEnd().split("\n")) {
      // Formulas are in renderers, and every renderer has the field `widgets`, even if it is empty.
      if (!line.includes("$") || !line.includes('"widgets"')) continue;
      const document = JSON.parse(line);
      yield { name: `${path} ${document.name ?? document.key ?? ""}`, document };
    }
  }
}

function* course() {
  for (const path of readdirSync(FIXTURES, { recursive: true }).filter((path) => path.endsWith(".json"))) {
    yield { name: path, document: JSON.parse(readFileSync(join(FIXTURES, path), "utf8")) };
  }
}

/** Collects the formulas of a text. Any text may be prose; texts that are not have no dollars. */
function collect(value, where) {
  if (typeof value === "string") {
    if (!value.includes("$") || textsSeen.has(value)) return;
    textsSeen.add(value);
    mathsOf(parse(value, {})).forEach((tex) => {
      const row = formulas.get(tex) ?? { count: 0, where };
      row.count += 1;
      formulas.set(tex, row);
    });
  } else if (value && typeof value === "object") {
    Object.values(value).forEach((part) => collect(part, where));
  }
}

function mathsOf(node) {
  if (Array.isArray(node)) return node.flatMap(mathsOf);
  if (!node || typeof node !== "object") return [];
  return node.type === "math" || node.type === "blockMath" ? [node.content] : Object.values(node).flatMap(mathsOf);
}

function reasonOf(tex) {
  try {
    katex.renderToString(prepared(tex), { ...OPTIONS, macros: { ...MACROS }, throwOnError: true });
    return null;
  } catch (error) {
    return error.message.replace(/^KaTeX parse error: /, "").replaceAll("\u0332", "");
  }
}
