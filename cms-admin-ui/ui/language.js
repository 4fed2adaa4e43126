/** What languages are called, which one suits a reader best, and in which direction they are written. */

/** A language's name, in that language unless another is asked for; its tag if it has no name. */
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
 * The available language that serves a reader best, by RFC 4647 and CLDR's likely subtags: `zh-CN` finds `zh-Hans`,
 * `es-MX` finds `es`, and the other way round.
 * @param {readonly string[]} wanted tags in the reader's order
 * @param {readonly string[]} available
 * @returns {Promise<string|null>} one of `available`, or null if none serves
 */
export async function bestLanguage(wanted, available) {
  const same = wanted.find((tag) => available.includes(tag));
  if (same === wanted[0] && same !== undefined) return same;
  try {
    return (await import("/player/languages.js")).bestLanguage(wanted, available);
  } catch {
    // A server without its player still finds tags that are spelled alike.
    return same ?? null;
  }
}

/**
 * What the content says about its languages, by tag in lower case, because ids of entries have no capitals.
 * @type {Map<string, {direction?: string, name?: string}>}
 */
let languages = new Map();

/**
 * Reads the entries of the content's languages, which alone know in which direction a language is written.
 * @param {(cursor: string|undefined) => Promise<{entries: {object: string}[], next: string|null}>} list gives a page
 * of the entries of kind `locale`
 * @param {(id: string) => Promise<any>} object gives a delivered document
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

/** The direction of a language; from left to right if the content does not say. */
export const directionOf = (tag) => (languages.get(tag.toLowerCase())?.direction === "rtl" ? "rtl" : "ltr");
