/**
 * What was taken down: the pointer of a channel lists the newest ids, and this device drops what it keeps of them. How
 * many it knows is remembered, so that it misses none that came while it was away.
 */

import { forgetAnswers } from "../ui/asking.js";
import * as api from "./api.js";
import { dropObjects } from "./attempts.js";
import { dropWords as dropProgressWords } from "./progress.js";
import { dropWords as dropRunWords } from "./run.js";
import { load, store } from "./storage.js";

const KNOWN = "cms.learn.revoked/";

/**
 * Takes note of what was taken down since. What can't be asked for now is asked for next time.
 * @returns {Promise<{ids: number, answers: number}>} how many ids were news, and how many answers that waited are dropped
 */
export async function heed(channel, { revocations = [], revocations_count: count = 0 }) {
  const sum = { ids: 0, answers: 0 };
  let known = load(KNOWN + channel);
  // A device that comes for the first time keeps nothing.
  if (known === null) {
    store(KNOWN + channel, count);
    return sum;
  }
  // A channel that began again has fewer.
  if (known > count) known = 0;
  const heard = async (ids, next) => {
    sum.ids += ids.length;
    sum.answers += await drop(ids);
    known = next;
    store(KNOWN + channel, known);
  };
  try {
    while (known < count - revocations.length) {
      const part = await api.revocations(channel, known);
      if (part.revocations.length === 0) return sum;
      await heard(part.revocations, part.from + part.revocations.length);
    }
    if (known < count) await heard(revocations.slice(revocations.length - (count - known)), count);
  } catch (error) {
    if (!error.code) console.error(error);
  }
  return sum;
}

/**
 * Drops attempts at objects, the words of their questions, and what the browser's cache still has of them.
 * @returns {Promise<number>} how many attempts
 */
async function drop(ids) {
  const gone = new Set(ids);
  const answers = dropObjects(gone);
  dropProgressWords(gone);
  dropRunWords(gone);
  forgetAnswers();
  // Asked for past the cache, the answer that it was taken down takes the place of the old bytes.
  await Promise.all(ids.map(api.refresh));
  return answers;
}
