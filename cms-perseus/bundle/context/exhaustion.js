/** Whether an error is what the language throws when it runs out of memory or stack: a limit, which nobody handles. */
export function isExhaustion(error) {
    return error instanceof RangeError || error?.name === "InternalError";
}
