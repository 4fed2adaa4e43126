/** The types of `formulas.js`, for the player. */

export const OPTIONS: {maxSize: number; maxExpand: number; strict: false; trust: false};
/** By name with its backslash. A macro that is a function gets KaTeX's expander. */
export const MACROS: Readonly<Record<string, string | object>>;
/** A formula in the form that KaTeX sets. */
export function prepared(tex: string): string;
