/** An empty answer is reported for every type of widget. */
import type {PerseusWidgetsMap, UserInputMap} from "@khanacademy/perseus-core";
import {expect, test} from "vitest";
import {emptyParts} from "../src/input/empty";

const items = ["a", "b"];

test.each([
    ["numeric-input", {}, {currentValue: " "}, {currentValue: "0"}],
    ["input-number", {}, {currentValue: ""}, {currentValue: "3"}],
    ["expression", {}, "  ", "x"],
    ["free-response", {characterLimit: 10}, {currentValue: "\n"}, {currentValue: "so"}],
    ["categorizer", {items}, {values: [0, null]}, {values: [0, 1]}],
    ["categorizer", {items}, {values: []}, {values: [1, 0]}],
    ["matrix", {}, {answers: [["1", ""], ["3", "4"]]}, {answers: [["1", "2"], ["3", "4"]]}],
    ["matrix", {}, {answers: [[]]}, {answers: [["1", "", ""], ["", "", ""]]}],
    ["table", {}, [["", ""]], [["1", "2"]]],
    ["radio", {choices: []}, {selectedChoiceIds: []}, {selectedChoiceIds: ["c0"]}],
    ["dropdown", {}, {value: 0}, {value: 1}],
    ["interactive-graph", {}, {type: "linear"}, {type: "linear", coords: [[0, 0], [1, 1]]}],
    ["interactive-graph", {}, {type: "circle", center: [0, 0]}, {type: "circle", center: [0, 0], radius: 2}],
    ["sorter", {}, {options: items, changed: false}, {options: items, changed: true}],
    ["orderer", {}, {current: []}, {current: items}],
])("%s %j: %j is empty, %j is not", (type, options, blank, filled) => {
    const widgets = {"w 1": {type, graded: true, static: false, options}} as unknown as PerseusWidgetsMap;
    const inner = {"group 1": {type: "group", graded: true, options: {content: "[[☃ w 1]]", widgets, images: {}}}} as unknown as PerseusWidgetsMap;
    const told = (value: unknown) => emptyParts(widgets, ["w 1"], {"w 1": value} as UserInputMap, "en");
    expect(told(blank)).toEqual(["w 1"]);
    expect(told(undefined)).toEqual(["w 1"]);
    expect(told(filled)).toEqual([]);
    expect(emptyParts(inner, ["group 1"], {"group 1": {"w 1": blank}} as unknown as UserInputMap, "en")).toEqual(["group 1"]);
});

test("what wants no answer is not empty", () => {
    const widget = {type: "numeric-input", graded: true, static: false, options: {}};
    const told = (changed: object) => emptyParts({w: {...widget, ...changed}} as unknown as PerseusWidgetsMap, ["w"], {w: {currentValue: ""}} as UserInputMap, "en");
    expect(told({})).toEqual(["w"]);
    expect(told({static: true})).toEqual([]);
    expect(told({graded: false})).toEqual([]);
    expect(told({options: {coefficient: true}})).toEqual([]);
    expect(told({type: "graded-group"})).toEqual([]);
});
