/**
 * Patterns that can match only at the beginning, tried only there.
 *
 * QuickJS tries a pattern at every position of a text, even one that begins with `^`, and Perseus's Markdown tries
 * some thirty of those at every position of a text.
 */

/** A function that returns what `regex.exec` returns, for a pattern without state. */
export function execOf(regex) {
    if (!canOnlyBegin(regex)) {
        return (text) => regex.exec(text);
    }
    const sticky = new RegExp(regex.source, `${regex.flags}y`);
    return (text) => {
        sticky.lastIndex = 0;
        return sticky.exec(text);
    };
}

/** Whether each alternative of a pattern begins with `^`, and `^` means the beginning of the text. */
function canOnlyBegin({source, flags}) {
    if (/[gmvy]/.test(flags)) {
        return false;
    }
    let depth = 0;
    let isInClass = false;
    for (let at = 0, begins = true; at < source.length; at++) {
        const character = source[at];
        if (begins && character !== "^") {
            return false;
        }
        begins = false;
        if (character === "\\") {
            at++;
        } else if (isInClass) {
            isInClass = character !== "]";
        } else if (character === "[") {
            isInClass = true;
        } else if (character === "(") {
            depth++;
        } else if (character === ")") {
            depth--;
        } else if (character === "|") {
            begins = depth === 0;
        }
    }
    return source !== "";
}
