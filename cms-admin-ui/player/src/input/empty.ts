/**
 * Which widgets still need an answer, determined in the same way for every type.
 *
 * Perseus reports it only for some types. For the others its scorer says that the answer is invalid, each in words of
 * its own or without any. An input that the scorer would accept is an answer even if it looks empty: a coefficient
 * that is left out is 1.
 */
import type {PerseusWidget, PerseusWidgetsMap, UserInputMap} from "@khanacademy/perseus-core";
import {emptyWidgetsFunctional, isWidgetScoreable} from "@khanacademy/perseus-score";
import type {Fields, Json} from "../protocol";

/** The names among `ids` of the widgets that a learner left empty. */
export function emptyParts(widgets: PerseusWidgetsMap, ids: readonly string[], input: UserInputMap, locale: string): string[] {
    return ids.filter((id) => {
        const widget: PerseusWidget | undefined = (widgets as Record<string, PerseusWidget>)[id];
        if (!widget || !isWidgetScoreable(widget)) {
            return false;
        }
        const value = (input as unknown as Fields)[id] ?? null;
        const isBlank = Object.hasOwn(BLANK, widget.type) ? BLANK[widget.type] : undefined;
        // Perseus asks some types without checking that there is any input.
        return value === null || isBlank?.(value, widget.options as unknown as Fields, locale) || emptyWidgetsFunctional(widgets, [id], input, locale).length > 0;
    });
}

/** The names of the widgets that a text places. A learner never sees the others. */
export function placed(content: string, widgets: PerseusWidgetsMap): string[] {
    return Object.keys(widgets).filter((id) => content.includes(`[[☃ ${id}]]`));
}

type Test = (value: Json, options: Fields, locale: string) => boolean;

const isTyped: Test = (value, {coefficient}) => coefficient !== true && isBlankText(fieldsOf(value).currentValue);
const isUndrawn: Test = (value) => {
    const {type, coords, center, radius} = fieldsOf(value);
    return type !== "none" && !coords && !(center && radius);
};

const BLANK: Record<string, Test> = {
    "numeric-input": isTyped,
    "input-number": isTyped,
    "free-response": (value) => isBlankText(fieldsOf(value).currentValue),
    expression: isBlankText,
    // A matrix smaller than its board is an answer too: only the rows and columns that were reached count.
    matrix: (value) => {
        const {answers} = fieldsOf(value);
        const rows = Array.isArray(answers) ? answers.map((row) => (Array.isArray(row) ? row : [])) : [];
        const width = Math.max(1, ...rows.map((row) => row.findLastIndex((cell) => !isBlankText(cell)) + 1));
        const height = Math.max(1, rows.findLastIndex((row) => !row.every(isBlankText)) + 1);
        return Array.from({length: height}).some((_, row) => Array.from({length: width}).some((__, column) => isBlankText(rows[row]?.[column])));
    },
    categorizer: (value, {items}) => {
        const {values} = fieldsOf(value);
        return Array.isArray(items) && items.some((_, index) => !Array.isArray(values) || (values[index] ?? null) === null);
    },
    // In their opening order the cards are never right, unless they are all alike.
    matcher: (value, {left, right}) => {
        const placed = fieldsOf(value);
        const isAlike = Array.isArray(right) && new Set(right).size < 2;
        return !isAlike && JSON.stringify([placed.left, placed.right]) === JSON.stringify([left, right]);
    },
    "interactive-graph": isUndrawn,
    grapher: isUndrawn,
    group: (value, options, locale) => {
        const widgets = fieldsOf(options.widgets ?? null) as unknown as PerseusWidgetsMap;
        return emptyParts(widgets, placed(String(options.content), widgets), fieldsOf(value) as unknown as UserInputMap, locale).length > 0;
    },
};

function isBlankText(value: Json | undefined): boolean {
    return value === undefined || value === null || String(value).trim() === "";
}

function fieldsOf(value: Json): Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
