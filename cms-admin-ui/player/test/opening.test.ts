/** Before anyone has moved a card, cards are never in the solved order nor in the author's. */
import {expect, test} from "vitest";
import {opened, openingOf} from "../../../cms-perseus/bundle/opening.js";

const NAMES = ["one", "two", "three", "four", "five", "six"];

function permutations<Card>(cards: Card[]): Card[][] {
    return cards.length < 2 ? [cards] : cards.flatMap((card, at) => permutations(cards.toSpliced(at, 1)).map((rest) => [card, ...rest]));
}

const sizes = [2, 3, 4, 5, 6];
const cardsOf = (texts: string[]) => texts.map((content) => ({content}));

test.each(sizes)("a sorter of %i cards, whatever their right order", (size) => {
    for (const correct of permutations(NAMES.slice(0, size))) {
        const opening = openingOf("sorter", {correct}).correct;
        expect(opening).not.toEqual(correct);
        expect([...opening].sort()).toEqual([...correct].sort());
    }
});

test.each(sizes)("an orderer of %i cards, also with one too many in its bank", (size) => {
    for (const correct of permutations(NAMES.slice(0, size))) {
        for (const bank of [correct, [...correct].reverse(), ["extra", ...correct]]) {
            const opening = openingOf("orderer", {options: cardsOf(bank), correctOptions: cardsOf(correct)});
            const texts = opening.options.map(({content}: {content: string}) => content);
            expect(texts.filter((text: string) => text !== "extra")).not.toEqual(correct);
            // Two cards have no order that is neither the author's nor the right one.
            if (size > 2) {
                expect(texts).not.toEqual(bank);
            }
            expect([...texts].sort()).toEqual([...bank].sort());
        }
    }
});

test.each(sizes)("a matcher of %i pairs, with one side to move", (size) => {
    const left = NAMES.slice(0, size).map((name) => `left ${name}`);
    for (const right of permutations(NAMES.slice(0, size))) {
        const opening = openingOf("matcher", {left, right, orderMatters: false});
        expect(opening.left).toEqual(left);
        expect(opening.right).not.toEqual(right);
    }
});

test.each(sizes)("a matcher of %i pairs, with both sides to move", (size) => {
    const left = NAMES.slice(0, size).map((name) => `left ${name}`);
    for (const right of permutations(NAMES.slice(0, size))) {
        const opening = openingOf("matcher", {left, right, orderMatters: true});
        const matched = opening.left.filter((card: string, at: number) => right[left.indexOf(card)] === opening.right[at]);
        expect(matched.length).toBeLessThan(size);
        expect([opening.left, opening.right]).not.toEqual([left, right]);
        // Two pairs with both sides turned would match again.
        if (size > 2) {
            expect(opening.left).not.toEqual(left);
            expect(opening.right).not.toEqual(right);
        }
    }
});

test("equal cards are moved as far as they can be", () => {
    for (const correct of permutations(["a", "a", "b", "b"])) {
        expect(openingOf("sorter", {correct}).correct).not.toEqual(correct);
    }
    expect(openingOf("sorter", {correct: ["a", "a"]}).correct).toEqual(["a", "a"]);
    expect(openingOf("sorter", {correct: ["a"]}).correct).toEqual(["a"]);
    expect(openingOf("matcher", {left: ["x", "x"], right: ["1", "2"], orderMatters: false}).right).toEqual(["2", "1"]);
});

test("sides of uneven length are no fault of the learner's", () => {
    const opening = openingOf("matcher", {left: ["a", "b", "c"], right: ["1", "2"], orderMatters: true});
    expect([opening.left.length, opening.right.length]).toEqual([3, 2]);
});

test("the order tells nothing where it is not the solution by chance", () => {
    const all = permutations(NAMES.slice(0, 4)).map((correct) => openingOf("sorter", {correct}).correct.join());
    expect(new Set(all).size).toBe(2);
    expect(all.filter((order) => order !== all[0]).length).toBeLessThanOrEqual(1);
});

test("cards in groups lie so as well, and what is static stays", () => {
    const sorter = {type: "sorter", options: {correct: ["1", "2", "3"]}};
    const group = {content: "", widgets: {"sorter 1": sorter}};
    const whole = {
        content: "",
        widgets: {
            "group 1": {type: "group", options: group},
            "graded-group-set 1": {type: "graded-group-set", options: {gradedGroups: [group]}},
            "sorter 1": {...sorter, static: true},
        },
    };
    const shown = opened(whole, whole);
    const right = openingOf("sorter", sorter.options).correct;
    expect(shown.widgets["group 1"].options.widgets["sorter 1"].options.correct).toEqual(right);
    expect(shown.widgets["graded-group-set 1"].options.gradedGroups[0]?.widgets["sorter 1"].options.correct).toEqual(right);
    expect(shown.widgets["sorter 1"].options.correct).toEqual(["1", "2", "3"]);
});
