/**
 * What the npm packages themselves make of documents under Node, with which tests compare the crate.
 *
 * Reads NDJSON `{name, form, document, inputs?}` from standard input, and writes the result of `peer/answer.mjs` for
 * each as a line.
 */
import {createInterface} from "node:readline";
import {answer} from "./peer/answer.mjs";

for await (const line of createInterface({input: process.stdin})) {
    process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
