/** Which widgets of a renderer count for its score here. */
import {getWidgetIdsFromContent} from "@khanacademy/perseus-core";
import {isWidgetScoreable} from "@khanacademy/perseus-score";

/**
 * Frames of other sites say themselves whether the learner was right, and anybody can say it in their stead; where nothing from
 * elsewhere is shown they say nothing, and the question could never be solved. They count for nothing.
 */
const FRAMES = new Set(["iframe", "cs-program"]);

/** The names of the widgets that a text places and that are there, each once, in its order. */
export function placed({content, widgets}) {
    return [...new Set(getWidgetIdsFromContent(content))].filter((name) => Object.hasOwn(widgets ?? {}, name));
}

/** The names of those that are scored. */
export function scoredHere(renderer) {
    return placed(renderer).filter((name) => isWidgetScoreable(renderer.widgets[name]) && !FRAMES.has(renderer.widgets[name].type));
}

/** Whether a score is all that there is to get; nothing to get is never all. */
export function isFull(score) {
    return score.type === "points" && score.total > 0 && score.earned >= score.total;
}

/** A renderer whose frames count for nothing, those in its groups too; itself where it has none. */
export function withoutFrames(renderer) {
    const changed = Object.entries(renderer.widgets ?? {}).filter(([, widget]) => FRAMES.has(widget?.type) || widget?.type === "group");
    if (changed.length === 0) {
        return renderer;
    }
    const widgets = Object.fromEntries(changed.map(([name, widget]) => [name, FRAMES.has(widget.type) ? {...widget, graded: false} : {...widget, options: withoutFrames(widget.options)}]));
    return {...renderer, widgets: {...renderer.widgets, ...widgets}};
}
