/** Widgets in which the learner puts cards in order: sorter, matcher, orderer. */

export function sorter({correct}, tell) {
    if (correct.length < 2) {
        tell("impossible", "one-card", `There ${correct.length === 1 ? "is only one card" : "are no cards"}: nothing can be moved, so the answer never counts as given.`, "correct");
        return undefined;
    }
    if (new Set(correct).size === 1) {
        tell("error", "equal-cards", "All cards read the same: any order is right.", "correct");
    }
    return {options: correct, changed: true};
}

export function matcher({left, right}, tell) {
    if (left.length === 0 || right.length === 0) {
        tell("impossible", "one-card", "A column is empty: there is nothing to match.", left.length === 0 ? "left" : "right");
        return undefined;
    }
    if (left.length !== right.length) {
        tell("error", "lists-of-different-length", `The left column has ${left.length} cards and the right one ${right.length}: they are no pairs.`, left.length < right.length ? "left" : "right");
    } else if (new Set(right).size === 1) {
        tell("error", "equal-cards", right.length === 1 ? "There is only one pair: it is right from the start." : "All cards on the right read the same: any order is right.", "right");
    }
    return {left, right};
}

export function orderer({options, correctOptions}, tell) {
    if (correctOptions.length === 0) {
        tell("impossible", "no-right-answer", "The right order is empty, but learners must place at least one card: they can never be right.", "correctOptions");
        return undefined;
    }
    const bank = new Set(options.map(({content}) => content));
    const missing = correctOptions.findIndex(({content}) => !bank.has(content));
    if (missing >= 0) {
        tell("impossible", "card-unknown", `The right order wants “${correctOptions[missing].content}”, which is not among the cards.`, "correctOptions", missing);
        return undefined;
    }
    return {current: correctOptions.map(({content}) => content)};
}
