/** A formula, set by KaTeX, with the macros that Khan Academy's content uses. */
import katex from "katex";
import {useEffect, useMemo} from "react";

/** Colours by name; `A` to `E` are shades of one, and have one dark enough to be read. */
const COLOURS = {
    blue: "#1865f2",
    teal: "#208170",
    green: "#1b850b",
    gold: "#946600",
    red: "#d92916",
    maroon: "#ca337c",
    purple: "#9059ff",
    pink: "#d13b77",
    orange: "#b35c00",
    gray: "#5f6266",
    grey: "#5f6266",
    kaGreen: "#4c7a02",
    kaBlue: "#314453",
};
const SHADES = ["", "A", "B", "C", "D", "E"];

// Macros without arguments: what follows, a letter or a group, is then \textcolor's own argument.
const MACROS: Record<string, string> = {
    "\\lt": "<",
    "\\gt": ">",
    "\\degree": "^\\circ",
    "\\RR": "\\mathbb{R}",
    "\\cancelto": "\\cancel",
};
for (const [name, colour] of Object.entries(COLOURS)) {
    for (const shade of SHADES) {
        MACROS[`\\${name}${shade}`] = `\\textcolor{${colour}}`;
    }
}
/** `\blueD\text{x}`: a group is needed where a macro takes more than one letter. */
const BARE_TEXT = /(\\(?:blue|teal|green|gold|red|maroon|purple|pink|orange|gr[ae]y|kaGreen|kaBlue)[A-E]?)\s*(\\text\s*\{[^{}]*\})/g;
/** Largest that a formula may make itself, in em, and the most that its macros may grow. */
const LIMITS = {maxSize: 30, maxExpand: 1000};

interface Props {
    children: string;
    onClick?: () => unknown;
    onRender?: (root?: unknown) => unknown;
    style?: React.CSSProperties;
}

export function Formula({children, onClick, onRender, style}: Props) {
    const html = useMemo(() => set(String(children)), [children]);
    useEffect(() => {
        onRender?.();
    }, [html, onRender]);
    // KaTeX escapes what it is given, and commands that make links or load files are not trusted.
    return <span dir="ltr" className="formula" style={style} onClick={onClick} dangerouslySetInnerHTML={{__html: html}} />;
}

function set(tex: string): string {
    return katex.renderToString(tex.replace(BARE_TEXT, "$1{$2}"), {
        ...LIMITS,
        macros: {...MACROS},
        throwOnError: false,
        errorColor: "inherit",
        strict: false,
        trust: false,
    });
}
