/**
 * Runs Perseus's linter over a renderer and the renderers inside it, and reports each finding with its place.
 *
 * The linter reports no place except offsets within a piece of its syntax tree. So the rules are called through a
 * thin wrapper that sees the node at which they look.
 */
import {rules, runLinter} from "@khanacademy/perseus-linter";
import {parse} from "@khanacademy/pure-markdown";
import {isExhaustion} from "./context/exhaustion.js";
import {spanOf} from "./spans.js";

/** How deep renderers inside renderers are linted; the parser of items allows more. */
const DEPTH_MAX = 8;

const SEVERITIES = {1: "error", 2: "warning", 3: "guideline"};

/** The first exception from a rule; the linter itself turns it into a finding. */
let failure = null;

/** The rules by the types of node in which their selectors end; the linter would call each rule for each node. */
const byType = Map.groupBy(
    rules.map(watched).flatMap((watched) => lastTypes(watched.rule).map((type) => ({type, ...watched}))),
    ({type}) => type,
);
const ofAll = byType.get("*") ?? [];

/** `list paragraph, math` may match a paragraph and a formula. */
function lastTypes({selector}) {
    return String(selector).split(",").map((one) => one.trim().split(/[\s>+~]+/).at(-1));
}

/** A rule that notes exceptions inside it. */
function watched(rule) {
    const inner = Object.create(rule);
    inner.lint = (...seen) => {
        try {
            return rule.lint(...seen);
        } catch (error) {
            failure ??= error;
            throw error;
        }
    };
    return {rule, inner};
}

/** All rules as one, which collects their findings and the widget of each. */
function gather(context, warnings) {
    const applicable = new Map();
    const rulesOf = (type) => {
        const known = applicable.get(type);
        if (known !== undefined) {
            return known;
        }
        const own = [...(byType.get(type) ?? []), ...ofAll].filter(({rule}) => rule.applies(context));
        applicable.set(type, own);
        return own;
    };
    return {
        applies: () => true,
        check(current, state, content, seen) {
            for (const {inner} of rulesOf(current.type)) {
                const warning = inner.check(current, state, content, seen);
                if (warning) {
                    const target = content.substring(warning.start, warning.end);
                    warnings.push({...warning, target, place: place(current)});
                }
            }
            return null;
        },
    };
}

function place(current) {
    return current.type === "widget" && typeof current.id === "string" ? current.id : null;
}

/** The findings on a renderer at a path, and on the renderers inside its widgets. */
export function lintRenderer(renderer, contentType, path, depth = 0) {
    if (renderer == null || typeof renderer.content !== "string" || depth > DEPTH_MAX) {
        return [];
    }
    const {content} = renderer;
    const widgets = renderer.widgets ?? {};
    const found = lintText(content, widgets, contentType, path, "content");
    for (const [name, widget] of Object.entries(widgets)) {
        const inner = [...path, "widgets", name, "options"];
        found.push(...lintInside(widget?.type, widget?.options ?? {}, contentType, inner, depth + 1));
    }
    return found;
}

function lintText(content, widgets, contentType, path, field) {
    failure = null;
    const context = {content, widgets, stack: [], contentType};
    const warnings = [];
    runLinter(parse(content), context, false, [gather(context, warnings)]);
    if (failure !== null && isExhaustion(failure)) {
        // A rule that ran out of memory or stack has found nothing out.
        throw failure;
    }
    return warnings.map((warning) => {
        const named = warning.place !== null && Object.hasOwn(widgets, warning.place);
        const finding = {
            rule: warning.rule,
            severity: SEVERITIES[warning.severity] ?? "guideline",
            message: withoutTrace(warning).toWellFormed(),
            path: named ? [...path, "widgets", warning.place] : [...path, field],
        };
        const span = named ? null : spanOf(content, warning.target);
        return span === null ? finding : {...finding, span};
    });
}

/** A rule's own failure is reported without the trace, which names lines of a bundle. */
function withoutTrace({rule, message}) {
    return rule === "lint-rule-failure" ? message.split("\n")[0] : message;
}

/** The findings on the renderers in a widget's options. */
function lintInside(type, options, contentType, path, depth) {
    const whole = (renderer, ...more) => lintRenderer(renderer, contentType, [...path, ...more], depth);
    const text = (holder, field, widgets, ...more) =>
        typeof holder?.[field] === "string" && depth <= DEPTH_MAX
            ? lintText(holder[field], widgets ?? {}, contentType, [...path, ...more], field)
            : [];
    switch (type) {
        case "group":
            return whole(options);
        case "graded-group":
            return [...whole(options), ...whole(options.hint, "hint")];
        case "graded-group-set":
            return (options.gradedGroups ?? []).flatMap((group, index) => [
                ...whole(group, "gradedGroups", index),
                ...whole(group?.hint, "gradedGroups", index, "hint"),
            ]);
        case "explanation":
            return text(options, "explanation", options.widgets);
        case "definition":
            return text(options, "definition");
        case "radio":
            return (options.choices ?? []).flatMap((choice, index) => [
                ...text(choice, "content", options.widgets, "choices", index),
                ...text(choice, "rationale", options.widgets, "choices", index),
            ]);
        default:
            return [];
    }
}
