/**
 * What the packages expect from a browser and QuickJS lacks, and fixed replacements for what must not vary: time and
 * chance.
 *
 * This is imported before any package, because some of them ask for the time while they load.
 */
import {decimalSeparator} from "./decimal.js";

// Code that asks for the current time always gets the same one; code that names a moment still gets that moment.
const RealDate = globalThis.Date;
globalThis.Date = class Date extends RealDate {
    constructor(...parts) {
        super(...(parts.length === 0 ? [0] : parts));
    }

    static now() {
        return 0;
    }
};

// Expressions are compared at random points, and the same answer must get the same points.
let seed = 1;
Math.random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x80000000;
};

/** Restarts the sequence of random numbers. */
export function beginChance() {
    seed = 1;
}

globalThis.Intl = {
    NumberFormat: class NumberFormat {
        constructor(locale) {
            this.locale = locale;
        }

        formatToParts() {
            return [{type: "decimal", value: decimalSeparator(this.locale)}];
        }
    },
};

const ABSOLUTE = /^([a-z][a-z0-9+.-]*:)(?:\/\/(?:[^/?#@]*@)?([^/?#]*))?/i;

/** The parts of an address that Perseus reads: its protocol and its origin. */
globalThis.URL = class URL {
    static canParse(address, base) {
        return base !== undefined || ABSOLUTE.test(clean(address));
    }

    constructor(address, base) {
        const match = ABSOLUTE.exec(clean(address)) ?? ABSOLUTE.exec(base ?? "");
        if (!match) {
            throw new TypeError("Invalid URL");
        }
        this.protocol = match[1].toLowerCase();
        this.origin = `${this.protocol}//${(match[2] ?? "").toLowerCase()}`;
        this.searchParams = {set() {}};
    }
};

/** Cleans an address as browsers do before they parse it. */
function clean(address) {
    return String(address).replace(/^[\0-\x20]+/, "").replace(/[\t\n\r]/g, "");
}

const quiet = () => {};
globalThis.console = {log: quiet, warn: quiet, error: quiet, info: quiet};
