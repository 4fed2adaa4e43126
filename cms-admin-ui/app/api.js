/**
 * Reading from the server. What is immutable is fetched once; everything that fails is a
 * `Refusal` with words for people.
 */

export class Refusal extends Error {
  /** @param {{code: string, detail?: string, status: number}} problem */
  constructor(problem) {
    super(problem.detail ?? problem.title ?? "The server refused.");
    this.code = problem.code;
    this.status = problem.status;
    this.problem = problem;
  }
}

/**
 * What stands before every address: nothing, or the link by which a draft is shared. Below a link the
 * server answers as it does at its root, with the draft as if it were published.
 */
const BASE = location.pathname.replace(/\/admin\/.*$/, "");

/** Whether this is a draft that was shared by a link. */
export const isShared = BASE !== "";

const kept = new Map();

async function read(path, options = {}) {
  let response;
  try {
    response = await fetch(BASE + path, { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch {
    throw new Refusal({ code: "offline", status: 0, detail: "The server does not answer. Is it running?" });
  }
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const body = isJson ? await response.json() : null;
  if (!response.ok) throw new Refusal(body ?? { code: "unreadable", status: response.status });
  return body;
}

function readOnce(path) {
  if (!kept.has(path)) {
    const answer = read(path);
    // A failure must not be kept: the next look may succeed.
    answer.catch(() => kept.delete(path));
    kept.set(path, answer);
  }
  return kept.get(path);
}

const query = (fields) => {
  const text = new URLSearchParams(Object.entries(fields).filter(([, value]) => value != null)).toString();
  return text && `?${text}`;
};

/** What the link shows. */
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

/** Where an entry stands in a snapshot: its object, its route and its parents. */
export const place = (snapshotId, locale, key) =>
  readOnce(`/admin/api/snapshots/${snapshotId}/${locale}/places/${key}`);

/** Entries of a snapshot, for a snapshot whose home page is missing. */
export const entries = (snapshotId, locale, fields) =>
  readOnce(`/v1/snapshots/${snapshotId}/${locale}/entries${query(fields)}`);

/** What differs between two snapshots, a page at a time. */
export const compare = (from, to, cursor) =>
  readOnce(`/admin/api/compare${query({ from, to, cursor })}`);

const post = (path, fields) =>
  read(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields) });

/** How good an answer is, as learners are told. */
export const score = (attempt) => post("/v1/score", attempt);

/** The hint number `n` of an item, from 0. */
export const hint = (wish) => post("/v1/hints", wish);

/** The address of a media file's bytes. */
export const mediaAddress = (id) => `${BASE}/v1/media/${id}`;
