/**
 * A cache of items in today's form, because attempts at one item come many at a time.
 *
 * Items are kept as texts: each call parses an object of its own, so that no call can change what the next one sees.
 * An item whose form its text can't express (a NaN stands for a missing number) is migrated again each time.
 */

/** The most code units of all texts together: the items' own and those in today's form. */
const UNITS_MAX = 512 << 10;
/** Larger items would push all the others out. */
const ITEM_UNITS_MAX = 64 << 10;

/** For each item's text, its text in today's form; the one used last is last. */
const kept = new Map();
let units = 0;

/** An item's text in today's form, if it is kept. */
export function recall(text) {
    const form = kept.get(text);
    if (form !== undefined) {
        kept.delete(text);
        kept.set(text, form);
    }
    return form;
}

/** Keeps an item in today's form under its text, and drops the least recently used ones. */
export function keep(text, item) {
    const form = faithful(item);
    const size = text.length + (form?.length ?? ITEM_UNITS_MAX);
    if (size > ITEM_UNITS_MAX) {
        return;
    }
    kept.set(text, form);
    units += size;
    for (const [oldest, itsForm] of kept) {
        if (units <= UNITS_MAX) {
            return;
        }
        kept.delete(oldest);
        units -= oldest.length + itsForm.length;
    }
}

/** The text that parses to the same value; null if there is none. */
function faithful(item) {
    let isFaithful = true;
    const form = JSON.stringify(item, (_, value) => {
        isFaithful &&= value !== undefined && (typeof value !== "number" || Number.isFinite(value));
        return value;
    });
    return isFaithful ? form : null;
}
