/** What languages are called, which of them suits a reader, and which way they are written. */

/** A language's name, in itself unless another is asked for; its tag where it has none. */
export function languageName(tag, shownIn = tag) {
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

const RTL = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"]);

/** The direction of a language's script. */
export const directionOf = (tag) => (RTL.has(tag.toLowerCase().split("-")[0]) ? "rtl" : "ltr");
