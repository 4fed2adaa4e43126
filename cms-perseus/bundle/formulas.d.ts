/** The types of `formulas.js`, for the player. */

export const OPTIONS: {maxSize: number; maxExpand: number; strict: false; trust: false};
/** By name with its backslash; a function is given KaTeX's expander. */
export const MACROS: Readonly<Record<string, string | object>>;
/** A formula as KaTeX sets it. */
export function prepared(tex: string): string;
