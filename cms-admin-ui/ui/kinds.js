/**
 * What the pages know of kinds beside their words (`words.js` of each page), drawings (`icons.js`) and views. A test holds it
 * against the schemas that ship: `cms-api/tests/it/pages.rs`.
 */

/** The kind of an entry. */
export const kindOf = (key) => key.split("/")[0];

/** `x-letter`: what stands before the slug of what holds nothing. */
const LETTERS = { article: "a", exercise: "e", quiz: "q", video: "v" };

/** The letter in the addresses of a kind; undefined for kinds that have none. */
export const letterOf = (kind) => LETTERS[kind];

/** Kinds that hold others, the outermost first. */
export const CONTAINERS = ["topic", "course", "unit", "lesson"];

/** Whether entries of a kind hold others. */
export const isContainer = (kind) => CONTAINERS.includes(kind);
