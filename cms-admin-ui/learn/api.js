/** Reads what is delivered, and asks for scores and hints. Immutable answers are fetched once. */

import { ask, askOnce, post } from "../ui/asking.js";
import { picturesOf } from "../ui/player.js";

/** The current snapshot of a channel. */
export const channel = async (name) => (await ask(`/v1/channels/${encodeURIComponent(name)}`)).body;

/** The same, past what the browser keeps of it. */
export const channelNow = async (name) => (await ask(`/v1/channels/${encodeURIComponent(name)}`, { cache: "no-cache" })).body;

/** What was taken down from a channel, from a place in the list on. */
export const revocations = async (name, from) => (await ask(`/v1/channels/${encodeURIComponent(name)}/revocations?from=${from}`)).body;

/** Asks again for what was taken down, if the browser has a copy, so that the answer takes the copy's place. */
export async function refresh(id) {
  for (const path of [`/v1/objects/${id}`, `/v1/media/${id}`]) {
    // Without a copy there is an error, or an answer that is none.
    const copy = await fetch(path, { cache: "only-if-cached", mode: "same-origin" }).catch(() => null);
    if (copy?.ok) await fetch(path, { cache: "reload" }).catch(() => {});
  }
}

/** What a snapshot holds. */
export const snapshot = async (id) => (await askOnce(`/v1/snapshots/${id}`)).body;

/** A delivered document, with its object id. */
export async function object(id) {
  return { ...(await askOnce(`/v1/objects/${id}`)).body, object: id };
}

const found = ({ body, url }) => ({ ...body, object: new URL(url).pathname.split("/").pop() });

/** A delivered document by its key. */
export const entry = async (snapshotId, locale, key) => found(await askOnce(`/v1/snapshots/${snapshotId}/${locale}/entries/${key}`));

/** A delivered document by its route, or by a route that it once had. */
export const route = async (snapshotId, locale, path) => found(await askOnce(`/v1/snapshots/${snapshotId}/${locale}/routes/${path}`));

/** The place of an entry: its key and its route, from the home page. */
export const address = async (snapshotId, locale, key) => (await askOnce(`/v1/snapshots/${snapshotId}/${locale}/addresses/${key}`)).body;

/** Keys of one kind with their objects, a page at a time. */
export async function entries(snapshotId, locale, kind, cursor) {
  const query = new URLSearchParams({ kind, ...(cursor && { cursor }) });
  return (await askOnce(`/v1/snapshots/${snapshotId}/${locale}/entries?${query}`)).body;
}

/** The address of a media file. Pictures that come with a hint have a path of their own. */
export const media = (id, path = `/v1/media/${id}`) => `${location.origin}${path}`;

/** Pictures of a document, or of a hint, by the names that its text uses. */
export const pictures = (delivered) => picturesOf(delivered, media);

/** The score of an answer. */
export const score = (attempt) => post("/v1/score", attempt);

/** The hint number `n` of an item, counted from 0, with pictures from a snapshot and a locale. */
export const hint = (fields) => post("/v1/hints", fields);
