/**
 * What a learner's device keeps. Each thing has a name of its own, so that two tabs that keep different things don't
 * overwrite each other. In a browser that keeps nothing, people can still learn.
 */

/** The value that is kept under a name; null if there is none or it can't be read. */
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

/** The names with this beginning. */
export function namesBelow(start) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(start));
  } catch {
    return [];
  }
}

/**
 * Calls with the name of what another tab changed, or with null if it cleared everything. @returns {() => void} a
 * function that ends it
 */
export function whenChanged(then) {
  const heard = (event) => event.storageArea === localStorage && then(event.key);
  addEventListener("storage", heard);
  return () => removeEventListener("storage", heard);
}

/** How long another tab's claim counts in a browser without locks: that tab may have been closed meanwhile. */
const CLAIM_MS = 20_000;
const SEEN_MS = 500;

/** Does work that only one tab may do at a time; does nothing if another tab is doing it. */
export async function alone(name, work) {
  // Browsers have locks only in secure contexts.
  if (navigator.locks) return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && work());
  const claim = `${name}.claim`;
  const mine = { by: Math.random().toString(36), until: Date.now() + CLAIM_MS };
  if ((load(claim)?.until ?? 0) > Date.now()) return undefined;
  store(claim, mine);
  // The tab that wrote last has the claim. What another tab wrote takes a while to be visible here.
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
