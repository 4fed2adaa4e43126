/**
 * Whether an error is one that the language throws when it runs out of memory or stack: that is a limit, and no code
 * may handle it.
 */
export function isExhaustion(error) {
    return error instanceof RangeError || error?.name === "InternalError";
}
