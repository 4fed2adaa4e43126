/** The markup of a formula, set by KaTeX. A formula that KaTeX can't set is shown as it was written. */
import katex from "katex";
import "katex/contrib/mhchem";
import {MACROS, OPTIONS, prepared} from "../../../../cms-perseus/bundle/formulas.js";

/** KaTeX escapes its input, and commands that make links or load files are not trusted. */
export function markupOf(tex: string): string {
    try {
        return katex.renderToString(prepared(tex), {...OPTIONS, macros: {...MACROS}, throwOnError: false, errorColor: "inherit"});
    } catch {
        // The formula is nested more deeply than the stack allows. Nobody reads such a formula, and the rest of the
        // question must not fail with it.
        return tex.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    }
}
