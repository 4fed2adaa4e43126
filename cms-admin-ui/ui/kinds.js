/**
 * What the pages know about kinds, besides their words (`words.js` of each page), drawings (`icons.js`) and views. A
 * test compares it with the schemas that ship: `cms-api/tests/it/pages.rs`.
 */

/** The kind of an entry. */
export const kindOf = (key) => key.split("/")[0];

/** The letter before the slug of an entry that contains no others, which its schema calls `x-letter`. */
const LETTERS = { article: "a", exercise: "e", quiz: "q", video: "v" };

/** The letter in the addresses of a kind; undefined if it has none. */
export const letterOf = (kind) => LETTERS[kind];

/** Kinds whose entries contain others, the outermost first. */
export const CONTAINERS = ["topic", "course", "unit", "lesson"];

/** Whether entries of a kind contain others. */
export const isContainer = (kind) => CONTAINERS.includes(kind);
