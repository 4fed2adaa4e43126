/**
 * Numbers as they are written around the world, converted to what the scorer reads: digits of every script, minus
 * signs and full-width signs, and, in tables and matrices, which Perseus reads only with a point, the decimal sign of
 * the locale.
 *
 * The player does the same while a learner types (`player/src/input/digits.ts`); attempts from other apps arrive as
 * they were typed.
 */
import {decimalSeparator} from "./context/decimal.js";

const TYPED = new Set(["numeric-input", "input-number", "expression", "table", "matrix"]);
const CELLS = new Set(["table", "matrix"]);
const DIGIT = /\p{Nd}/gu;
const MINUS = /[\u2212\u2010-\u2013\ufe63\uff0d\u207b\u2796]/g;
const SIGNS = [[/\uff0e/g, "."], [/\uff0c/g, ","], [/[\uff0f\u2044\u2215]/g, "/"], [/[\uff05\u066a]/g, "%"], [/\uff0b/g, "+"]];
const BETWEEN = /[\u066c\u200e\u200f\u061c\u2066-\u2069]/g;
const DECIMAL_SIGN = /\u066b/g;
/** A number with one comma that can only be the decimal sign, or that may be one in this locale. */
const WITH_COMMA = /^\s*[+-]?\d+,\d+\s*$/;

/** What was entered into some widgets, in the form that the scorer reads. */
export function readable(input, widgets, locale) {
    return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, inWidget(value, widgets?.[name], locale)]));
}

function inWidget(value, widget, locale) {
    const type = widget?.type;
    if (TYPED.has(type)) {
        return texts(value, (text) => written(text, type, locale));
    }
    return type === "group" && typeof value === "object" && value !== null ? readable(value, widget.options.widgets, locale) : value;
}

function written(text, type, locale) {
    const signs = text.replace(DECIMAL_SIGN, type === "expression" ? decimalSeparator(locale) : ".");
    const plain = SIGNS.reduce((read, [sign, own]) => read.replace(sign, own), signs.replace(DIGIT, valueOf).replace(MINUS, "-").replace(BETWEEN, ""));
    return CELLS.has(type) && decimalSeparator(locale) === "," && WITH_COMMA.test(plain) ? plain.replace(",", ".") : plain;
}

/** The value of a digit. The ten digits of a script stand in a row, from zero to nine, and rows may touch. */
function valueOf(digit) {
    if (digit >= "0" && digit <= "9") {
        return digit;
    }
    const point = digit.codePointAt(0);
    let before = 0;
    while (/^\p{Nd}$/u.test(String.fromCodePoint(point - before - 1))) {
        before += 1;
    }
    return String(before % 10);
}

function texts(value, change) {
    if (typeof value === "string") {
        return change(value);
    }
    if (Array.isArray(value)) {
        return value.map((inner) => texts(inner, change));
    }
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, texts(inner, change)])) : value;
}
