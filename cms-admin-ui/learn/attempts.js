/**
 * Attempts: sent to be scored, kept while there is no connection, and sent once it is back; the learner is told the
 * result.
 *
 * Only the newest attempt at each item is kept. Only one tab sends at a time, and all tabs hear the result. An
 * attempt that the server refuses would be refused again for ever, so it is dropped and the learner is told.
 */

import * as api from "./api.js";
import { remember } from "./progress.js";
import { alone, forget, load, namesBelow, store, whenChanged } from "./storage.js";

const KEPT = "cms.learn.kept/";
/** The old name under which all attempts were kept in one list, which tabs overwrote. */
const OLD = "cms.learn.attempts";
const KEPT_MAX = 200;

/**
 * @typedef {{object: string, key: string, item: any, input: unknown, locale: string, title: string, number: number|null}} Attempt
 *   `item` as it was delivered; `title` and `number` name the question to its learner
 * @typedef {"right"|"wrong"|"unreadable"|"uncounted"|"refused"|"gone"} Result
 * @typedef {{key: string, item: string, input: unknown, title: string, number: number|null, result: Result, score: any, refs?: object}} Outcome
 */

/** What a score means. A score with no points to reach counts as nothing. @returns {Result} */
export function resultOf(score) {
  if (score.type !== "points") return "unreadable";
  if (!(score.total > 0)) return "uncounted";
  return score.earned >= score.total ? "right" : "wrong";
}

const nameOf = (key, item) => `${KEPT}${key}/${encodeURIComponent(item)}`;
const others = typeof BroadcastChannel === "function" ? new BroadcastChannel("cms.learn.attempts") : null;
const listeners = new Set();

/**
 * Calls with the outcome of an attempt that had been kept, whichever tab sent it.
 * @returns {() => void} a function that ends it
 */
export function onOutcome(then) {
  listeners.add(then);
  return () => listeners.delete(then);
}

const tell = (outcome) => listeners.forEach((then) => then(outcome));
others?.addEventListener("message", (event) => tell({ ...event.data, isElsewhere: true }));

/** The body of the request. The server takes the notation from the document that the learner saw. */
const wire = ({ object, item, input }) => ({ object, item: item.id, input });

/**
 * Asks for a score. Without a connection the attempt is kept, and the answer is null.
 * @param {Attempt} attempt
 */
export async function attempt(attempt) {
  try {
    const answer = await api.score(wire(attempt));
    // An older attempt at the same item no longer matters.
    forget(nameOf(attempt.key, attempt.item.id));
    return answer;
  } catch (error) {
    // The page must not promise to keep an attempt for which there is no room.
    if (error.code !== "offline" || !keep(attempt)) throw error;
    return null;
  }
}

/** @returns {boolean} whether there was room */
function keep(attempt) {
  const isKept = store(nameOf(attempt.key, attempt.item.id), { ...attempt, at: Date.now() });
  for (const { name } of kept().slice(0, -KEPT_MAX)) forget(name);
  return isKept;
}

/**
 * Drops the attempts at documents that were taken down: they hold the question, and nobody scores them.
 * @returns {number} how many
 */
export function dropObjects(objects) {
  const dropped = kept().filter(({ row }) => objects.has(row.object));
  for (const { name } of dropped) forget(name);
  return dropped.length;
}

/** The attempts that are kept, oldest first. */
function kept() {
  const rows = namesBelow(KEPT).map((name) => ({ name, row: load(name) })).filter(({ row }) => row?.object && row.item?.id);
  return rows.sort((one, other) => one.row.at - other.row.at);
}

/** The attempt at an item that waits for a connection; null if there is none. @returns {Attempt|null} */
export const keptOf = (key, item) => load(nameOf(key, item));

/** Calls when another tab keeps an attempt, or no longer keeps one. @returns {() => void} a function that ends it */
export const whenSent = (then) => whenChanged((name) => (name === null || name.startsWith(KEPT)) && then());

/** How long to wait before trying again, if no event says that the connection is back. */
const AGAIN_MS = 20_000;
let again = 0;

/** Sends the kept attempts, oldest first. What can't be sent stays for later. */
export async function sendKept() {
  clearTimeout(again);
  if (kept().length === 0 && load(OLD) === null) return;
  await alone("cms.learn.sending", async () => {
    await moveOld();
    for (const { name, row } of kept()) {
      // If the learner has answered again meanwhile, a newer attempt is kept.
      if (load(name)?.at !== row.at) continue;
      const outcome = await send(row);
      if (outcome === "offline") break;
      // An attempt at which the server fails must not hold up the others.
      if (outcome === null) continue;
      const isThere = load(name)?.at === row.at;
      if (isThere) forget(name);
      // Then the learner knows already.
      else if (outcome.result === "gone") continue;
      tell(outcome);
      others?.postMessage(outcome);
    }
  });
  if (kept().length > 0 || load(OLD) !== null) again = setTimeout(sendKept, AGAIN_MS);
}

/** @returns {Promise<Outcome|"offline"|null>} null if this attempt alone should be tried again later */
async function send({ key, item, input, title, number, locale, ...row }) {
  const told = { key, item: item.id, input, title, number };
  try {
    const { score, refs } = await api.score(wire({ ...row, item, input }));
    const result = resultOf(score);
    if (result === "right" || result === "wrong") remember(key, item, result === "right", locale, row.object);
    return { ...told, result, score, refs };
  } catch (error) {
    if (error.code === "offline" || error.status === 429) return "offline";
    const isForLater = error.status >= 500 || error.status === 408;
    return isForLater ? null : { ...told, result: error.code === "taken-down" ? "gone" : "refused", score: null };
  }
}

/** Takes over the attempts from the old single list, in which an attempt named only its object and its item's id. */
async function moveOld() {
  for (const { object, item: id, input } of load(OLD) ?? []) {
    try {
      const { key, locale, document } = await api.object(object);
      const at = document?.items?.findIndex((item) => item.id === id) ?? -1;
      if (at >= 0 && !keptOf(key, id)) keep({ object, key, item: document.items[at], input, locale, title: document.title, number: at + 1 });
    } catch (error) {
      if (error.status !== 404 && error.status !== 410) return;
    }
    store(OLD, (load(OLD) ?? []).filter((row) => row.object !== object || row.item !== id));
  }
  forget(OLD);
}
