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
 * @typedef {"right"|"wrong"|"unreadable"|"uncounted"|"refused"} Result
 * @typedef {{key: string, item: string, input: unknown, title: string, number: number|null, result: Result, score: any, refs?: object}} Outcome
 */

/** What a score means. One without points to reach counts as nothing. @returns {Result} */
export function resultOf(score) {
  if (score.type !== "points") return "unreadable";
  if (!(score.total > 0)) return "uncounted";
  return score.earned >= score.total ? "right" : "wrong";
}

const nameOf = (key, item) => `${KEPT}${key}/${encodeURIComponent(item)}`;
const others = typeof BroadcastChannel === "function" ? new BroadcastChannel("cms.learn.attempts") : null;
const listeners = new Set();

/** Calls with what came of an attempt that had been kept, whichever tab sent it. @returns {() => void} what ends it */
export function onOutcome(then) {
  listeners.add(then);
  return () => listeners.delete(then);
}

const tell = (outcome) => listeners.forEach((then) => then(outcome));
others?.addEventListener("message", (event) => tell({ ...event.data, isElsewhere: true }));

/** What the server is asked: it reads the notation from the document that was seen. */
const wire = ({ object, item, input }) => ({ object, item: item.id, input });

/**
 * Asks for a score. Without a connection the attempt is kept, and the answer is null.
 * @param {Attempt} attempt
 */
export async function attempt(attempt) {
  try {
    const answer = await api.score(wire(attempt));
    // An older attempt at the same item has nothing more to say.
    forget(nameOf(attempt.key, attempt.item.id));
    return answer;
  } catch (error) {
    // What there is no room for must not be promised.
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

/** What is kept, oldest first. */
function kept() {
  const rows = namesBelow(KEPT).map((name) => ({ name, row: load(name) })).filter(({ row }) => row?.object && row.item?.id);
  return rows.sort((one, other) => one.row.at - other.row.at);
}

/** An item's attempt that waits for a connection; null where there is none. @returns {Attempt|null} */
export const keptOf = (key, item) => load(nameOf(key, item));

/** Calls when another tab keeps something, or keeps it no more. @returns {() => void} what ends it */
export const whenSent = (then) => whenChanged((name) => (name === null || name.startsWith(KEPT)) && then());

/** How long until it is tried again, where nobody says that the connection is back. */
const AGAIN_MS = 20_000;
let again = 0;

/** Sends what was kept, oldest first; what can't be sent stays for later. */
export async function sendKept() {
  clearTimeout(again);
  if (kept().length === 0 && load(OLD) === null) return;
  await alone("cms.learn.sending", async () => {
    await moveOld();
    for (const { name, row } of kept()) {
      // Whoever answered anew meanwhile has a newer attempt.
      if (load(name)?.at !== row.at) continue;
      const outcome = await send(row);
      if (outcome === "offline") break;
      // One that the server is ill of must not keep the others.
      if (outcome === null) continue;
      if (load(name)?.at === row.at) forget(name);
      tell(outcome);
      others?.postMessage(outcome);
    }
  });
  if (kept().length > 0 || load(OLD) !== null) again = setTimeout(sendKept, AGAIN_MS);
}

/** @returns {Promise<Outcome|"offline"|null>} null where it alone is to be tried again */
async function send({ key, item, input, title, number, locale, ...row }) {
  const told = { key, item: item.id, input, title, number };
  try {
    const { score, refs } = await api.score(wire({ ...row, item, input }));
    const result = resultOf(score);
    if (result === "right" || result === "wrong") remember(key, item, result === "right", locale);
    return { ...told, result, score, refs };
  } catch (error) {
    if (error.code === "offline" || error.status === 429) return "offline";
    const isForLater = error.status >= 500 || error.status === 408;
    return isForLater ? null : { ...told, result: "refused", score: null };
  }
}

/** Takes over what was kept in one list: there an attempt named its object and its item's id alone. */
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
