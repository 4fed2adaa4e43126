/**
 * Protects the parts of a context from what it reads: no item can affect the next one's call.
 *
 * Invariants:
 * 1. Every object that the language provides is frozen, and so is the global object.
 * 2. Assigning a name that a frozen prototype has still creates a property of the object's own, as it does if nothing
 *    is frozen: errors set their `name`, old classes their `constructor`.
 * 3. `__proto__` is a name like any other.
 */
const {defineProperty, freeze, getOwnPropertyDescriptor, getPrototypeOf} = Object;
const {ownKeys} = Reflect;

/** Freezes everything that can be reached from the global object by the language's own names. */
export function harden() {
    delete Object.prototype.__proto__;
    const errors = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
    for (const made of [Object, Function, ...errors]) {
        allowOverriding(made.prototype);
    }
    const seen = new Set();
    const generator = getPrototypeOf(function* () {});
    const iterators = [[][Symbol.iterator](), ""[Symbol.iterator](), new Map().entries(), new Set().values()];
    const intrinsics = ownKeys(globalThis).map((name) => globalThis[name]);
    for (const value of [...intrinsics, generator, ...iterators.map(getPrototypeOf), "".matchAll(/a/g)]) {
        freezeFrom(value, seen);
    }
    freeze(globalThis);
}

function freezeFrom(first, seen) {
    const waiting = [first];
    while (waiting.length > 0) {
        const value = waiting.pop();
        const isObject = typeof value === "object" || typeof value === "function";
        if (!isObject || value === null || value === globalThis || seen.has(value)) {
            continue;
        }
        seen.add(value);
        freeze(value);
        waiting.push(getPrototypeOf(value));
        for (const key of ownKeys(value)) {
            const {value: held, get, set} = getOwnPropertyDescriptor(value, key);
            waiting.push(held, get, set);
        }
    }
}

function allowOverriding(prototype) {
    for (const key of ownKeys(prototype)) {
        const property = getOwnPropertyDescriptor(prototype, key);
        if (!("value" in property) || !property.configurable) {
            continue;
        }
        const {value, enumerable} = property;
        defineProperty(prototype, key, {
            get: () => value,
            set(own) {
                if (this === prototype) {
                    throw new TypeError(`${String(key)} is frozen`);
                }
                defineProperty(this, key, {value: own, writable: true, enumerable: true, configurable: true});
            },
            enumerable,
            configurable: false,
        });
    }
}
