/** What the tools next to a question compute, compared with known values. */
import {expect, test} from "vitest";
import {shown, valueOf} from "../src/tools/arithmetic";
import type {Mode} from "../src/tools/arithmetic";
import {chiAbove, chiOf, normalBelow, tAbove, tOf} from "../src/tools/distributions";
import {ELEMENTS} from "../src/tools/elements";
import {monthlyPayment, monthsToPayOff, totalAmount} from "../src/tools/finance";

const MODE: Mode = {angles: "radians", isPlain: false, names: {ans: 5}};
const result = (text: string, mode: Partial<Mode> = {}) => {
    const value = valueOf(text, {...MODE, ...mode});
    return value === null ? null : shown(value);
};

test.each([
    ["2+3×4", "14"], ["−3^2", "−9"], ["2^3^2", "512"], ["10÷2÷5", "1"], ["(2+3)(4)", "20"], ["2π", "6.28318530718"], ["0.1+0.2", "0.3"],
    ["sqrt(2)", "1.41421356237"], ["√16+1", "5"], ["5!", "120"], ["50%×20", "10"], ["log(1000)", "3"], ["ln e", "1"], ["2−−3", "5"],
    ["1.2e5", "120000"], ["2^-1", "0.5"], ["ans×2", "10"], ["3²", "9"], ["sin(pi)", "0"], ["cbrt 27", "3"], ["(1+2", "3"], ["1÷0", "∞"],
])("%s is %s", (text, value) => {
    expect(result(text)).toBe(value);
});

test("angles are in degrees where that is chosen", () => {
    expect(["sin 30", "cos(60)", "tan 45", "atan(1)", "asin 1"].map((text) => result(text, {angles: "degrees"}))).toEqual(["0.5", "0.5", "1", "45", "90"]);
    expect(result("tan 90", {angles: "degrees"})).toBeNull();
});

test("what says nothing has no value, and nothing that is typed is run", () => {
    for (const text of ["", "2*", "x", "alert(1)", "constructor", "__proto__", "1..2", "2 3", ")", "sqrt(−1)", "2.5!", "(".repeat(5000)]) {
        expect(valueOf(text, MODE)).toBeNull();
    }
});

test("a four-function calculator has four functions", () => {
    expect(result("6÷4+50%", {isPlain: true})).toBe("2");
    expect([result("2^3", {isPlain: true}), result("sqrt 4", {isPlain: true}), result("π", {isPlain: true})]).toEqual([null, null, null]);
});

test("the normal distribution", () => {
    for (const [z, share] of [[0, 0.5], [1, 0.8413447460685], [1.96, 0.9750021048518], [-1.645, 0.0499849055], [-3.4, 0.00033692927], [3.4, 0.9996630707]]) {
        expect(normalBelow(z as number)).toBeCloseTo(share as number, 10);
    }
});

test("Student's t", () => {
    for (const [tail, freedom, value] of [[0.025, 10, 2.22814], [0.05, 1, 6.31375], [0.0005, 1, 636.619], [0.005, 30, 2.75], [0.1, 120, 1.28865], [0.025, Infinity, 1.95996], [0.25, 2, 0.8165]]) {
        expect(tOf(tail as number, freedom as number)).toBeCloseTo(value as number, 3);
    }
    expect(tAbove(-2.22814, 10)).toBeCloseTo(0.975, 5);
});

test("chi-squared", () => {
    for (const [tail, freedom, value] of [[0.05, 1, 3.84146], [0.001, 10, 29.5883], [0.25, 1, 1.3233], [0.01, 100, 135.807], [0.0005, 2, 15.2018], [0.1, 30, 40.256]]) {
        expect(chiOf(tail as number, freedom as number)).toBeCloseTo(value as number, 3);
    }
    expect(chiAbove(0, 3)).toBe(1);
});

test("loans", () => {
    expect(monthlyPayment(200_000, 4.5, 360)).toBeCloseTo(1013.37, 2);
    expect(totalAmount(200_000, 4.5, 360)).toBeCloseTo(364_813.42, 1);
    expect(monthlyPayment(1200, 0, 12)).toBe(100);
    expect(monthsToPayOff(5000, 18, 200)).toBe(32);
    expect(monthsToPayOff(1200, 0, 100)).toBe(12);
    expect(monthsToPayOff(5000, 18, 75)).toBeNull();
    expect(monthlyPayment(Number.NaN, 4, 12)).toBeNull();
});

test("there are 118 elements, each in a place of its own, in order", () => {
    expect(ELEMENTS.map(({number}) => number)).toEqual(Array.from({length: 118}, (_, index) => index + 1));
    expect(new Set(ELEMENTS.map(({row, column}) => `${row} ${column}`)).size).toBe(118);
    expect(new Set(ELEMENTS.map(({symbol}) => symbol)).size).toBe(118);
    const placed = (symbol: string) => ELEMENTS.find((one) => one.symbol === symbol);
    expect(placed("Fe")).toMatchObject({number: 26, row: 4, column: 8, mass: "55.845", names: {en: "Iron", es: "Hierro", ar: "حديد"}});
    expect(placed("U")).toMatchObject({number: 92, row: 9, column: 6, mass: "238.03"});
    expect(placed("Og")).toMatchObject({number: 118, row: 7, column: 18});
    expect(ELEMENTS.every(({names}) => names.en && names.es && names.ar)).toBe(true);
});
