/**
 * A formula's text, mended where Khan Academy's renderer accepts what KaTeX does not. Khan Academy's own
 * preprocessing for its MathJax makes the same changes (`@khanacademy/mathjax-renderer`, `dist/preprocessing`), with
 * forty patterns; here one pass over the text makes them:
 *
 * - An argument that is a command is put in braces, with the arguments of that command: `\blueD\frac{1}{2}`.
 * - A colour with nothing after it colours nothing.
 * - `&`, `%`, `#`, `_` and `^` in a text are letters, and a command of maths in a text is put between dollars.
 * - Environments that may stand in a line get the names that KaTeX has for those.
 */

/** How many arguments a command takes. */
const ARGUMENTS = {
    frac: 2, dfrac: 2, tfrac: 2, cfrac: 2, binom: 2, dbinom: 2, tbinom: 2, stackrel: 2, overset: 2, underset: 2, cancelto: 2,
    mathbf: 1, mathrm: 1, mathit: 1, mathsf: 1, mathtt: 1, mathbb: 1, mathcal: 1, mathfrak: 1, mathscr: 1, bold: 1,
    boldsymbol: 1, bm: 1, operatorname: 1, mathop: 1, mathbin: 1, mathrel: 1, mathord: 1, sqrt: 1, cancel: 1, bcancel: 1,
    xcancel: 1, sout: 1, boxed: 1, overline: 1, underline: 1, overbrace: 1, underbrace: 1, overrightarrow: 1,
    overleftarrow: 1, overleftrightarrow: 1, hat: 1, widehat: 1, vec: 1, bar: 1, tilde: 1, widetilde: 1, dot: 1, ddot: 1,
    phantom: 1, hphantom: 1, vphantom: 1, llap: 1, rlap: 1, xrightarrow: 1, xleftarrow: 1,
};
/** Commands that take an option in brackets first. */
const BRACKETED = new Set(["sqrt", "xrightarrow", "xleftarrow"]);
/** Commands whose argument is text, and those whose argument has a syntax of its own. */
const TEXT = /^(?:text(?:bf|it|normal|rm|sf|tt|up|md)?|[mhf]box)$/;
const OWN = new Set(["ce", "pu", "unicode", "href", "url", "verb"]);
/** Commands that take the name of a colour first. The content of a box among them is text. */
const NAMED_COLOURS = {color: 1, textcolor: 1, colorbox: 1, fcolorbox: 2};
const DEFINING = new Set(["def", "gdef", "edef", "xdef", "let", "newcommand", "renewcommand", "providecommand"]);
const COLOUR = /^(?:(?:blue|teal|green|gold|red|maroon|purple|mint)[A-E]?|gr[ae]y[A-I]?|pink|orange|kaBlue|kaGreen)$/;
/** Tokens that end a group or a cell, so that no argument can start there. */
const ENDS = new Set(["", "}", "&", "\\\\", "\\cr", "\\end", "\\right"]);
const LETTERS_OF_TEXT = new Set(["&", "%", "#", "_", "^"]);

const ENVIRONMENTS = {
    align: "aligned", flalign: "aligned", gather: "gathered", multline: "gathered", multlined: "gathered",
    lgathered: "gathered", rgathered: "gathered", alignat: "alignedat", xalignat: "alignedat", xxalignat: "alignedat",
    dcases: "dcases", rcases: "rcases", drcases: "drcases", cases: "cases", smallmatrix: "smallmatrix",
};
const UNNUMBERED = new Set(["equation", "math", "displaymath"]);
/** Small matrices by their brackets. */
const SMALL = {p: ["(", ")"], b: ["[", "]"], B: ["\\{", "\\}"], v: ["|", "|"], V: ["\\|", "\\|"]};
/** Environments whose own syntax uses a bracket after the name. */
const TAKES_BRACKET = /^(?:[a-z]*array|aligned|gathered|[pbvBV]?matrix\*)$/;

/** A formula in the form that KaTeX sets. */
export function prepared(tex) {
    // eslint-disable-next-line no-control-regex
    return new Formula(tex.replace(/[\0-\x08\v\f\x0e-\x1f\x7f]/g, "").replace(/\u00a0/g, " ")).all();
}

/** Reads a formula token by token and writes it again. */
class Formula {
    constructor(tex) {
        this.tex = tex;
        this.at = 0;
        this.depth = 0;
    }

    all() {
        let out = "";
        while (this.peek() !== "") {
            // A brace too many is left for KaTeX to complain about.
            out += this.peek() === "}" ? this.take() : this.things("maths", [""]);
        }
        return out;
    }

    /** Everything up to one of these tokens, or the end of the group. */
    things(mode, stops) {
        let out = "";
        while (!stops.includes(this.peek()) && this.peek() !== "" && this.peek() !== "}") {
            out += this.thing(mode);
        }
        return out;
    }

    /** A command with its arguments, a group, or a letter. */
    thing(mode) {
        const token = this.take();
        if (token === "{") {
            this.depth += 1;
            const inner = this.things(mode, []);
            this.depth -= 1;
            return `{${inner}${this.peek() === "}" ? this.take() : ""}`;
        }
        if (token[0] === "\\" && token.length > 1) {
            return mode === "text" ? this.commandInText(token) : this.command(token, mode);
        }
        if (token[0] === "%") {
            return mode === "text" ? this.percent(token) : this.comment(token);
        }
        if (mode === "text") {
            return this.letter(token);
        }
        if (token === "^" || token === "_") {
            return token + (this.hasArguments(this.peek()) ? this.argument(mode) : "");
        }
        return token;
    }

    letter(token) {
        if (token === "$") {
            const inner = this.things("maths", ["$"]);
            return this.peek() === "$" ? `$${inner}${this.take()}` : `\\$${inner}`;
        }
        return LETTERS_OF_TEXT.has(token) ? (token === "^" ? "\\textasciicircum{}" : `\\${token}`) : token;
    }

    command(token, mode) {
        const name = token.slice(1);
        if (TEXT.test(name)) {
            return this.text(name);
        }
        if (COLOUR.test(name)) {
            return token + (this.argument(mode) || "{}");
        }
        if (name === "begin" || name === "end") {
            return this.environment(name);
        }
        if (name === "left") {
            return this.between(mode);
        }
        if (Object.hasOwn(NAMED_COLOURS, name)) {
            return token + this.colours(name) + (name.endsWith("box") ? this.argument("text") : "");
        }
        if (OWN.has(name)) {
            return token + this.spaces() + (this.peek() === "{" ? this.raw() : "");
        }
        if (DEFINING.has(name)) {
            return token + this.spaces() + (this.peek() === "{" ? this.raw() : this.take());
        }
        if (name === "arraystretch") {
            this.argument(mode);
            return "";
        }
        if (token === "\\\\") {
            return token + (this.peek() === "[" ? this.upTo("]").replace("{,}", ".") : "");
        }
        // `\operatorname*` is another command with the same arguments.
        let out = token + (name === "operatorname" && this.peek() === "*" ? this.take() : "");
        out += /[A-Za-z]$/.test(token) ? this.spaces() : "";
        if (BRACKETED.has(name) && this.peek() === "[") {
            out += this.upTo("]");
        }
        for (let taken = 0; taken < (Object.hasOwn(ARGUMENTS, name) ? ARGUMENTS[name] : 0); taken += 1) {
            out += this.argument(mode);
        }
        return out;
    }

    /** In a text, commands for texts and colours stay; a command with arguments of maths is maths. */
    commandInText(token) {
        const name = token.slice(1);
        if (COLOUR.test(name)) {
            return token + (this.argument("text") || "{}");
        }
        if (Object.hasOwn(NAMED_COLOURS, name)) {
            return token + this.colours(name);
        }
        const isMaths = Object.hasOwn(ARGUMENTS, name) || /^[lc]?dots$/.test(name);
        return isMaths ? `$${this.command(token, "maths")}$` : TEXT.test(name) ? this.text(name) : token + this.spaces();
    }

    /** `\fbox` around a formula is a box around maths. */
    text(name) {
        const start = this.at;
        this.spaces();
        const isGroup = this.peek() === "{";
        if (name === "fbox" && isGroup) {
            const inner = this.raw();
            if (/[_^]|\\[A-Za-z]/.test(inner) && !inner.includes("$")) {
                return `\\boxed${prepared(inner)}`;
            }
            this.at = start;
        }
        return `\\${name}${this.argument("text")}`;
    }

    /** An argument in braces, or nothing if there can't be one. */
    argument(mode) {
        this.spaces();
        const first = this.peek();
        return ENDS.has(first) ? "" : first === "{" ? this.thing(mode) : `{${this.thing(mode)}}`;
    }

    colours(name) {
        let out = "";
        for (let taken = 0; taken < NAMED_COLOURS[name]; taken += 1) {
            this.spaces();
            out += this.peek() === "{" ? this.raw() : "";
        }
        return out;
    }

    /** Everything from `\left` to its `\right`, so that a colour covers all of it. */
    between(mode) {
        let out = `\\left${this.spaces()}${this.delimiter()}${this.things(mode, ["\\right"])}`;
        if (this.peek() === "\\right") {
            out += `${this.take()}${this.spaces()}${this.delimiter()}`;
        }
        return out;
    }

    delimiter() {
        return this.peek() === "}" ? "" : this.take();
    }

    environment(side) {
        this.spaces();
        const written = this.peek() === "{" ? this.raw().slice(1, -1) : "";
        const name = written.trim().replace(/\*$/, "");
        const isStart = side === "begin";
        if (name === "eqnarray") {
            return isStart ? "\\begin{array}{rcl}" : "\\end{array}";
        }
        if (UNNUMBERED.has(name)) {
            return isStart ? "{" : "}";
        }
        if (/^[pbBvV]smallmatrix$/.test(name)) {
            const [left, right] = SMALL[name[0]];
            return isStart ? `\\left${left}\\begin{smallmatrix}` : `\\end{smallmatrix}\\right${right}`;
        }
        const start = `\\${side}{${Object.hasOwn(ENVIRONMENTS, name) ? ENVIRONMENTS[name] : written}}`;
        // If the content itself begins with a bracket, it has no options there.
        const isBare = isStart && !TAKES_BRACKET.test(written) && /^\s*\[/.test(this.tex.slice(this.at, this.at + 40));
        return isBare ? `${start}{}` : start;
    }

    /** A comment that would swallow the end of its group ends there instead. */
    comment(token) {
        const close = this.depth > 0 ? token.indexOf("}") : -1;
        if (close >= 0) {
            this.at -= token.length - close;
        }
        return "";
    }

    percent(token) {
        this.at -= token.length - 1;
        return "\\%";
    }

    hasArguments(token) {
        const name = token.slice(1);
        return token[0] === "\\" && (Object.hasOwn(ARGUMENTS, name) || TEXT.test(name) || COLOUR.test(name) || OWN.has(name));
    }

    /** A group as it was written. */
    raw() {
        const start = this.at;
        let depth = 0;
        do {
            const token = this.take();
            depth += token === "{" ? 1 : token === "}" ? -1 : 0;
        } while (depth > 0 && this.peek() !== "");
        return this.tex.slice(start, this.at);
    }

    upTo(end) {
        const close = this.tex.indexOf(end, this.at);
        return close < 0 ? "" : this.tex.slice(this.at, (this.at = close + 1));
    }

    spaces() {
        const found = this.match(/\s*/y);
        this.at += found.length;
        return found && " ";
    }

    peek() {
        return this.match(/\\[A-Za-z]+|\\[\s\S]|%[^\n]*\n?|\s+|[\s\S]|$/uy);
    }

    take() {
        const token = this.peek();
        this.at += token.length;
        return token;
    }

    match(pattern) {
        pattern.lastIndex = this.at;
        return pattern.exec(this.tex)?.[0] ?? "";
    }
}
