/**
 * How formulas are set: everything that Khan Academy's content may write, in terms of KaTeX.
 *
 * Khan Academy sets its formulas with MathJax and macros of its own. Here KaTeX does, both in the player and in the
 * check when an entry is saved. So this file imports nothing: both pass it to the KaTeX that they have, with
 * `katex/contrib/mhchem` loaded, and with a copy of the macros each time, because a formula's `\gdef` writes into
 * them: `katex.renderToString(prepared(tex), {...OPTIONS, macros: {...MACROS}})`.
 *
 * The macros and the colours are those of `@khanacademy/mathjax-renderer` 3.0.2 (`tex-input-config.js`) that KaTeX
 * lacks or reads differently, and the commands of the MathJax packages that it loads. Where KaTeX fails for another
 * reason than a missing name, `formula-text.js` mends the formula.
 */
export {prepared} from "./formula-text.js";

/** The largest size that a formula may set, in em, and the most expansions of its macros. Nothing is loaded or linked. */
export const OPTIONS = {maxSize: 30, maxExpand: 1000, strict: false, trust: false};

/** Colours that are readable on white. The letters after a name once meant its shades. */
const COLOURS = {
    blue: "3d7586",
    green: "447a53",
    gray: "5d5f66",
    purple: "594094",
    pink: "b25071",
    gold: "946700",
    red: "d92916",
};
const LIVELY_PURPLE = "8351e8";

const OPERATORS = ["sen", "cossec", "cosec", "arcctg", "arctg", "cotg", "ctg", "tg", "lcm", "gcf"];

/** Names for what KaTeX has under another name or as a sign. A text with `#1` takes arguments. */
const ALIASES = {
    AA: "\\text{Å}", RR: "\\mathbb{R}", inte: "\\int", th: "\\text{th}", centercolon: ":",
    cancelto: "{\\cancel{#2}}^{\\nearrow #1}",
    // Signs and units of MathJax's gensymb.
    ohm: "Ω", celsius: "\\degree\\mathrm{C}", perthousand: "\\text{‰}", micro: "µ",
    // Fonts and sizes.
    mbox: "\\text", mit: "", oldstyle: "", scr: "\\mathscr", Tiny: "\\tiny", mathup: "\\mathrm", mathbfup: "\\mathbf",
    mathbfit: "\\boldsymbol", mathbfsf: "\\boldsymbol", mathsfup: "\\mathsf", symrm: "\\mathrm", symup: "\\mathrm",
    symnormal: "\\mathnormal", symbf: "\\mathbf", symbfup: "\\mathbf", symbfit: "\\boldsymbol", symit: "\\mathit",
    symbb: "\\mathbb", symfrak: "\\mathfrak", symscr: "\\mathscr", symcal: "\\mathcal", symsf: "\\mathsf",
    symsfup: "\\mathsf", symtt: "\\mathtt",
    // Delimiters, arrows and big signs.
    arrowvert: "\\vert", Arrowvert: "\\Vert", bracevert: "\\Vert", nuparrow: "\\not\\uparrow", ndownarrow: "\\not\\downarrow",
    bigtimes: "\\mathop{\\large\\times}", iiiint: "\\iint\\!\\iint", idotsint: "\\int\\cdots\\int",
    overparen: "\\overgroup", underparen: "\\undergroup", stackbin: "\\mathbin{\\overset{#1}{#2}}",
    overunderset: "\\overset{#1}{\\underset{#2}{#3}}", sideset: "{\\vphantom{#3}}#1{#3}#2",
    prescript: "{\\vphantom{#3}}^{#1}_{#2}{#3}", splitfrac: "\\genfrac{}{}{0pt}{}{#1}{#2}",
    splitdfrac: "\\genfrac{}{}{0pt}{0}{#1}{#2}",
    // Spaces.
    mspace: "\\hspace{#1}", Space: "\\hspace{#1}\\vphantom{\\rule{1pt}{#2}\\rule{1pt}{#3}}", strut: "\\vphantom{(}",
    hfil: "\\quad", hfill: "\\quad", hfilll: "\\quad", nonscript: "", xmathstrut: "\\mathstrut",
    textllap: "\\llap{#1}", textrlap: "\\rlap{#1}", textclap: "\\clap{#1}", cramped: "#1", crampedllap: "\\mathllap{#1}",
    crampedrlap: "\\mathrlap{#1}", crampedclap: "\\mathclap{#1}", crampedsubstack: "\\substack{#1}", mathmbox: "{#1}",
    // Arrays in plain TeX's form, and commands that only numbered equations need.
    matrix: "\\begin{matrix}#1\\end{matrix}", pmatrix: "\\begin{pmatrix}#1\\end{pmatrix}", cases: "\\begin{cases}#1\\end{cases}",
    eqalign: "\\begin{aligned}#1\\end{aligned}", displaylines: "\\begin{gathered}#1\\end{gathered}",
    shoveleft: "#1", shoveright: "#1", MoveEqLeft: "", vdotswithin: "\\vdots", shortvdotswithin: "\\vdots",
    DeclareMathOperator: "\\gdef#1{\\operatorname{#2}}",
};

/** What MathJax's `\enclose` may draw, by name. A name that is not here draws nothing. */
const ENCLOSED = {
    longdiv: "\\overline{\\smash{)}#}", actuarial: "\\angl{#}", radical: "\\sqrt{#}", box: "\\boxed{#}",
    roundedbox: "\\boxed{#}", circle: "\\boxed{#}", left: "\\left|#\\right.", right: "\\left.#\\right|", top: "\\overline{#}",
    bottom: "\\underline{#}", updiagonalstrike: "\\cancel{#}", downdiagonalstrike: "\\bcancel{#}", horizontalstrike: "\\sout{#}",
    phasorangle: "\\phase{#}",
};

/** Every macro, in the form that KaTeX takes. */
export const MACROS = {
    ...named(ALIASES),
    ...named(Object.fromEntries(OPERATORS.map((name) => [name, `\\operatorname{${name}}`]))),
    // A translated price loses its dollar and keeps the backslash: `\1` is 1.
    ...Object.fromEntries(Array.from("0123456789", (digit) => [`\\${digit}`, digit])),
    ...colours(),
    // A fraction as an exponent is placed higher. KaTeX's own `\^` is an accent, and stays one in text.
    "\\^": (context) => (context.mode === "text" ? undefined : `^{\\raisebox{0.75em}{$\\scriptscriptstyle{${argument(context)}}$}}`),
    "\\unicode": (context) => character(argument(context)),
    "\\enclose": (context) => enclosed(argument(context), optional(context), argument(context)),
    "\\Rule": (context) => ruled(argument(context), argument(context), argument(context)),
    "\\root": (context) => `\\sqrt[{${text(context.consumeArg(["\\of"]).tokens)}}]`,
    "\\buildrel": (context) => `\\stackrel{${text(context.consumeArg(["\\over"]).tokens)}}`,
    "\\raise": (context) => raised(context, ""),
    "\\lower": (context) => raised(context, "-"),
    "\\tag": (context) => tagged(context),
    "\\label": (context) => nothing(context),
    "\\uproot": (context) => nothing(context),
    "\\skew": (context) => nothing(context),
    "\\leftroot": (context) => nothing(context),
};

function named(macros) {
    return Object.fromEntries(Object.entries(macros).map(([name, body]) => [`\\${name}`, body]));
}

function colours() {
    const shades = (name, letters, colour) => ["", ...letters].map((letter) => [`\\${name}${letter}`, colour]);
    const rows = [
        ...shades("blue", "ABCDE", COLOURS.blue),
        ...shades("teal", "ABCDE", COLOURS.green),
        ...shades("green", "ABCDE", COLOURS.green),
        ...shades("gold", "ABCDE", COLOURS.gold),
        ...shades("red", "ABCDE", COLOURS.red),
        ...shades("maroon", "ABCDE", COLOURS.pink),
        ...shades("purple", "ABCD", LIVELY_PURPLE),
        ["\\purple", COLOURS.purple],
        ["\\purpleE", COLOURS.purple],
        ["\\pink", COLOURS.pink],
        ["\\orange", COLOURS.gold],
        ...shades("gray", "ABCDEFG", COLOURS.gray),
        ...shades("grey", "ABCDEFG", COLOURS.gray),
        ["\\grayH", "3b3d45"],
        ["\\grayI", "21242c"],
        ["\\kaBlue", "314453"],
        ["\\kaGreen", "71b307"],
        ["\\mintA", "f5f9e8"],
        ["\\mintB", "edf2df"],
        ["\\mintC", "e0e5cc"],
    ];
    // KaTeX would read a `#` before the colour as the place of an argument. In braces it can stand as an argument too:
    // `\\cancel\\blueD2`.
    return Object.fromEntries(rows.map(([name, colour]) => [name, `{\\textcolor{${colour}}{#1}}`]));
}

function argument(context) {
    return text(context.consumeArg().tokens);
}

/** An option in brackets, for commands of which no drawing needs it. */
function optional(context) {
    context.consumeSpaces();
    if (context.future().text === "[") {
        context.popToken();
        context.consumeArg(["]"]);
    }
    return null;
}

function nothing(context) {
    context.consumeArg();
    return "";
}

/** Tokens as they were written; KaTeX keeps the last one first. */
function text(tokens) {
    return [...tokens].reverse().map((token) => (/^\\[A-Za-z@]+$/.test(token.text) ? `${token.text} ` : token.text)).join("");
}

/** `x41` and `0x41` are hexadecimal, 65 is not. */
function character(code) {
    const hexadecimal = /^\s*0?x([0-9a-f]+)\s*$/i.exec(code);
    const point = hexadecimal ? Number.parseInt(hexadecimal[1], 16) : Number(code);
    const isCharacter = Number.isInteger(point) && point > 31 && point <= 0x10ffff;
    return isCharacter ? `\\text{\\char${point} }` : "\\text{?}";
}

function enclosed(names, _, content) {
    return names.trim().split(/[\s,]+/).reduce(
        (inner, name) => (Object.hasOwn(ENCLOSED, name) ? ENCLOSED[name].replace("#", () => inner) : inner), `{${content}}`);
}

function ruled(width, height, depth) {
    return `\\rule[-${depth}]{${width}}{${height}}`.replace("[--", "[");
}

/** `\raise 2pt{x}` and `\raise{2pt}{x}`. */
function raised(context, sign) {
    context.consumeSpaces();
    const isGroup = context.future().text === "{";
    const by = isGroup ? argument(context) : upToGroup(context);
    return `\\raisebox{${`${sign}${by.trim()}`.replace(/^--/, "")}}{$${argument(context)}$}`;
}

function upToGroup(context) {
    let read = "";
    while (!["{", "}", "EOF"].includes(context.future().text)) {
        read += context.popToken().text;
    }
    return read;
}

function tagged(context) {
    const isBare = context.future().text === "*";
    if (isBare) {
        context.popToken();
    }
    const tag = argument(context);
    return isBare ? `\\qquad\\text{${tag}}` : `\\qquad\\text{(${tag})}`;
}
