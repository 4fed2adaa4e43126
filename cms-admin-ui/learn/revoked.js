/**
 * What was taken down: the pointer of a channel lists the newest ids, and this device drops what it keeps of them. How
 * many it knows is remembered, so that it misses none that came while it was away.
 */

import { forgetAnswers } from "../ui/asking.js";
import * as api from "./api.js";
import { dropObjects } from "./attempts.js";
import { load, store } from "./storage.js";

const KNOWN = "cms.learn.revoked/";

/** Takes note of what was taken down since. What can't be asked for now is asked for next time. */
export async function heed(channel, { revocations = [], revocations_count: count = 0 }) {
  let known = load(KNOWN + channel);
  // A device that comes for the first time keeps nothing.
  if (known === null) return void store(KNOWN + channel, count);
  // A channel that began again has fewer.
  if (known > count) known = 0;
  try {
    while (known < count - revocations.length) {
      const part = await api.revocations(channel, known);
      if (part.revocations.length === 0) return;
      await drop(part.revocations);
      known = part.from + part.revocations.length;
      store(KNOWN + channel, known);
    }
    await drop(revocations.slice(revocations.length - (count - known)));
    store(KNOWN + channel, count);
  } catch (error) {
    if (!error.code) console.error(error);
  }
}

/** Drops attempts at objects, and what the browser's cache still has of them. */
async function drop(ids) {
  if (ids.length === 0) return;
  dropObjects(new Set(ids));
  forgetAnswers();
  // Asked for past the cache, the answer that it was taken down takes the place of the old bytes.
  await Promise.all(ids.map((id) => api.refresh(id).catch(() => {})));
}
