/** How a question is recognised again: mended words are not a change, another question is. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isChanged, signOf } from "../learn/sign.js";

const question = (content, options = {}, locale = "en") => [{ id: "i", question: { content, images: {}, widgets: { "radio 1": { type: "radio", options } } } }, locale];
const choices = (...texts) => ({ choices: texts.map((content, index) => ({ content, id: `c${index}` })) });
const differs = (before, now) => isChanged(signOf(...before), signOf(...now));

const MENDED = [
  ["a slip of the pen", question("Waht is $6\\times 7$?"), question("What is $6\\times 7$, please?")],
  ["a choice's spelling", question("Which?", choices("cat", "lizzard")), question("Which?", choices("cat", "lizard"))],
  ["cards that lie in another order", question("Sort.", { correct: ["cake", "bread"] }), question("Sort.", { correct: ["bread", "cakes"] })],
  ["words within a formula", question("$\\text{Aera} = 4$"), question("$\\text{Area} = 4$")],
  ["another language", question("Which?", choices("cat", "lizard")), question("¿Cuál?", choices("gato", "lagarto"), "es")],
  ["what a new version of Perseus adds, switched off", question("Which?", choices("cat")), question("Which?", { ...choices("cat"), aNewThing: false, aLabel: "" })],
  ["how a formula is dressed", question("Add $\\frac{1}{2}$ and $\\blueD{3}$."), question("Add $\\dfrac{1}{2}$ and $\\,\\blueE{3}$.")],
  ["a number that becomes a formula", question("Ann has 6 cakes."), question("Ann has $6$ cakes.")],
  ["how large it is shown", question("Which?", { ...choices("cat"), size: "small" }), question("Which?", { ...choices("cat"), size: "normal" })],
];

const CHANGED = [
  ["a number in a formula", question("What is $6\\times 7$?"), question("What is $6\\times 8$?")],
  ["a number in a text", question("Ann has 6 cakes."), question("Ann has 7 cakes.")],
  ["another choice", question("Which?", choices("cat", "lizard")), question("Which?", choices("dog", "lizard"))],
  ["one choice more", question("Which?", choices("cat", "lizard")), question("Which?", choices("cat", "lizard", "ant"))],
  ["a number of a widget", question("Where?", { range: [0, 10] }), question("Where?", { range: [0, 20] })],
  ["a number of a widget, in another language", question("Where?", { range: [0, 10] }), question("¿Dónde?", { range: [0, 20] }, "es")],
  ["its opposite", question("Which is a mammal?"), question("Which is not a mammal?")],
  ["another end", question("Which is the greatest?"), question("Which is the least?")],
  ["a number in words", question("Add six and two."), question("Add nine and two.")],
  ["another short question with the same widget", question("How much is two and two? [[☃ numeric-input 1]]"), question("How many legs have nine spiders? [[☃ numeric-input 1]]")],
  ["another question", question("Which of these animals lays eggs?"), question("How tall is the tower?")],
];

for (const [what, before, now] of MENDED) test(`${what} is no other question`, () => assert.equal(differs(before, now), false));
for (const [what, before, now] of CHANGED) test(`${what} is another question`, () => assert.equal(differs(before, now), true));
test("a question is its own", () => assert.equal(differs(MENDED[0][1], MENDED[0][1]), false));
