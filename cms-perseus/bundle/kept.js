/**
 * Items in today's form that were asked for lately, since attempts at one item come many at a time.
 *
 * Kept as texts: each call reads an object of its own from it, so that no call can change what the next one sees.
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

/** Keeps an item's text in today's form, and forgets what was asked for longest ago. */
export function keep(text, form) {
    const size = text.length + form.length;
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
