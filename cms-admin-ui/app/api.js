/** What this page reads from the server. Immutable answers are fetched once. */

import { ask, askOnce, post } from "../ui/asking.js";

/**
 * The prefix of every address: empty, or the link by which a draft is shared. Below a link the server answers as it
 * does at its root, with the draft as if it were published.
 */
const BASE = location.pathname.replace(/\/admin\/.*$/, "");

/** Whether this page shows a draft that was shared by a link. */
export const isShared = BASE !== "";

const read = async (path) => (await ask(BASE + path)).body;
const readOnce = async (path) => (await askOnce(BASE + path)).body;

const query = (fields) => {
  const text = new URLSearchParams(Object.entries(fields).filter(([, value]) => value != null)).toString();
  return text && `?${text}`;
};

/** What the link shares. */
export const about = () => read("/about");

/** Channels with something published, each with its newest version. */
export const channels = () => read("/admin/api/channels");

/** A channel's versions, newest first, a page at a time. */
export const versions = (channel, cursor) =>
  read(`/admin/api/channels/${channel}/versions${query({ cursor })}`);

/** One version of a channel by its number. */
export const version = (channel, sequence) =>
  readOnce(`/admin/api/channels/${channel}/versions/${sequence}`);

/** What a snapshot holds. */
export const snapshot = (id) => readOnce(`/v1/snapshots/${id}`);

/** A delivered document by its object id. */
export const object = (id) => readOnce(`/v1/objects/${id}`);

/** The place of an entry in a snapshot: its object, its route and its parents. */
export const place = (snapshotId, locale, key) =>
  readOnce(`/admin/api/snapshots/${snapshotId}/${locale}/places/${key}`);

/** Entries of a snapshot, used when the snapshot's home page is missing. */
export const entries = (snapshotId, locale, fields) =>
  readOnce(`/v1/snapshots/${snapshotId}/${locale}/entries${query(fields)}`);

/** What differs between two snapshots, a page at a time. */
export const compare = (from, to, cursor) =>
  readOnce(`/admin/api/compare${query({ from, to, cursor })}`);

/** The score of an answer, as learners get it. */
export const score = (attempt) => post(`${BASE}/v1/score`, attempt);

/** The hint number `n` of an item, counted from 0, with pictures from a snapshot and a locale. */
export const hint = (wish) => post(`${BASE}/v1/hints`, wish);

/** The whole address of a media file's bytes. Pictures that come with a hint have a path of their own. */
export const mediaAddress = (id, path = `/v1/media/${id}`) => `${location.origin}${BASE}${path}`;
