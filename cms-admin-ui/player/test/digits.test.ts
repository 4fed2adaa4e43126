/** Numbers in the digits of another keyboard reach the scorer in the scorer's digits. */
import {expect, test} from "vitest";
import {readable} from "../src/input/digits";

const widgets = {
    "numeric-input 1": {type: "numeric-input"},
    "table 1": {type: "table"},
    "expression 1": {type: "expression"},
    "free-response 1": {type: "free-response"},
    "group 1": {type: "group", options: {widgets: {"input-number 1": {type: "input-number"}}}},
};

test("typed numbers are told in the scorer's digits", () => {
    const input = {
        "numeric-input 1": {currentValue: "-١٢٫٥"},
        "table 1": [["٠", "۹"], ["7", ""]],
        "group 1": {"input-number 1": {currentValue: "٣/٤"}},
    };
    expect(readable(input, widgets)).toEqual({
        "numeric-input 1": {currentValue: "-12.5"},
        "table 1": [["0", "9"], ["7", ""]],
        "group 1": {"input-number 1": {currentValue: "3/4"}},
    });
});

test("an expression keeps its locale's decimal sign, and prose is nobody's number", () => {
    const input = {"expression 1": "٢x+١٫٥", "free-response 1": {currentValue: "عمري ١٢ سنة"}, "unknown 1": "٤"};
    expect(readable(input, widgets)).toEqual({...input, "expression 1": "2x+1٫5"});
});

test("digits of every script are read, with the signs that stand beside them", () => {
    for (const [typed, read] of [
        ["১২", "12"], ["१२.५", "12.5"], ["๗", "7"], ["໑໒", "12"], ["１２．５", "12.5"], ["－３／４", "-3/4"], ["−5", "-5"], ["–5", "-5"],
        ["𝟗𝟎", "90"], ["𝟘𝟡", "09"], ["𑁦𑁯", "09"], ["١٬٠٠٠", "1000"], ["\u200f-٣", "-3"], ["٥٠٪", "50%"], ["12,5", "12,5"], ["x²", "x²"],
    ]) {
        const input = {"numeric-input 1": {currentValue: typed as string}};
        expect(readable(input, widgets)["numeric-input 1"]).toEqual({currentValue: read});
    }
});

test("every decimal digit that there is has a value, each script's in its order", () => {
    const digits = Array.from({length: 0x110000}, (_, point) => point)
        .filter((point) => (point < 0xd800 || point > 0xdfff) && /^\p{Nd}$/u.test(String.fromCodePoint(point)))
        .map((point) => String.fromCodePoint(point));
    const read = readable({"numeric-input 1": {currentValue: digits.join("")}}, widgets)["numeric-input 1"];
    expect(read).toEqual({currentValue: "0123456789".repeat(digits.length / 10)});
    expect(digits.length).toBeGreaterThan(600);
});
