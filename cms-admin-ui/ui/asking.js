/**
 * Asks the server for JSON. Every failure is a `Refusal`, whose code tells the page what it can do.
 */

export class Refusal extends Error {
  /** @param {{code: string, title?: string, detail?: string, status: number}} problem */
  constructor(problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.code = problem.code;
    this.status = problem.status;
    this.problem = problem;
  }
}

/** @returns {Promise<{body: any, url: string}>} the answer, and the address at which it was finally found */
export async function ask(address, { headers, ...options } = {}) {
  let response;
  try {
    response = await fetch(address, { ...options, headers: { Accept: "application/json", ...headers } });
  } catch {
    throw new Refusal({ code: "offline", status: 0 });
  }
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const body = isJson ? await response.json() : null;
  const isWhole = body !== null || response.status === 204;
  if (!response.ok || !isWhole) throw new Refusal({ code: "unreadable", ...body, status: response.status });
  return { body, url: response.url };
}

const kept = new Map();

/** Forgets what was fetched once: some of it was taken down. */
export const forgetAnswers = () => kept.clear();

/** The same for what never changes, which is fetched once. */
export function askOnce(address) {
  if (!kept.has(address)) {
    const answer = ask(address);
    // A failure must not be kept, because the next request may succeed.
    answer.catch(() => kept.delete(address));
    kept.set(address, answer);
  }
  return kept.get(address);
}

/** Sends fields as JSON. */
export async function post(address, fields) {
  return (await ask(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields) })).body;
}
