/** A formula, set by KaTeX as Khan Academy's content means it; what it can't set is shown as it was written. */
import katex from "katex";
import "katex/contrib/mhchem";
import {useEffect, useMemo} from "react";
import {MACROS, OPTIONS, prepared} from "../../../../cms-perseus/bundle/formulas.js";

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
    return katex.renderToString(prepared(tex), {...OPTIONS, macros: {...MACROS}, throwOnError: false, errorColor: "inherit"});
}
