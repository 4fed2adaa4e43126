/**
 * Where the learner is, and the content there. An address is the locale and the slugs on the way down from the home
 * page: `/learn/en/arithmetic/fractions/understanding-fractions/equal-parts/e/equal-parts`. A letter stands before
 * the slug of an entry that contains no others. Walking down needs only documents that name their children, so each
 * step is an immutable object that the browser keeps.
 */

import { kindOf, letterOf } from "../ui/kinds.js";
import * as api from "./api.js";

const ROOT = "/learn";
const HOME = "topic/root";

/** @returns {{channel: string, locale: string|null, slugs: string[]}} */
export function read(url = new URL(location.href)) {
  const parts = url.pathname.slice(ROOT.length).split("/").filter(Boolean).map(decodeURIComponent);
  const isLocale = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(parts[0] ?? "");
  return { channel: url.searchParams.get("channel") ?? "production", locale: isLocale ? parts[0] : null, slugs: isLocale ? parts.slice(1) : parts };
}

/** The address of a place. */
export function write({ channel, locale, slugs }) {
  const query = channel === "production" ? "" : `?channel=${encodeURIComponent(channel)}`;
  return `${ROOT}/${[locale, ...slugs].map(encodeURIComponent).join("/")}${query}`;
}

/** Goes to an address of the course without loading the page again. */
export function travel(address) {
  history.pushState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** The slugs of a child: its own after those of its parent. */
export function below(slugs, child) {
  const letter = letterOf(kindOf(child.key));
  return [...slugs, ...(letter ? [letter] : []), child.summary?.slug ?? child.key];
}

/**
 * The documents on the way from the home page to an address; the last one is the place itself.
 * @returns {Promise<{delivered: any, slugs: string[]}[]>}
 */
export async function walk(snapshotId, locale, slugs) {
  const trail = [{ delivered: await api.entry(snapshotId, locale, HOME), slugs: [] }];
  let at = 0;
  while (at < slugs.length) {
    const { delivered, slugs: before } = trail.at(-1);
    const children = delivered.children ?? [];
    const child = children.find((row) => startsWith(slugs.slice(at), below([], row)));
    if (!child) return elsewhere(snapshotId, locale, slugs, trail[0]);
    const next = below(before, child);
    trail.push({ delivered: await api.object(child.object), slugs: next });
    at = next.length;
  }
  return trail;
}

/** Looks for an entry that once had this address, if none has it now. */
async function elsewhere(snapshotId, locale, slugs, home) {
  return [home, { delivered: await api.route(snapshotId, locale, slugs.join("/")), slugs }];
}

const startsWith = (list, start) => start.every((part, index) => list[index] === part);
