/**
 * Removes what Perseus's own split leaves in and a learner must not see. It was found by changing every field of a
 * corpus in turn and looking for a difference in the result of the split.
 *
 * What stays is what a learner sees anyway: static widgets whole, the texts of explanations and definitions, the
 * forms in which a number is wanted, the keys that an expression needs.
 */
import {CoreWidgetRegistry, splitPerseusItem} from "@khanacademy/perseus-core";
import {openingOf} from "./opening.js";

/** A renderer with answers turned into one without, in the form that Perseus parses. */
export function withhold(renderer) {
    const {question} = splitPerseusItem({question: renderer, hints: []});
    const widgets = Object.entries(question.widgets ?? {}).map(([name, widget]) => [
        name,
        withholdWidget(widget, renderer.widgets[name].options),
    ]);
    return {...question, widgets: Object.fromEntries(widgets)};
}

/**
 * `was` are the widget's options as its author left them, because the split has already moved cards and looked into
 * groups.
 */
function withholdWidget(widget, was) {
    if (widget.static && CoreWidgetRegistry.isWidgetRegistered(widget.type)) {
        return widget;
    }
    const {options} = widget;
    const change = CHANGES[widget.type];
    if (change !== undefined) {
        return {...widget, options: change(options, was)};
    }
    // Nobody knows what the options of an unknown widget reveal.
    return CoreWidgetRegistry.isWidgetRegistered(widget.type) ? widget : {...widget, options: {}};
}

/** By the type of widget, its options without what reveals answers. */
const CHANGES = {
    // The stand-in for widgets that no longer exist, with all the options that those had.
    "deprecated-standin": () => ({}),
    // This removes how it is marked; the rest is the question itself. Perseus splits it, but does not register it as
    // a widget of its own.
    "free-response": ({allowUnlimitedCharacters, characterLimit, placeholder, question}) => ({
        allowUnlimitedCharacters,
        characterLimit,
        placeholder,
        question,
        scoringCriteria: [],
    }),
    // The split does not look into these three.
    "graded-group": withholdGroup,
    "graded-group-set": ({gradedGroups, ...options}) => ({
        ...options,
        gradedGroups: gradedGroups.map(withholdGroup),
    }),
    explanation: (options) => ({...options, widgets: withhold({content: "", widgets: options.widgets}).widgets}),
    // The split looks into this one as into a question, and leaves its inner groups. Here its cards are needed as
    // they were.
    group: (_, was) => withhold(was),
    // The initial graph has the same fields as the right one; where it begins is in `startCoords`.
    "interactive-graph": ({graph, ...options}) => ({...options, graph: graph && withholdGraph(graph)}),
    // This removes how near an answer must be.
    "input-number": ({inexact, maxError, ...options}) => options,
    // This removes how many wrong answers there are, and in which order answers are tried.
    "numeric-input": ({answers, ...options}) => ({
        ...options,
        answers: distinct(answers.filter(({status}) => status === "correct")),
    }),
    // The split leaves the first card first: it is the smallest one, or the match of the first.
    matcher: (options, was) => ({...options, ...cardsOf("matcher", was, ["left", "right"])}),
    sorter: (options, was) => ({...options, ...cardsOf("sorter", was, ["correct"])}),
    orderer: (options, was) => ({...options, ...cardsOf("orderer", was, ["options"])}),
};

/** The lists of cards of a widget, in their opening order. */
function cardsOf(type, was, lists) {
    const opening = openingOf(type, was);
    return Object.fromEntries(lists.map((list) => [list, opening[list]]));
}

/** This keeps that there is a hint; the hint itself is given when the learner asks for it. */
function withholdGroup(group) {
    return {...withhold(group), hint: group.hint == null ? null : {content: "", widgets: {}, images: {}}};
}

function withholdGraph({coords, coord, center, radius, asymptote, match, ...graph}) {
    return graph;
}

function distinct(answers) {
    const texts = new Set(answers.map((answer) => JSON.stringify(answer)));
    return [...texts].sort().map((text) => JSON.parse(text));
}
