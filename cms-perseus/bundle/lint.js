/**
 * Perseus's linter over a renderer and the renderers inside it, each finding with the place that it speaks of.
 *
 * The linter itself tells no place but offsets within a piece of its syntax tree. The rules are therefore asked
 * through a thin wrapper that sees the node they look at.
 */
import {rules, runLinter} from "@khanacademy/perseus-linter";
import {parse} from "@khanacademy/pure-markdown";
import {isExhaustion} from "./context/exhaustion.js";
import {spanOf} from "./spans.js";

/** Renderers inside renderers may be nested so deep; the parser of items allows more. */
const DEPTH_MAX = 8;

const SEVERITIES = {1: "error", 2: "warning", 3: "guideline"};

/** The first thing that a rule threw; the linter itself makes a finding of it. */
let failure = null;

/** The rules by the types of node that their selectors end in; the linter would ask each of each node. */
const byType = Map.groupBy(
    rules.map(watched).flatMap((watched) => lastTypes(watched.rule).map((type) => ({type, ...watched}))),
    ({type}) => type,
);
const ofAll = byType.get("*") ?? [];

/** `list paragraph, math` may match a paragraph and a formula. */
function lastTypes({selector}) {
    return String(selector).split(",").map((one) => one.trim().split(/[\s>+~]+/).at(-1));
}

/** A rule, noting what was thrown inside it. */
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

/** All rules as one, which keeps what they find, and the widget that it is of. */
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

/** The findings on a renderer at a path, and on those inside its widgets. */
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
        // A rule that ran out of something found nothing out.
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

/** The rule's own failure is told without the trace, which names lines of a bundle. */
function withoutTrace({rule, message}) {
    return rule === "lint-rule-failure" ? message.split("\n")[0] : message;
}

/** The renderers that a widget's options hold. */
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
