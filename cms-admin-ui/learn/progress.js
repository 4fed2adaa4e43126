/**
 * How far a learner has come, remembered on this device by entry and item. A publish, a change of language, another
 * tab or a restart loses none of it.
 *
 * Each item is stored under a name of its own, so that tabs don't overwrite each other. What an entry asked when it
 * was last seen is stored next to that. The total is bounded: the oldest progress is removed first.
 */

import * as api from "./api.js";
import { isChanged, signOf, withoutWords } from "./sign.js";
import { alone, forget, load, namesBelow, store, whenChanged } from "./storage.js";

const DONE = "cms.learn.done/";
const ASKED = "cms.learn.asked/";
/** The old name, under which progress was stored by object. Every publish makes new objects. */
const OLD = "cms.learn.done";
const DONE_MAX = 5000;

/** @typedef {{right: boolean, at: number, rubric: string|null, sign: import("./sign.js").Sign, object?: string}} Row */

/**
 * By entry, then by item. Built when it is first asked for, and again after another tab wrote.
 * @type {Map<string, Map<string, Row>>|null}
 */
let known = null;
const listeners = new Set();

whenChanged((name) => {
  if (name !== null && !name.startsWith(DONE) && !name.startsWith(ASKED)) return;
  known = null;
  changed();
});

/** Calls whenever progress changes, in this tab or another. @returns {() => void} a function that ends it */
export function onProgress(then) {
  listeners.add(then);
  return () => listeners.delete(then);
}

const changed = () => listeners.forEach((then) => then());
const nameOf = (key, item) => `${DONE}${key}/${encodeURIComponent(item)}`;

function all() {
  if (known) return known;
  known = new Map();
  for (const name of namesBelow(DONE)) {
    const [kind, id, item] = name.slice(DONE.length).split("/");
    const row = load(name);
    if (item && typeof row?.right === "boolean") rowsOf(`${kind}/${id}`).set(decodeURIComponent(item), row);
  }
  return known;
}

function rowsOf(key) {
  if (!known.has(key)) known.set(key, new Map());
  return known.get(key);
}

/** The name under which an entry's list of items is stored. In one language an entry may ask less than in another. */
const askedName = (key) => `${ASKED}${key}@${document.documentElement.lang}`;

/** Remembers which items an entry asks in the page's language, so that lists can show their number. */
export function rememberAsked(key, items) {
  store(askedName(key), items);
  changed();
}

/**
 * Remembers how an attempt at an item went. An item that was once right stays right for as long as it asks the same.
 * @param {string} key the entry of the item
 * @param {string} object the document in which the learner saw it
 */
export function remember(key, item, isRight, locale, object) {
  const before = all().get(key)?.get(item.id);
  const sign = signOf(item, locale);
  const isSame = before && (before.rubric === (item.rubric ?? null) || !isChanged(before.sign, sign));
  write(key, item.id, { right: isRight || Boolean(isSame && before.right), at: Date.now(), rubric: item.rubric ?? null, sign, object });
  changed();
}

function write(key, item, row) {
  all();
  while (!store(nameOf(key, item), row)) {
    if (!forgetOldest(50)) return;
  }
  rowsOf(key).set(item, row);
  const count = [...known.values()].reduce((sum, rows) => sum + rows.size, 0);
  if (count > DONE_MAX) forgetOldest(count - DONE_MAX);
}

/** Forgets the words of questions from documents that were taken down, and of those whose document is not known. */
export function dropWords(objects) {
  for (const [key, items] of all()) {
    for (const [item, row] of items) {
      if (!row.sign?.texts?.length || (row.object && !objects.has(row.object))) continue;
      const left = { ...row, sign: withoutWords(row.sign) };
      // Without room for less there is room for nothing.
      if (!store(nameOf(key, item), left)) forget(nameOf(key, item));
      items.set(item, left);
    }
  }
}

/** Makes room. @returns {boolean} whether there was anything to forget */
function forgetOldest(count) {
  const rows = [...all()].flatMap(([key, items]) => [...items].map(([item, { at }]) => ({ key, item, at })));
  for (const { key, item } of rows.sort((one, other) => one.at - other.at).slice(0, count)) {
    forget(nameOf(key, item));
    known.get(key).delete(item);
  }
  return rows.length > 0;
}

/** The items that an entry asks in the page's language, or in another one while that was not seen yet. */
function askedOf(key) {
  const names = [askedName(key), ASKED + key, ...namesBelow(`${ASKED}${key}@`)];
  return names.map(load).find((asked) => asked !== null);
}

/** How many of an entry's items the learner has got right; null before the first attempt. */
export function progressOf(key) {
  const rows = all().get(key);
  if (!rows?.size) return null;
  const asked = askedOf(key);
  const items = Array.isArray(asked) && asked.length > 0 ? asked : [...rows.keys()];
  const done = items.filter((item) => rows.has(item));
  return done.length === 0 ? null : { right: done.filter((item) => rows.get(item).right).length, of: items.length };
}

/**
 * What the learner did with an item before: whether it was right, and whether it has changed since. Null if the
 * learner has not tried it.
 */
export function pastOf(key, item, locale) {
  const row = all().get(key)?.get(item.id);
  if (!row) return null;
  const isOther = row.rubric !== (item.rubric ?? null) && isChanged(row.sign, signOf(item, locale));
  return { isRight: row.right, isChanged: isOther };
}

/**
 * Moves progress from objects to their entries and items. Progress on objects that the server no longer knows is
 * dropped without a message.
 */
export async function moveOld() {
  if (load(OLD) === null) return;
  await alone("cms.learn.moving", async () => {
    for (const [object, { items = {}, of = 0 }] of Object.entries(load(OLD) ?? {})) {
      try {
        takeOver(await api.object(object), items, of);
      } catch (error) {
        if (error.status !== 404 && error.status !== 410) return;
      }
      const { [object]: _, ...left } = load(OLD) ?? {};
      store(OLD, left);
    }
    forget(OLD);
    changed();
  });
}

function takeOver({ key, locale, document, object }, items, of) {
  for (const item of document?.items ?? []) {
    if (!(item.id in items)) continue;
    const before = all().get(key)?.get(item.id);
    if (!before) write(key, item.id, { right: Boolean(items[item.id]), at: 0, rubric: item.rubric ?? null, sign: signOf(item, locale), object });
    else if (items[item.id] && !before.right) write(key, item.id, { ...before, right: true });
  }
  if (of > 0 && load(ASKED + key) === null) store(ASKED + key, (document?.items ?? []).map(({ id }) => id));
}
