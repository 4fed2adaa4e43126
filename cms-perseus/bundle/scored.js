/** Which widgets of a renderer count for its score here. */
import {getWidgetIdsFromContent} from "@khanacademy/perseus-core";
import {isWidgetScoreable} from "@khanacademy/perseus-score";

/**
 * Frames of other sites report themselves whether the learner was right, and anybody can send that report in their
 * place. Where content from elsewhere is not shown they report nothing, and the question could never be solved. The
 * stand-in for a widget that no longer exists would be right whatever the learner does. So these count for nothing.
 */
const UNCOUNTED = new Set(["iframe", "cs-program", "deprecated-standin"]);

/** The names of the widgets that a text places and that exist, each once, in the text's order. */
export function placed({content, widgets}) {
    return [...new Set(getWidgetIdsFromContent(content))].filter((name) => Object.hasOwn(widgets ?? {}, name));
}

/** The names of those that are scored. */
export function scoredHere(renderer) {
    return placed(renderer).filter((name) => isWidgetScoreable(renderer.widgets[name]) && !UNCOUNTED.has(renderer.widgets[name].type));
}

/** Whether a score is full. A score with no points to reach is never full. */
export function isFull(score) {
    return score.type === "points" && score.total > 0 && score.earned >= score.total;
}

/**
 * A renderer in which widgets that count for nothing are not graded, in its groups too; the renderer itself if it has
 * none.
 */
export function counted(renderer) {
    const changed = Object.entries(renderer.widgets ?? {}).filter(([, widget]) => UNCOUNTED.has(widget?.type) || widget?.type === "group");
    if (changed.length === 0) {
        return renderer;
    }
    const widgets = Object.fromEntries(changed.map(([name, widget]) => [name, UNCOUNTED.has(widget.type) ? {...widget, graded: false} : {...widget, options: counted(widget.options)}]));
    return {...renderer, widgets: {...renderer.widgets, ...widgets}};
}
