/**
 * Where the reader is, as the address says it, and addresses to link to.
 *
 *     #/production                                the newest version, its home page
 *     #/production@12/es/lesson/equal-parts       version 12, in Spanish, one entry
 *     #/production/compare/11/12                  what changed from version 11 to 12
 *
 * `@VERSION` and the locale may be left out.
 */

/** @typedef {{view: "start"} | {view: "browse", channel: string, sequence: number|null, locale: string|null, key: string|null}
 *   | {view: "compare", channel: string, from: number|null, to: number|null} | {view: "lost"}} Place */

/** @returns {Place} */
export function read(hash) {
  const path = hash.replace(/^#\/?/, "");
  if (path === "") return { view: "start" };
  const [first, ...rest] = path.split("/").map(decodeURIComponent);
  const named = /^([a-z0-9][a-z0-9_-]*)(?:@(\d+))?$/.exec(first);
  if (!named) return { view: "lost" };
  const channel = named[1];
  const sequence = named[2] ? Number(named[2]) : null;
  if (rest[0] === "compare" && rest.length <= 3) {
    const number = (text) => (/^\d+$/.test(text ?? "") ? Number(text) : null);
    return { view: "compare", channel, from: number(rest[1]), to: number(rest[2]) };
  }
  const isKey = (parts) => parts.length === 2 && parts.every((part) => /^[a-z0-9][a-z0-9_-]*$/.test(part));
  if (rest.length === 0) return { view: "browse", channel, sequence, locale: null, key: null };
  if (rest.length === 1) return { view: "browse", channel, sequence, locale: rest[0], key: null };
  if (isKey(rest)) return { view: "browse", channel, sequence, locale: null, key: rest.join("/") };
  if (isKey(rest.slice(1))) return { view: "browse", channel, sequence, locale: rest[0], key: rest.slice(1).join("/") };
  return { view: "lost" };
}

/** @param {Place} place */
export function write(place) {
  switch (place.view) {
    case "browse": {
      const channel = place.sequence == null ? place.channel : `${place.channel}@${place.sequence}`;
      return `#/${[channel, place.locale, place.key].filter(Boolean).join("/")}`;
    }
    case "compare":
      return `#/${["compare", place.from, place.to].filter((part) => part != null).reduce((path, part) => `${path}/${part}`, place.channel)}`;
    default:
      return "#/";
  }
}
