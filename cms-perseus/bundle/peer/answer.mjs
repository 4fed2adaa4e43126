/** What the npm packages make of one document. */
import {
    getWidgetIdsFromContent,
    isFailure,
    parseAndMigratePerseusArticle,
    parseAndMigratePerseusItem,
    parseAndMigrateUserInputMap,
    splitPerseusItem,
} from "@khanacademy/perseus-core";
import {lintPerseusArticle, lintPerseusItem} from "@khanacademy/perseus-linter";
import {emptyWidgetsFunctional, scorePerseusItem} from "@khanacademy/perseus-score";
import {withBlanks} from "../blanks.js";
import {counted} from "../scored.js";
import {storedAnswers, wrong} from "./stored-answers.mjs";

const LOCALES = ["en", "de"];

/**
 * `{name, refused}`, or `{name, migrated, split, findings, scores: [{input, locale, score, empty | refused}]}`.
 *
 * The given inputs are tried, and also the stored answers, the same with something wrong, and an empty input.
 */
export function answer({name, form, document, inputs = []}) {
    const parse = form === "article" ? parseAndMigratePerseusArticle : parseAndMigratePerseusItem;
    const result = parse(document);
    if (isFailure(result)) {
        return {name, refused: result.detail.message};
    }
    const migrated = result.value;
    if (form === "article") {
        return {name, migrated, findings: lintPerseusArticle(migrated).flat().map(told), scores: []};
    }
    const {question, hints} = lintPerseusItem(migrated);
    const stored = storedAnswers(migrated.question);
    const attempts = [...inputs, stored, wrong(stored), {}];
    return {
        name,
        migrated,
        split: splitPerseusItem(migrated),
        findings: [question, ...hints].flat().map(told),
        // What counts for nothing in the engine is not graded here either.
        scores: attempts.flatMap((input) => LOCALES.map((locale) => scored(counted(withBlanks(migrated).question), input, locale))),
    };
}

function told({rule, message}) {
    return {rule, message: rule === "lint-rule-failure" ? message.split("\n")[0] : message};
}

function scored(question, input, locale) {
    const result = parseAndMigrateUserInputMap(input);
    if (isFailure(result)) {
        return {input, locale, refused: result.detail.message};
    }
    const placed = getWidgetIdsFromContent(question.content).filter((name) => name in question.widgets);
    const score = tried(() => scorePerseusItem(question, result.value, locale));
    const empty = tried(() => emptyWidgetsFunctional(question.widgets, placed, result.value, locale));
    return {input, locale, score, empty};
}

/** Perseus's answer; null if it throws, as it does for some widgets without input. */
function tried(work) {
    try {
        return work();
    } catch {
        return null;
    }
}
