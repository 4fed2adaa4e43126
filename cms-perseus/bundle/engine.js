/**
 * Perseus as functions from JSON to JSON: what the crate calls, one function a verb, texts in and a text out.
 *
 * An answer is `{done: …}`, or `{refused: [{path, reason}]}` where Perseus's own parser refuses the document. What was
 * made of a learner's input stands in `{input: …}` and is one of the two again. Everything else that goes wrong is thrown.
 */
import {beginChance} from "./world.js";
import {
    getWidgetIdsFromContent,
    isFailure,
    parseAndMigratePerseusArticle,
    parseAndMigratePerseusItem,
    parseAndMigrateUserInputMap,
    splitPerseusItem,
} from "@khanacademy/perseus-core";
import {emptyWidgetsFunctional, isWidgetScoreable, scorePerseusItem} from "@khanacademy/perseus-score";
import {isExhaustion} from "./exhaustion.js";
import {harden} from "./harden.js";
import {keep, recall} from "./kept.js";
import {lintRenderer} from "./lint.js";
import {withhold} from "./withhold.js";

/** So many violations and findings are told of one document; an author mends those first. */
const TOLD_MAX = 200;

/** What a document is, and what is done with each. */
const forms = {
    item: {
        parse: parseAndMigratePerseusItem,
        lint: lintItem,
        split: splitPerseusItem,
        withhold: withholdItem,
        hints: ({hints}) => hints,
    },
    /** One section, or a list of them. Perseus splits items only: a section is split as the question of one. */
    article: {
        parse: parseAndMigratePerseusArticle,
        lint: lintArticle,
        split: bySection((section) => splitPerseusItem({question: section, hints: []}).question),
        withhold: bySection(withhold),
        hints: () => [],
    },
};

const verbs = {
    /** Whatever is asked for of a document: itself migrated, its findings, its split, its withheld form. */
    document(form, text, asked) {
        const {parse, lint, split, withhold, hints} = forms[form];
        return parsed(parse, text, (document) => {
            const wants = JSON.parse(asked);
            return {
                migrated: wants.migrated ? document : undefined,
                findings: wants.findings ? told(lint(document)) : undefined,
                split: wants.split ? {document: split(document), hints: hints(document)} : undefined,
                withheld: wants.withheld ? {document: withhold(document), hints: hints(document)} : undefined,
            };
        });
    },

    /** Perseus's score of what a learner entered. */
    score(text, input, locale) {
        return withInput(text, input, ({question}, entered) =>
            unlessMissing(
                placed(question.content, question.widgets),
                question.widgets,
                entered,
                () => scorePerseusItem(question, entered, locale),
                {type: "invalid", message: null, widgetScores: {}},
            ),
        );
    },

    /** The names of the widgets that still want an answer. */
    empty(text, input, locale) {
        return withInput(text, input, ({question: {content, widgets}}, entered) =>
            placed(content, widgets).filter((name) =>
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

    /** The hint at a position, from 0; null past the last. */
    hint(text, position) {
        return withItem(text, (item) => ({hint: item.hints[Number(position)] ?? null}));
    },
};

function parsed(parse, text, then) {
    const document = JSON.parse(text);
    if (typeof document === "string") {
        // Perseus would take it for the text of a document.
        return {refused: [{path: [], reason: "At (root) -- expected object, but got a text"}]};
    }
    const result = parse(document);
    return isFailure(result) ? {refused: told(result.detail.message)} : {done: then(result.value)};
}

/** As `parsed`, for what is asked of one item again and again. */
function withItem(text, then) {
    const known = recall(text);
    if (known !== undefined) {
        return {done: then(JSON.parse(known))};
    }
    return parsed(parseAndMigratePerseusItem, text, (item) => {
        keep(text, item);
        return then(item);
    });
}

function withInput(text, input, then) {
    return withItem(text, (item) => ({
        input: parsed(parseAndMigrateUserInputMap, input, (entered) => then(item, entered)),
    }));
}

/** The names of the widgets that a text places; Perseus scores no other. */
function placed(content, widgets) {
    return getWidgetIdsFromContent(content).filter((name) => Object.hasOwn(widgets, name));
}

/** Some widgets' scorers throw where there is no input: that is an empty widget, and no fault. */
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
