/** Which hints stand on the screen: one that replaces takes the place of the one that stands last, and all keep their numbers. */

interface Hint {
    replace?: boolean;
}

/** The hints that are shown of those that were given, each with its position among these. */
export function standing<Given extends Hint>(given: Given[]): {hint: Given; position: number}[] {
    const shown: {hint: Given; position: number}[] = [];
    for (const [position, hint] of given.entries()) {
        if (hint.replace) {
            shown.pop();
        }
        shown.push({hint, position});
    }
    return shown;
}
