/**
 * Renderers inside renderers: groups, and graded groups, which are scored by themselves.
 *
 * The name of a part is the way to it: names of widgets and, after a set, the position of a group in it, counted from
 * 0, with slashes between them: `graded-group 1`, `graded-group-set 1/0`, `group 1/graded-group 2`.
 */

/** The renderers directly inside one, with their paths. `isGraded` is true for those that are scored by themselves. */
export function innerParts(renderer, path) {
    return Object.entries(renderer?.widgets ?? {}).flatMap(([name, widget]) => {
        const at = [...path, "widgets", name, "options"];
        switch (widget?.type) {
            case "group":
                return [{part: widget.options, at, isGraded: false}];
            case "graded-group":
                return [{part: widget.options, at, isGraded: true}];
            case "graded-group-set":
                return (widget.options.gradedGroups ?? []).map((part, index) => ({part, at: [...at, "gradedGroups", index], isGraded: true}));
            default:
                return [];
        }
    });
}

/** The graded group of a renderer with this name; null if there is none. */
export function partOf(renderer, name) {
    const steps = name.split("/");
    let here = renderer;
    let isGraded = false;
    while (steps.length > 0) {
        const step = steps.shift();
        const widget = Object.hasOwn(here?.widgets ?? {}, step) ? here.widgets[step] : null;
        if (widget?.type === "graded-group-set") {
            const position = steps.shift() ?? "";
            here = /^\d{1,4}$/.test(position) ? widget.options.gradedGroups?.[Number(position)] : null;
        } else {
            here = widget?.type === "group" || widget?.type === "graded-group" ? widget.options : null;
        }
        isGraded = widget?.type !== "group";
        if (here == null) {
            return null;
        }
    }
    return isGraded ? here : null;
}
