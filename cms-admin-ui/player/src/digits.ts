/**
 * Digits as Arabic and Persian keyboards write them. Perseus's scorer reads those from 0 to 9 alone, so what was typed is
 * told in these; on the screen it stays as it is.
 */
import type {Fields, Json} from "./protocol";

/** Widgets that numbers are typed into. */
const TYPED = new Set(["numeric-input", "input-number", "expression", "table", "matrix"]);
const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;
/** An expression is read with its locale's own sign. */
const DECIMAL_SIGN = /\u066b/g;

/** What stands in the widgets, as the scorer reads it. `widgets` are those of the question, by name. */
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

/** The last four bits of a digit are its value in both scripts. */
function ascii(text: string): string {
    return text.replace(DIGITS, (digit) => String(digit.charCodeAt(0) & 0xf));
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
