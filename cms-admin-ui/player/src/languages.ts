/**
 * Which of some languages suits a reader best: `import {bestLanguage} from "/player/languages.js"`.
 *
 * Tags are looked up by RFC 4647, and by CLDR's likely subtags and distances if one tag names a region and another a
 * script: `zh-CN` finds `zh-Hans`, `es-MX` finds `es`, and the other way round. This is a module of its own, because
 * pages without a bundler load it.
 */
import {match} from "@formatjs/intl-localematcher";

/** Stands for "none of them": no language of content has this tag. */
const NONE = "und";

/**
 * The tag of `available` that serves a reader of `wanted` best, in its own spelling; null if none does. `wanted` is
 * in the reader's order, and anything in it that is not a language tag finds nothing.
 */
export function bestLanguage(wanted: readonly string[], available: readonly string[]): string | null {
    const asked = wanted.filter(isTag);
    const there = available.filter(isTag);
    if (asked.length === 0 || there.length === 0) {
        return null;
    }
    const found = match(asked, there, NONE, {algorithm: "best fit"});
    return found === NONE ? null : found;
}

function isTag(text: string): boolean {
    try {
        return Intl.getCanonicalLocales(text).length === 1;
    } catch {
        return false;
    }
}
