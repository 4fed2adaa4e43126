/**
 * What Perseus's own split leaves in and a learner is not to see. Found by changing every field of a corpus in turn and
 * looking for a difference in what the split makes of it.
 *
 * What stays, since a learner sees it anyhow: static widgets whole, the texts of explanations and definitions, the
 * forms in which a number is wanted, the keys that an expression needs.
 */
import {CoreWidgetRegistry, splitPerseusItem} from "@khanacademy/perseus-core";
import {openingOf} from "./opening.js";

/** A renderer with answers as one without, in the form that Perseus parses. */
export function withhold(renderer) {
    const {question} = splitPerseusItem({question: renderer, hints: []});
    const widgets = Object.entries(question.widgets ?? {}).map(([name, widget]) => [
        name,
        withholdWidget(widget, renderer.widgets[name].options),
    ]);
    return {...question, widgets: Object.fromEntries(widgets)};
}

/** `was` are the widget's options as its author left them: the split has moved cards already, and looked into groups. */
function withholdWidget(widget, was) {
    if (widget.static && CoreWidgetRegistry.isWidgetRegistered(widget.type)) {
        return widget;
    }
    const {options} = widget;
    const change = CHANGES[widget.type];
    if (change !== undefined) {
        return {...widget, options: change(options, was)};
    }
    // Of an unknown widget nobody knows what its options tell.
    return CoreWidgetRegistry.isWidgetRegistered(widget.type) ? widget : {...widget, options: {}};
}

/** By the type of widget, its options without what tells of answers. */
const CHANGES = {
    // Stands for widgets that are no more, with all that those had.
    "deprecated-standin": () => ({}),
    // How it is marked; the rest is the question itself. Perseus splits it, but does not register it as a widget of its own.
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
    // The split looks into this one as into a question, whose inner groups it leaves; here its cards are wanted as they were.
    group: (_, was) => withhold(was),
    // The graph to begin with has the same fields as the right one; where it begins stands in `startCoords`.
    "interactive-graph": ({graph, ...options}) => ({...options, graph: graph && withholdGraph(graph)}),
    // How near an answer must be.
    "input-number": ({inexact, maxError, ...options}) => options,
    // How many wrong answers there are, and in which order answers are tried.
    "numeric-input": ({answers, ...options}) => ({
        ...options,
        answers: distinct(answers.filter(({status}) => status === "correct")),
    }),
    // The first card stays first in the split: it is the smallest, or the match of the first.
    matcher: (options, was) => ({...options, ...cardsOf("matcher", was, ["left", "right"])}),
    sorter: (options, was) => ({...options, ...cardsOf("sorter", was, ["correct"])}),
    orderer: (options, was) => ({...options, ...cardsOf("orderer", was, ["options"])}),
};

/** The lists of cards of a widget, as they lie at first. */
function cardsOf(type, was, lists) {
    const opening = openingOf(type, was);
    return Object.fromEntries(lists.map((list) => [list, opening[list]]));
}

/** That there is a hint is told; it is given when it is asked for. */
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
