/** The place of a piece of text, if it occurs exactly once; null otherwise. In UTF-16 code units, as browsers count. */
export function spanOf(text, target) {
    if (!target) {
        return null;
    }
    const start = text.indexOf(target);
    if (start < 0 || text.indexOf(target, start + 1) >= 0) {
        return null;
    }
    return {start, end: start + target.length};
}
