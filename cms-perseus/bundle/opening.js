/**
 * How the cards of a sorter, a matcher and an orderer lie before anyone has moved one.
 *
 * Invariants:
 * 1. They are never solved and never as the author laid them, as far as the cards allow: two cards have only one
 *    other order, and equal cards have none.
 * 2. The order depends only on the cards' texts, so that it is the same for everyone and at every publish. The
 *    solution matters only if that order happens to be the solution, so that nothing can be learned from it
 *    otherwise.
 *
 * Sorting the cards by their texts would not do, because many are solved by that order. Nothing is imported here,
 * because the player opens drafts by the same rules.
 */

/** The most orders to try; for two cards, every second one will do. */
const TRIES_MAX = 100;

/** By the type of widget, its options with the cards in their opening order. */
const OPENINGS = {
    sorter: (options) => ({
        ...options,
        correct: laid(options.correct, "", [(cards) => !isSame(cards, options.correct)]),
    }),
    // Only the bank: the learner's own row begins empty.
    orderer: (options) => ({
        ...options,
        options: laid(options.options, "", [
            (cards) => !isInOrder(cards, options.correctOptions ?? []),
            (cards) => !isSame(cards, options.options),
        ]),
    }),
    matcher(options) {
        const left = options.orderMatters
            ? laid(options.left, "left", [(cards) => !isSame(cards, options.left)])
            : options.left;
        const right = laid(options.right, "right", [
            (cards) => !isSame(left, options.left) || !isSame(cards, options.right),
            (cards) => !isMatched(left, cards, options),
            (cards) => !isSame(cards, options.right),
        ]);
        return {...options, left, right};
    },
};

/** The options of a widget of a type, including its answers, with the cards in their opening order. */
export function openingOf(type, options) {
    return Object.hasOwn(OPENINGS, type) ? OPENINGS[type](options) : options;
}

/** A shown renderer with its cards in their opening order; `whole` is the same renderer with its answers. */
export function opened(shown, whole) {
    const widgets = Object.entries(shown.widgets ?? {}).map(([name, widget]) => {
        const was = whole.widgets?.[name];
        return [name, was?.options && !widget.static ? {...widget, options: openedOptions(widget, was.options)} : widget];
    });
    return {...shown, widgets: Object.fromEntries(widgets)};
}

function openedOptions({type, options}, was) {
    if (type === "matcher") {
        const {left, right} = openingOf(type, was);
        return {...options, left, right};
    }
    if (type === "sorter") {
        return {...options, correct: openingOf(type, was).correct};
    }
    if (type === "orderer") {
        return {...options, options: openingOf(type, was).options};
    }
    if (Array.isArray(options?.gradedGroups)) {
        return {...options, gradedGroups: options.gradedGroups.map((group, index) => opened(group, was.gradedGroups[index]))};
    }
    return options?.widgets ? opened(options, was) : options;
}

/**
 * Cards in the first order that passes all tests. If none does, in the order that passes the most tests before it
 * fails one.
 */
function laid(cards, salt, tests) {
    if (!Array.isArray(cards) || cards.length < 2) {
        return cards;
    }
    const sorted = [...cards].sort((one, other) => (textOf(one) < textOf(other) ? -1 : Number(textOf(one) > textOf(other))));
    const chance = chanceOf(JSON.stringify([salt, ...sorted.map(textOf)]));
    let best = {order: sorted, passed: -1};
    for (let turn = 0; turn < TRIES_MAX && best.passed < tests.length; turn++) {
        const order = shuffled(sorted, chance);
        const failed = tests.findIndex((test) => !test(order));
        const passed = failed < 0 ? tests.length : failed;
        if (passed > best.passed) {
            best = {order, passed};
        }
    }
    return best.order;
}

function textOf(card) {
    return typeof card === "string" ? card : String(card?.content ?? "");
}

function isSame(cards, others) {
    return cards.length === others.length && cards.every((card, index) => textOf(card) === textOf(others[index]));
}

/** Whether the wanted cards of a bank lie there in the wanted order. */
function isInOrder(bank, wanted) {
    const row = [...new Set(wanted.map(textOf))];
    const found = [...new Set(bank.map(textOf))].filter((text) => row.includes(text));
    return found.length > 1 && JSON.stringify(found) === JSON.stringify(row.filter((text) => found.includes(text)));
}

/** Whether each pair is a pair of the solution. */
function isMatched(left, right, solution) {
    const pairs = (lefts, rights) => lefts.map((card, index) => JSON.stringify([textOf(card), textOf(rights[index])])).sort();
    return JSON.stringify(pairs(left, right)) === JSON.stringify(pairs(solution.left, solution.right));
}

function shuffled(list, chance) {
    const out = [...list];
    for (let last = out.length - 1; last > 0; last--) {
        const other = Math.floor(chance() * (last + 1));
        [out[last], out[other]] = [out[other], out[last]];
    }
    return out;
}

/** Numbers from 0 to 1, excluding 1, that follow from a text: FNV-1a's hash of it, then Mulberry32. */
function chanceOf(text) {
    let state = 0x811c9dc5;
    for (let at = 0; at < text.length; at++) {
        state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
    }
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
    };
}
