/** Numbers in the digits of another keyboard reach the scorer in its own. */
import {expect, test} from "vitest";
import {readable} from "../src/digits";

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
