/** Widgets in which the learner chooses: radio, dropdown, categorizer, label-image. */

const same = (text) => String(text).trim().replace(/\s+/g, " ");

/** The first pair of texts that look the same, but of which only one is right. */
function equalPair(choices) {
    for (const [index, one] of choices.entries()) {
        const other = choices.findIndex(({content, correct}, at) => at > index && same(content) === same(one.content) && Boolean(correct) !== Boolean(one.correct));
        if (other >= 0) {
            return [index, other];
        }
    }
    return null;
}

function tellChoices(choices, tell) {
    if (choices.length === 0) {
        tell("impossible", "no-choices", "There is nothing to choose.", "choices");
        return false;
    }
    const right = choices.filter(({correct}) => correct).length;
    if (right === 0) {
        tell("impossible", "no-right-choice", "No choice is marked correct: whatever learners choose is wrong.", "choices");
        return false;
    }
    const pair = equalPair(choices);
    if (pair !== null) {
        tell("error", "equal-choices", `Choices ${pair[0] + 1} and ${pair[1] + 1} read the same, and only one of them is right: learners can't tell which.`, "choices", pair[1]);
    }
    return true;
}

export function radio({choices, multipleSelect, countChoices, hasNoneOfTheAbove}, tell) {
    if (!tellChoices(choices, tell)) {
        return undefined;
    }
    const right = choices.filter(({correct}) => correct);
    const none = choices.find(({isNoneOfTheAbove}) => isNoneOfTheAbove);
    if (right.length > 1 && !multipleSelect) {
        tell("impossible", "several-right", `${right.length} choices are marked correct, but learners can choose only one: they can never be right. Allow several, or leave one.`, "choices");
        return undefined;
    }
    if (none?.correct && right.length > 1) {
        tell("impossible", "none-and-others", "“None of the above” and other choices are all marked correct: they can't be chosen together.", "choices");
        return undefined;
    }
    if (choices.length === 1 && !hasNoneOfTheAbove) {
        tell("warning", "one-choice", "There is only one choice, and it is right.", "choices");
    }
    if (multipleSelect && countChoices === false && right.length === choices.length) {
        tell("warning", "all-right", "Every choice is marked correct.", "choices");
    }
    const empty = choices.findIndex(({content, isNoneOfTheAbove}) => !isNoneOfTheAbove && same(content) === "");
    if (empty >= 0) {
        tell("warning", "empty-choice", `Choice ${empty + 1} has no text.`, "choices", empty);
    }
    return {selectedChoiceIds: right.map(({id}) => id)};
}

export function dropdown({choices}, tell) {
    if (!tellChoices(choices, tell)) {
        return undefined;
    }
    if (choices.filter(({correct}) => correct).length > 1) {
        tell("warning", "several-right", "Several choices are marked correct: each of them alone is scored as right.", "choices");
    }
    return {value: choices.findIndex(({correct}) => correct) + 1};
}

export function categorizer({items, categories, values}, tell) {
    if (items.length === 0 || categories.length === 0) {
        tell("impossible", "nothing-to-sort", items.length === 0 ? "There is nothing to sort." : "There are no categories to sort into.", items.length === 0 ? "items" : "categories");
        return undefined;
    }
    const wrong = items.findIndex((_, index) => values[index] != null && !(Number.isInteger(values[index]) && values[index] >= 0 && values[index] < categories.length));
    if (wrong >= 0) {
        tell("impossible", "category-unknown", `“${items[wrong]}” belongs to category number ${values[wrong] + 1}, and there are ${categories.length}.`, "values", wrong);
        return undefined;
    }
    if (values.length > items.length) {
        tell("impossible", "lists-of-different-length", `${values.length} categories are stored for ${items.length} items: the last can never be given.`, "values");
        return undefined;
    }
    const missing = values.findIndex((value) => value == null);
    if (missing >= 0) {
        tell("impossible", "category-missing", `“${items[missing]}” has no category, but learners must choose one: they can never be right.`, "values", missing);
        return undefined;
    }
    if (values.length < items.length) {
        tell("error", "lists-of-different-length", `“${items[values.length]}” has no category, so any is right.`, "values");
    }
    const seen = new Map();
    categories.forEach((category, index) => {
        const before = seen.get(same(category));
        if (before !== undefined) {
            tell("error", "equal-choices", `Categories ${before + 1} and ${index + 1} read the same: learners can't tell which is right.`, "categories", index);
        }
        seen.set(same(category), index);
    });
    return {values: items.map((_, index) => values[index] ?? 0)};
}

export function labelImage({choices, markers, multipleAnswers}, tell) {
    if (markers.length === 0) {
        tell("error", "nothing-to-label", "There are no markers on the picture: whatever learners do is scored as right.", "markers");
        return {markers: []};
    }
    let isPossible = true;
    markers.forEach(({answers, label, x, y}, index) => {
        const name = label ? `“${label}”` : `number ${index + 1}`;
        const unknown = answers.find((answer) => !choices.includes(answer));
        const problem =
            // In hundredths of the picture.
            x < 0 || x > 100 || y < 0 || y > 100 ? ["out-of-range", `Marker ${name} lies outside of the picture, where learners can't reach it.`]
            : answers.length === 0 ? ["label-missing", `Marker ${name} has no right label, but learners must choose one: they can never be right.`]
            : unknown !== undefined ? ["label-unknown", `Marker ${name} wants “${unknown}”, which is not among the choices.`]
            : answers.length > 1 && !multipleAnswers ? ["several-right", `Marker ${name} wants ${answers.length} labels, but learners can choose only one.`]
            : null;
        if (problem !== null) {
            isPossible = false;
            tell("impossible", ...problem, "markers", index);
        }
    });
    return isPossible ? {markers: markers.map(({label, answers}) => ({label, selected: answers}))} : undefined;
}
