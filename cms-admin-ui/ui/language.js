/** What languages are called, and which way they are written. */

/** A language's name, in itself unless another is asked for; its tag where it has none. */
export function languageName(tag, shownIn = tag) {
  try {
    const name = new Intl.DisplayNames(shownIn, { type: "language" }).of(tag) ?? tag;
    return shownIn === tag ? name.charAt(0).toLocaleUpperCase(tag) + name.slice(1) : name;
  } catch {
    return tag;
  }
}

const RTL = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"]);

/** The direction of a language's script. */
export const directionOf = (tag) => (RTL.has(tag.toLowerCase().split("-")[0]) ? "rtl" : "ltr");
