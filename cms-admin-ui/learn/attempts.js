/**
 * Attempts: sent to be scored, kept where there is no connection, and what came of them remembered on this device.
 *
 * What is kept is bounded: the newest stay. An answer that the server refuses is dropped, since it would be refused for ever.
 */

import * as api from "./api.js";

const KEPT = "cms.learn.attempts";
const DONE = "cms.learn.done";
const KEPT_MAX = 200;
const DONE_MAX = 2000;

/** @typedef {{object: string, item: string, input: unknown, locale: string}} Attempt */

function load(name, empty) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? empty;
  } catch {
    return empty;
  }
}

function store(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still lets people learn.
  }
}

/**
 * Asks for a score. Without a connection the attempt is kept, and the answer is null.
 * @param {Attempt} attempt
 */
export async function attempt(attempt) {
  try {
    return await api.score(attempt);
  } catch (error) {
    if (error.code !== "offline") throw error;
    const others = load(KEPT, []).filter((row) => row.object !== attempt.object || row.item !== attempt.item);
    store(KEPT, [...others, attempt].slice(-KEPT_MAX));
    return null;
  }
}

let isSending = false;

/** Sends what was kept, oldest first. @returns {Promise<number>} how many were scored */
export async function sendKept() {
  if (isSending) return 0;
  isSending = true;
  let count = 0;
  try {
    for (let row = load(KEPT, [])[0]; row; row = load(KEPT, [])[0]) {
      try {
        const { score } = await api.score(row);
        remember(row.object, row.item, score.type === "points" && score.earned >= score.total);
        count += 1;
      } catch (error) {
        if (error.code === "offline" || error.status >= 500 || error.status === 429) break;
      }
      store(KEPT, load(KEPT, []).slice(1));
    }
  } finally {
    isSending = false;
  }
  return count;
}

/** Remembers how an item went; once right stays right. */
export function remember(object, item, isRight, of = null) {
  const done = load(DONE, {});
  const row = done[object] ?? { items: {}, of: 0 };
  row.items[item] = row.items[item] || isRight;
  row.of = Math.max(of ?? 0, row.of, Object.keys(row.items).length);
  delete done[object];
  done[object] = row;
  store(DONE, Object.fromEntries(Object.entries(done).slice(-DONE_MAX)));
}

/** How far the learner came with what an object asks: null before the first attempt. */
export function progressOf(object) {
  const row = load(DONE, {})[object];
  return row ? { right: Object.values(row.items).filter(Boolean).length, of: row.of } : null;
}
