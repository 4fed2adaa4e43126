/** What is delivered, and asking for scores and hints. What is immutable is fetched once. */

import { ask, askOnce, post } from "../ui/asking.js";
import { picturesOf } from "../ui/player.js";

/** Where a channel is now. */
export const channel = async (name) => (await ask(`/v1/channels/${encodeURIComponent(name)}`)).body;

/** What a snapshot holds. */
export const snapshot = async (id) => (await askOnce(`/v1/snapshots/${id}`)).body;

/** A delivered document, with the id under which it was found. */
export async function object(id) {
  return { ...(await askOnce(`/v1/objects/${id}`)).body, object: id };
}

const found = ({ body, url }) => ({ ...body, object: new URL(url).pathname.split("/").pop() });

/** A delivered document by its key. */
export const entry = async (snapshotId, locale, key) => found(await askOnce(`/v1/snapshots/${snapshotId}/${locale}/entries/${key}`));

/** A delivered document by its route, or by one that it had once. */
export const route = async (snapshotId, locale, path) => found(await askOnce(`/v1/snapshots/${snapshotId}/${locale}/routes/${path}`));

/** Where an entry stands: its key and its route, from the home page. */
export const address = async (snapshotId, locale, key) => (await askOnce(`/v1/snapshots/${snapshotId}/${locale}/addresses/${key}`)).body;

/** Keys of one kind with their objects, a page at a time. */
export async function entries(snapshotId, locale, kind, cursor) {
  const query = new URLSearchParams({ kind, ...(cursor && { cursor }) });
  return (await askOnce(`/v1/snapshots/${snapshotId}/${locale}/entries?${query}`)).body;
}

/** The address of a media file; what is given with a hint has one of its own. */
export const media = (id, path = `/v1/media/${id}`) => `${location.origin}${path}`;

/** Pictures of a document, or of a hint, by what its text calls them. */
export const pictures = (delivered) => picturesOf(delivered, media);

/** How good an answer is. */
export const score = (attempt) => post("/v1/score", attempt);

/** The hint number `n` of an item, counted from 0; its pictures are those of a snapshot and a locale. */
export const hint = (fields) => post("/v1/hints", fields);
