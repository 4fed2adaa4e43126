/** The markup of a formula, set by KaTeX; what it can't set is shown as it was written. */
import katex from "katex";
import "katex/contrib/mhchem";
import {MACROS, OPTIONS, prepared} from "../../../../cms-perseus/bundle/formulas.js";

/** KaTeX escapes what it is given, and commands that make links or load files are not trusted. */
export function markupOf(tex: string): string {
    try {
        return katex.renderToString(prepared(tex), {...OPTIONS, macros: {...MACROS}, throwOnError: false, errorColor: "inherit"});
    } catch {
        // Deeper than the stack is: nobody reads such a formula, and the rest of the question is not to go with it.
        return tex.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    }
}
