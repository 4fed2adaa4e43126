/**
 * One go at what an entry asks: which questions were drawn, how chance decided, how far the learner got. It lasts as
 * long as its tab, so that a reload changes nothing; the next go draws again.
 */

import { withoutWords } from "./sign.js";

const START = "cms.learn.run/";

/** @typedef {{seed: string, drawn: Record<string, string[]>, at: number, outcomes: Record<string, {outcome: string, rubric: string|null, sign: import("./sign.js").Sign, object?: string}>, tried: Record<string, true>}} Run */

const fresh = () => ({ drawn: {}, at: 0, outcomes: {}, tried: {} });

/** The go that is under way at an entry, or a new one. @returns {Run} */
export function runOf(key) {
  try {
    const row = JSON.parse(sessionStorage.getItem(START + key));
    if (typeof row?.seed === "string") return { ...fresh(), ...row };
  } catch {
    // An unreadable go is replaced by a new one.
  }
  return { seed: Math.random().toString(36).slice(2), ...fresh() };
}

export function keepRun(key, run) {
  try {
    sessionStorage.setItem(START + key, JSON.stringify(run));
  } catch {
    // Without storage a reload begins again.
  }
}

/** Ends a go, so that the next one is drawn again. */
export function endRun(key) {
  try {
    sessionStorage.removeItem(START + key);
  } catch {
    // There was no go to end.
  }
}

/** Forgets the words of questions from documents that were taken down, and of those whose document is not known. */
export function dropWords(objects) {
  try {
    for (const name of Object.keys(sessionStorage).filter((name) => name.startsWith(START))) {
      const run = JSON.parse(sessionStorage.getItem(name));
      for (const row of Object.values(run?.outcomes ?? {})) {
        if (row.sign && !(row.object && !objects.has(row.object))) row.sign = withoutWords(row.sign);
      }
      sessionStorage.setItem(name, JSON.stringify(run));
    }
  } catch {
    // What can't be read or written is not kept.
  }
}

/** Items in an order that follows from a seed. */
export function shuffled(items, seed) {
  const place = (text) => {
    let state = 0x811c9dc5;
    for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    return (state ^ (state >>> 13)) >>> 0;
  };
  return items.map((item) => [place(`${item.id}/${seed}`), item]).sort(([one], [other]) => one - other).map(([, item]) => item);
}
