/**
 * What a learner's device keeps, each thing under a name of its own: two tabs that keep different things don't overwrite
 * each other. A browser that keeps nothing still lets people learn.
 */

/** What is kept under a name; null where there is nothing, or nothing that can be read. */
export function load(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

/** Keeps a value. @returns {boolean} whether there was room */
export function store(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Then there was nothing to forget.
  }
}

/** The names that begin so. */
export function namesBelow(start) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(start));
  } catch {
    return [];
  }
}

/** Calls with the name of what another tab changed; null where it forgot everything. @returns {() => void} what ends it */
export function whenChanged(then) {
  const heard = (event) => event.storageArea === localStorage && then(event.key);
  addEventListener("storage", heard);
  return () => removeEventListener("storage", heard);
}

/** So long another tab's claim counts, where the browser has no locks: it may have been closed meanwhile. */
const CLAIM_MS = 20_000;
const SEEN_MS = 500;

/** Does work that only one tab may do at a time; does nothing where another one is at it. */
export async function alone(name, work) {
  // Browsers have locks in secure contexts alone.
  if (navigator.locks) return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && work());
  const claim = `${name}.claim`;
  const mine = { by: Math.random().toString(36), until: Date.now() + CLAIM_MS };
  if ((load(claim)?.until ?? 0) > Date.now()) return undefined;
  store(claim, mine);
  // Whoever wrote last has it; what another tab wrote takes a while to be seen here.
  await new Promise((resolve) => { setTimeout(resolve, SEEN_MS); });
  if (load(claim)?.by !== mine.by) return undefined;
  const renew = setInterval(() => store(claim, { ...mine, until: Date.now() + CLAIM_MS }), CLAIM_MS / 4);
  const release = () => forget(claim);
  addEventListener("pagehide", release);
  try {
    return await work();
  } finally {
    clearInterval(renew);
    removeEventListener("pagehide", release);
    release();
  }
}
