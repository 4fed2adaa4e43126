/**
 * The blank cells of a matrix that is smaller than its board: Perseus's parser makes numbers of them that are none, and those would
 * count as cells that nobody can fill.
 */
import {innerParts} from "./parts.js";

/** An item with such cells blank again; it is changed itself, for it was just read. */
export function withBlanks(item) {
    blankIn(item.question);
    return item;
}

function blankIn(renderer) {
    for (const {type, options} of Object.values(renderer?.widgets ?? {})) {
        if (type === "matrix") {
            options.answers = options.answers.map((row) => row.map((cell) => (Number.isNaN(cell) ? null : cell)));
        }
    }
    for (const {part} of innerParts(renderer, [])) {
        blankIn(part);
    }
}
