/** Which widgets of a renderer count for its score here. */
import {getWidgetIdsFromContent} from "@khanacademy/perseus-core";
import {isWidgetScoreable} from "@khanacademy/perseus-score";

/**
 * Frames of other sites say themselves whether the learner was right, and anybody can say it in their stead; where nothing from
 * elsewhere is shown they say nothing, and the question could never be solved. What stands for a widget that is no more would be right
 * whatever one does. They count for nothing.
 */
const UNCOUNTED = new Set(["iframe", "cs-program", "deprecated-standin"]);

/** The names of the widgets that a text places and that are there, each once, in its order. */
export function placed({content, widgets}) {
    return [...new Set(getWidgetIdsFromContent(content))].filter((name) => Object.hasOwn(widgets ?? {}, name));
}

/** The names of those that are scored. */
export function scoredHere(renderer) {
    return placed(renderer).filter((name) => isWidgetScoreable(renderer.widgets[name]) && !UNCOUNTED.has(renderer.widgets[name].type));
}

/** Whether a score is all that there is to get; nothing to get is never all. */
export function isFull(score) {
    return score.type === "points" && score.total > 0 && score.earned >= score.total;
}

/** A renderer in which what counts for nothing is not graded, in its groups too; itself where it has none. */
export function counted(renderer) {
    const changed = Object.entries(renderer.widgets ?? {}).filter(([, widget]) => UNCOUNTED.has(widget?.type) || widget?.type === "group");
    if (changed.length === 0) {
        return renderer;
    }
    const widgets = Object.fromEntries(changed.map(([name, widget]) => [name, UNCOUNTED.has(widget.type) ? {...widget, graded: false} : {...widget, options: counted(widget.options)}]));
    return {...renderer, widgets: {...renderer.widgets, ...widgets}};
}
