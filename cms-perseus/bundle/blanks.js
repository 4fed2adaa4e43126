/**
 * The blank cells of a matrix that is smaller than its board: Perseus's parser turns them into numbers that are not
 * numbers, which would count as cells that nobody can fill.
 */
import {innerParts} from "./parts.js";

/** An item with such cells blank again. It changes the item in place, which is safe because it was just parsed. */
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
