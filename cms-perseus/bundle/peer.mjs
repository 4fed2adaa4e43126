/**
 * What the npm packages themselves make of documents, under Node: what the crate is measured against in its tests.
 *
 * Reads NDJSON `{name, form, document, inputs?}` from standard input and writes a line of `peer/answer.mjs` for each.
 */
import {createInterface} from "node:readline";
import {answer} from "./peer/answer.mjs";

for await (const line of createInterface({input: process.stdin})) {
    process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
