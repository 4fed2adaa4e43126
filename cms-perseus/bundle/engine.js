/**
 * Perseus as functions from JSON to JSON: the crate calls one function per verb, with texts in and a text out.
 *
 * An answer is `{done: …}`, or `{refused: [{path, reason}]}` if Perseus's own parser refuses the document. The result
 * for a learner's input is in `{input: …}`, and is one of the two again. Everything else that goes wrong is thrown.
 */
import {beginChance} from "./context/world.js";
import {
    CoreWidgetRegistry,
    isFailure,
    parseAndMigratePerseusArticle,
    parseAndMigratePerseusItem,
    parseAndMigrateUserInputMap,
    splitPerseusItem,
} from "@khanacademy/perseus-core";
import {emptyWidgetsFunctional, isWidgetScoreable} from "@khanacademy/perseus-score";
import {unknownAnswerArea, withAnswerArea} from "./answer-area.js";
import {withBlanks} from "./blanks.js";
import {isExhaustion} from "./context/exhaustion.js";
import {harden} from "./context/harden.js";
import {keep, recall} from "./context/kept.js";
import {lintRenderer} from "./lint.js";
import {readable} from "./notation.js";
import {partOf} from "./parts.js";
import {placed, counted} from "./scored.js";
import {examineItem, examineSection} from "./solve/solve.js";
import {scoreRead} from "./unread.js";
import {unset} from "./unset.js";
import {withhold} from "./withhold.js";

/** The most violations and findings that are reported of one document; an author mends those first. */
const TOLD_MAX = 200;

/** The forms that a document has, and what can be done with each. */
const forms = {
    item: {
        parse: parseItem,
        lint: lintItem,
        examine: examineItem,
        split: splitPerseusItem,
        withhold: withholdItem,
        hints: ({hints}) => hints,
    },
    /** One section, or a list of them. Perseus splits only items, so a section is split like the question of one. */
    article: {
        parse: parseAndMigratePerseusArticle,
        lint: lintArticle,
        examine: examineArticle,
        split: bySection((section) => splitPerseusItem({question: section, hints: []}).question),
        withhold: bySection(withhold),
        hints: () => [],
    },
};

const isWidget = (type) => CoreWidgetRegistry.isWidgetRegistered(type);

/** Parses like Perseus's parser, after moving the answer area of old items into their questions. */
function parseItem(item) {
    const unknown = unknownAnswerArea(item, isWidget);
    return unknown === null ? withTables(read(withAnswerArea(item, isWidget)), item) : {type: "failure", detail: {message: [unknown]}};
}

function read(item) {
    const result = parseAndMigratePerseusItem(item);
    return isFailure(result) ? result : {...result, value: withBlanks(result.value)};
}

/** Tools that items ask for and that today's parser drops: the tables of statistics. The player has them. */
const TABLES = ["chi2Table", "tTable", "zTable"];

function withTables(result, item) {
    const asked = TABLES.filter((table) => item?.answerArea?.[table] === true);
    if (isFailure(result) || asked.length === 0) {
        return result;
    }
    const tables = Object.fromEntries(asked.map((table) => [table, true]));
    return {...result, value: {...result.value, answerArea: {...result.value.answerArea, ...tables}}};
}

const verbs = {
    /**
     * Everything that is asked of a document: its migrated form, its findings, whether it can be solved, its split,
     * its withheld form.
     */
    document(form, text, asked) {
        const {parse, lint, examine, split, withhold, hints} = forms[form];
        return parsed(parse, text, (document) => {
            const wants = JSON.parse(asked);
            return {
                migrated: wants.migrated ? document : undefined,
                findings: wants.findings ? told(lint(document)) : undefined,
                examined: wants.examined ? told([...examine(document), ...unset(document)]) : undefined,
                split: wants.split ? {document: split(document), hints: hints(document)} : undefined,
                withheld: wants.withheld ? {document: withhold(document), hints: hints(document)} : undefined,
            };
        });
    },

    /** An item whose old answer area is a part of its question; null if it has none. */
    modern(text) {
        const item = JSON.parse(text);
        const modern = withAnswerArea(item, isWidget);
        return {done: {item: modern === item ? null : modern}};
    },

    /** Perseus's score of what a learner entered into the question, or into the named graded group. */
    score(text, input, locale, part) {
        return withInput(text, part, input, (renderer, typed) => {
            const asked = counted(renderer);
            const entered = readable(typed, asked.widgets, locale);
            return unlessMissing(
                placed(asked),
                asked.widgets,
                entered,
                () => scoreRead(asked, entered, locale),
                {type: "invalid", message: null, widgetScores: {}},
            );
        });
    },

    /** The names of the widgets that still need an answer. */
    empty(text, input, locale) {
        return withInput(text, "", input, ({content, widgets}, entered) =>
            placed({content, widgets}).filter((name) =>
                unlessMissing(
                    [name],
                    widgets,
                    entered,
                    () => emptyWidgetsFunctional(widgets, [name], entered, locale).length > 0,
                    true,
                ),
            ),
        );
    },

    /** The hints of the question, or the hint of the named graded group; null if there is no such group. */
    hints(text, part) {
        return withItem(text, ({question, hints}) => {
            if (part === "") {
                return {hints};
            }
            const group = partOf(question, part);
            return {hints: group && [group.hint].filter((hint) => hint != null)};
        });
    },
};

function parsed(parse, text, then) {
    const document = JSON.parse(text);
    if (typeof document === "string") {
        // Perseus would take a string for the text of a document.
        return {refused: [{path: [], reason: "At (root) -- expected object, but got a text"}]};
    }
    const result = parse(document);
    return isFailure(result) ? {refused: told(result.detail.message)} : {done: then(result.value)};
}

/** Like `parsed`, for requests that come many times for one item. */
function withItem(text, then) {
    const known = recall(text);
    if (known !== undefined) {
        return {done: then(JSON.parse(known))};
    }
    return parsed(parseItem, text, (item) => {
        keep(text, item);
        return then(item);
    });
}

/**
 * Like `withItem`, with what a learner entered into the question or a part of it. There is no `input` if there is no
 * such part.
 */
function withInput(text, part, input, then) {
    return withItem(text, ({question}) => {
        const renderer = part === "" ? question : partOf(question, part);
        return renderer === null ? {input: null} : {input: parsed(parseAndMigrateUserInputMap, input, (entered) => then(renderer, entered))};
    });
}

/** Some widgets' scorers throw if there is no input. That means an empty widget, not a fault. */
function unlessMissing(names, widgets, entered, work, otherwise) {
    try {
        return work();
    } catch (error) {
        const isMissing = (name) => isWidgetScoreable(widgets[name]) && !Object.hasOwn(entered, name);
        if (isExhaustion(error) || !names.some(isMissing)) {
            throw error;
        }
        return otherwise;
    }
}

function lintItem({question, hints}) {
    const hinted = hints.flatMap((hint, index) => lintRenderer(hint, "exercise", ["hints", index]));
    return [...lintRenderer(question, "exercise", ["question"]), ...hinted];
}

function lintArticle(article) {
    return Array.isArray(article)
        ? article.flatMap((section, index) => lintRenderer(section, "article", [index]))
        : lintRenderer(article, "article", []);
}

function examineArticle(article) {
    return Array.isArray(article)
        ? article.flatMap((section, index) => examineSection(section, [index]))
        : examineSection(article, []);
}

function withholdItem(item) {
    const nothing = {content: "", widgets: {}, images: {}};
    const around = splitPerseusItem({...item, question: nothing, hints: item.hints.map(() => nothing)});
    return {...around, question: withhold(item.question)};
}

function bySection(work) {
    return (article) => (Array.isArray(article) ? article.map(work) : work(article));
}

function told(list) {
    return list.slice(0, TOLD_MAX);
}

globalThis.perseus = (verb, ...texts) => {
    beginChance();
    return JSON.stringify(verbs[verb](...texts));
};

harden();
