/**
 * Items in today's form that were asked for lately, since attempts at one item come many at a time.
 *
 * Kept as texts: each call reads an object of its own from it, so that no call can change what the next one sees. An item
 * whose form is more than its text can say (a number that is none stands for a missing one) is read anew each time.
 */

/** Code units of all texts together, an item's own and the one in today's form. */
const UNITS_MAX = 512 << 10;
/** Larger ones would push all the others out. */
const ITEM_UNITS_MAX = 64 << 10;

/** By an item's text, its text in today's form; the one asked for last is last. */
const kept = new Map();
let units = 0;

/** An item's text in today's form, where it is kept. */
export function recall(text) {
    const form = kept.get(text);
    if (form !== undefined) {
        kept.delete(text);
        kept.set(text, form);
    }
    return form;
}

/** Keeps an item in today's form by its text, and forgets what was asked for longest ago. */
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

/** The text that reads as the same value; null where there is none. */
function faithful(item) {
    let isFaithful = true;
    const form = JSON.stringify(item, (_, value) => {
        isFaithful &&= value !== undefined && (typeof value !== "number" || Number.isFinite(value));
        return value;
    });
    return isFaithful ? form : null;
}
