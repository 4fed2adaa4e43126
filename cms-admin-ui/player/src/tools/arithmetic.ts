/**
 * Arithmetic as calculators do it. The text is parsed by hand, because the page's policy forbids running text as a
 * program.
 *
 * A power binds more tightly than a sign and is read from the right. Things side by side are multiplied: `2π`,
 * `(2+3)(4)`.
 */

export interface Mode {
    angles: "degrees" | "radians";
    /** Only plus, minus, times, divided by and percent, as on a four-function calculator. */
    isPlain: boolean;
    /** Names with values, such as the last answer, or the variable of a function that is drawn. */
    names: Record<string, number>;
}

const CONSTANTS: Record<string, number> = {pi: Math.PI, "π": Math.PI, e: Math.E};
const NAME = /^(?:[a-z]+|π)/i;
const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+(?![\d.]))?/i;
const SIGNS: Record<string, string> = {"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "√": "sqrt", "²": "^2", "³": "^3"};
const DEEPEST = 100;

/** The value of what was typed; null if it has none. */
export function valueOf(text: string, mode: Mode): number | null {
    try {
        const value = new Reader(text.replace(/[×·÷−–√²³]/g, (sign) => SIGNS[sign] ?? sign), mode).whole();
        return Number.isNaN(value) ? null : value;
    } catch {
        return null;
    }
}

/** A value as calculators show it: twelve digits, without the remains of rounding. */
export function shown(value: number): string {
    const rounded = Math.abs(value) < 1e-14 ? 0 : Number(value.toPrecision(12));
    return Number.isFinite(rounded) ? String(rounded).replace(/e\+?/, "e").replace("-", "−") : "∞";
}

class Reader {
    private rest: string;
    private depth = 0;

    constructor(
        text: string,
        private readonly mode: Mode,
    ) {
        this.rest = text.trim();
    }

    whole(): number {
        const value = this.sum();
        if (this.rest !== "") {
            throw new SyntaxError(this.rest);
        }
        return value;
    }

    private sum(): number {
        let value = this.product();
        for (let sign = this.take(/^[+-]/); sign; sign = this.take(/^[+-]/)) {
            value = sign === "+" ? value + this.product() : value - this.product();
        }
        return value;
    }

    private product(): number {
        let value = this.signed();
        for (;;) {
            const sign = this.take(/^[*/]/);
            if (sign) {
                const other = this.signed();
                value = sign === "*" ? value * other : value / other;
            } else if (/^(?:\(|[a-zπ])/i.test(this.rest)) {
                value *= this.power();
            } else {
                return value;
            }
        }
    }

    private signed(): number {
        const sign = this.take(/^[+-]/);
        return sign ? (sign === "-" ? -1 : 1) * this.deeper(() => this.signed()) : this.power();
    }

    private power(): number {
        const base = this.postfixed();
        return !this.mode.isPlain && this.take(/^\^/) ? base ** this.deeper(() => this.signed()) : base;
    }

    private postfixed(): number {
        let value = this.atom();
        for (let sign = this.take(/^[%!]/); sign; sign = this.take(/^[%!]/)) {
            value = sign === "%" ? value / 100 : factorial(value);
        }
        return value;
    }

    private atom(): number {
        const number = this.take(NUMBER);
        if (number) {
            return Number(number);
        }
        if (this.take(/^\(/)) {
            const value = this.deeper(() => this.sum());
            // Calculators forgive a bracket that is still open at the end.
            if (!this.take(/^\)/) && this.rest !== "") {
                throw new SyntaxError(this.rest);
            }
            return value;
        }
        return this.named(this.take(NAME)?.toLowerCase() ?? "");
    }

    private named(name: string): number {
        const known = {...(this.mode.isPlain ? {} : CONSTANTS), ...this.mode.names};
        if (Object.hasOwn(known, name)) {
            return known[name] ?? Number.NaN;
        }
        const made = functions(this.mode.angles);
        const work = !this.mode.isPlain && Object.hasOwn(made, name) ? made[name] : undefined;
        if (!work) {
            throw new SyntaxError(name);
        }
        return work(this.deeper(() => (this.rest.startsWith("(") ? this.atom() : this.power())));
    }

    private deeper(work: () => number): number {
        this.depth += 1;
        if (this.depth > DEEPEST) {
            throw new RangeError("nested too deeply");
        }
        const value = work();
        this.depth -= 1;
        return value;
    }

    private take(pattern: RegExp): string | null {
        const found = pattern.exec(this.rest)?.[0] ?? null;
        if (found !== null) {
            this.rest = this.rest.slice(found.length).trimStart();
        }
        return found;
    }
}

function functions(angles: Mode["angles"]): Record<string, (value: number) => number> {
    const unit = angles === "degrees" ? Math.PI / 180 : 1;
    return {
        sqrt: Math.sqrt,
        cbrt: Math.cbrt,
        abs: Math.abs,
        ln: Math.log,
        log: Math.log10,
        exp: Math.exp,
        sin: (angle) => exact(Math.sin(angle * unit)),
        cos: (angle) => exact(Math.cos(angle * unit)),
        tan: (angle) => (Math.abs(Math.cos(angle * unit)) < 1e-15 ? Number.NaN : exact(Math.tan(angle * unit))),
        asin: (value) => Math.asin(value) / unit,
        acos: (value) => Math.acos(value) / unit,
        atan: (value) => Math.atan(value) / unit,
    };
}

/** Makes the sine of half a turn 0, although rounding leaves a remainder. */
function exact(value: number): number {
    return Math.abs(value) < 1e-15 ? 0 : value;
}

function factorial(value: number): number {
    if (!Number.isInteger(value) || value < 0) {
        return Number.NaN;
    }
    let product = 1;
    for (let factor = 2; factor <= value && Number.isFinite(product); factor += 1) {
        product *= factor;
    }
    return product;
}
