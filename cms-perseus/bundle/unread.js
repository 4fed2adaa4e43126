/**
 * Input that could not be read is not a wrong answer. Perseus distinguishes the two for a single number, but counts a
 * cell of a table or a matrix that is not a number as wrong, although it says that it did not understand it.
 */
import {scorePerseusItem} from "@khanacademy/perseus-score";

const CELLS = new Set(["table", "matrix"]);
const UNREAD = "EXTRA_SYMBOLS_ERROR";

/** A score of what was entered, which asks for the answer again if it was not understood. */
export function scoreRead(renderer, entered, locale) {
    const score = scorePerseusItem(renderer, entered, locale);
    if (score.type !== "points" || score.earned >= score.total) {
        return score;
    }
    const unread = Object.keys(score.widgetScores).filter((name) => hasUnread(renderer.widgets[name], entered[name], locale));
    if (unread.length === 0) {
        return score;
    }
    const again = {type: "invalid", message: UNREAD};
    return {...again, widgetScores: Object.fromEntries(unread.map((name) => [name, again]))};
}

function hasUnread(widget, entered, locale) {
    if (widget.type === "group") {
        return scoreRead(widget.options, entered, locale).message === UNREAD;
    }
    return CELLS.has(widget.type) && scorePerseusItem(alone(widget), {cells: entered}, locale).message === UNREAD;
}

/** A question that asks for one widget. */
function alone(widget) {
    return {content: "[[☃ cells]]", widgets: {cells: widget}, images: {}};
}
