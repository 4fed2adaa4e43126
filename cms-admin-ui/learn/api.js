/**
 * Reading what is delivered, and asking for scores and hints. What is immutable is fetched once; everything
 * that fails is a `Refusal`, whose code says what a page can do about it.
 */

export class Refusal extends Error {
  /** @param {{code: string, detail?: string, status: number}} problem */
  constructor(problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.code = problem.code;
    this.status = problem.status;
  }
}

const kept = new Map();

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { headers: { Accept: "application/json" }, ...options });
  } catch {
    throw new Refusal({ code: "offline", status: 0 });
  }
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const body = isJson ? await response.json() : null;
  if (!response.ok || body === null) throw new Refusal({ code: "unreadable", ...body, status: response.status });
  return { body, url: response.url };
}

function once(path) {
  if (!kept.has(path)) {
    const answer = ask(path);
    // A failure must not be kept: the next look may succeed.
    answer.catch(() => kept.delete(path));
    kept.set(path, answer);
  }
  return kept.get(path);
}

const post = async (path, fields) => {
  const options = { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json" }, body: JSON.stringify(fields) };
  return (await ask(path, options)).body;
};

/** Where a channel is now. */
export const channel = async (name) => (await ask(`/v1/channels/${encodeURIComponent(name)}`)).body;

/** What a snapshot holds. */
export const snapshot = async (id) => (await once(`/v1/snapshots/${id}`)).body;

/** A delivered document, with the id under which it was found. */
export async function object(id) {
  return { ...(await once(`/v1/objects/${id}`)).body, object: id };
}

const found = ({ body, url }) => ({ ...body, object: new URL(url).pathname.split("/").pop() });

/** A delivered document by its key. */
export const entry = async (snapshotId, locale, key) => found(await once(`/v1/snapshots/${snapshotId}/${locale}/entries/${key}`));

/** A delivered document by its route, or by one that it had once. */
export const route = async (snapshotId, locale, path) => found(await once(`/v1/snapshots/${snapshotId}/${locale}/routes/${path}`));

/** The address of a media file. */
export const media = (id) => `${location.origin}/v1/media/${id}`;

/** A text file of media, such as captions. */
export async function text(id) {
  const response = await fetch(media(id));
  if (!response.ok) throw new Refusal({ code: "unreadable", status: response.status });
  return response.text();
}

/** Pictures of a document by what its text calls them. */
export function pictures(delivered) {
  const rows = Object.entries(delivered.refs ?? {}).filter(([, row]) => row.summary?.media);
  return Object.fromEntries(rows.map(([key, { summary }]) => [key, { url: media(summary.media), width: summary.width, height: summary.height }]));
}

/** How good an answer is. */
export const score = (attempt) => post("/v1/score", attempt);

/** The hint number `n` of an item, counted from 0; its pictures are those of a snapshot and a locale. */
export const hint = (fields) => post("/v1/hints", fields);
