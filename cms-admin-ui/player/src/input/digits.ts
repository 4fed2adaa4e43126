/**
 * Digits in any script that keyboards write. Perseus's scorer reads only 0 to 9, a point and a hyphen, so the input
 * is reported in these; on the screen it stays as it was typed.
 */
import type {Fields, Json} from "../protocol";

/** Widgets that numbers are typed into. */
const TYPED = new Set(["numeric-input", "input-number", "expression", "table", "matrix"]);
const DIGIT = /\p{Nd}/gu;
/** Minus signs other than the hyphen: typographic, small, full-width, superscript and heavy ones. */
const MINUS = /[\u2212\u2010-\u2013\ufe63\uff0d\u207b\u2796]/g;
/** The full-width stop, comma and slash, which are used with such digits. */
const FULL_WIDTH: [RegExp, string][] = [[/\uff0e/g, "."], [/\uff0c/g, ","], [/[\uff0f\u2044\u2215]/g, "/"], [/[\uff05\u066a]/g, "%"], [/\uff0b/g, "+"]];
/** The Arabic decimal sign. An expression is read with its locale's own sign. */
const DECIMAL_SIGN = /\u066b/g;
/** What Arabic writes between thousands, and marks that change the direction of writing: neither is part of a number. */
const BETWEEN = /[\u066c\u200e\u200f\u061c\u2066-\u2069]/g;

/** The input of the widgets, in the form that the scorer reads. `widgets` are those of the question, by name. */
export function readable(input: Fields, widgets: Fields): Fields {
    return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, part(value, widgets[name] ?? null)]));
}

function part(value: Json, widget: Json): Json {
    const {type, options = null} = isFields(widget) ? widget : {};
    if (typeof type === "string" && TYPED.has(type)) {
        return texts(value, (text) => ascii(type === "expression" ? text : text.replace(DECIMAL_SIGN, ".")));
    }
    const inner = isFields(options) ? options.widgets ?? null : null;
    return isFields(inner) && isFields(value) ? readable(value, inner) : value;
}

/** A text with its digits and signs replaced by those that the scorer reads. */
export function ascii(text: string): string {
    const plain = text.replace(DIGIT, valueOf).replace(MINUS, "-").replace(BETWEEN, "");
    return FULL_WIDTH.reduce((read, [sign, plainSign]) => read.replace(sign, plainSign), plain);
}

/**
 * The value of a decimal digit of any script. Unicode has the ten digits of a script in a row, from zero to nine (its
 * stability policy says so of every Nd), and rows may touch. So this counts the digits before it, modulo ten.
 */
function valueOf(digit: string): string {
    const point = digit.codePointAt(0) ?? 0;
    let before = 0;
    while (/^\p{Nd}$/u.test(String.fromCodePoint(point - before - 1))) {
        before += 1;
    }
    return String(before % 10);
}

function texts(value: Json, change: (text: string) => string): Json {
    if (typeof value === "string") {
        return change(value);
    }
    if (Array.isArray(value)) {
        return value.map((inner) => texts(inner, change));
    }
    return isFields(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, texts(inner, change)])) : value;
}

function isFields(value: Json): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
