/** What languages are called, which of them suits a reader, and which way they are written. */

/** A language's name, in itself unless another is asked for; its tag where it has none. */
export function languageName(tag, shownIn = tag) {
  const own = languages.get(tag.toLowerCase())?.name;
  if (own && shownIn === tag) return own;
  try {
    const name = new Intl.DisplayNames(shownIn, { type: "language" }).of(tag) ?? tag;
    return shownIn === tag ? name.charAt(0).toLocaleUpperCase(tag) + name.slice(1) : name;
  } catch {
    return tag;
  }
}

/**
 * The one of some languages that serves a reader best, as RFC 4647 and CLDR's likely subtags have it: `zh-CN` finds
 * `zh-Hans`, `es-MX` finds `es`, and the other way round.
 * @param {readonly string[]} wanted tags in the reader's order
 * @param {readonly string[]} available
 * @returns {Promise<string|null>} one of `available`; null where none serves
 */
export async function bestLanguage(wanted, available) {
  const same = wanted.find((tag) => available.includes(tag));
  if (same === wanted[0] && same !== undefined) return same;
  try {
    return (await import("/player/languages.js")).bestLanguage(wanted, available);
  } catch {
    // A server without its player still finds what is spelled alike.
    return same ?? null;
  }
}

/** What the languages of content say of themselves, by tag in small letters: ids of entries have no others. @type {Map<string, {direction?: string, name?: string}>} */
let languages = new Map();

/**
 * Learns of the languages that content comes in: their entries alone know which way they are written.
 * @param {(cursor: string|undefined) => Promise<{entries: {object: string}[], next: string|null}>} list a page of the entries of their kind
 * @param {(id: string) => Promise<any>} object a delivered document
 */
export async function learnLanguages(list, object) {
  const rows = [];
  for (let next; next !== null;) {
    const page = await list(next);
    rows.push(...page.entries);
    next = page.next ?? null;
  }
  const found = await Promise.all(rows.map((row) => object(row.object)));
  languages = new Map([...languages, ...found.map(({ key, document }) => [(document?.tag ?? key.split("/")[1]).toLowerCase(), document ?? {}])]);
}

/** Which way a language is written. What nobody told of is written as most are. */
export const directionOf = (tag) => (languages.get(tag.toLowerCase())?.direction === "rtl" ? "rtl" : "ltr");
