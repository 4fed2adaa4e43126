/**
 * Which hints are on the screen: a hint that replaces takes the place of the last one on the screen, and all keep
 * their numbers.
 */

interface Hint {
    replace?: boolean;
}

/** The given hints that are shown, each with its position among those given. */
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
