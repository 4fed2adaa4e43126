/**
 * What the packages expect of a browser and QuickJS lacks, and what must not vary: time and chance.
 *
 * Imported before any package, since some of them ask for the time while they load.
 */
import {decimalSeparator} from "./decimal.js";

// Whatever asks for the time gets the same one; whatever names a moment still gets that.
const RealDate = globalThis.Date;
globalThis.Date = class Date extends RealDate {
    constructor(...parts) {
        super(...(parts.length === 0 ? [0] : parts));
    }

    static now() {
        return 0;
    }
};

// Expressions are compared at points drawn at random: the same answer gets the same points.
let seed = 1;
Math.random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x80000000;
};

/** Begins the sequence of random numbers anew. */
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

/** The parts of an address that Perseus looks at: its protocol and its origin. */
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

/** As browsers do before they read an address. */
function clean(address) {
    return String(address).replace(/^[\0-\x20]+/, "").replace(/[\t\n\r]/g, "");
}

const quiet = () => {};
globalThis.console = {log: quiet, warn: quiet, error: quiet, info: quiet};
