/** A formula in a text. */
import {useEffect, useMemo} from "react";
import {markupOf} from "./markup";

interface Props {
    children: string;
    onClick?: () => unknown;
    onRender?: (root?: unknown) => unknown;
    style?: React.CSSProperties;
}

export function Formula({children, onClick, onRender, style}: Props) {
    const html = useMemo(() => markupOf(String(children)), [children]);
    useEffect(() => {
        onRender?.();
    }, [html, onRender]);
    return <span dir="ltr" className="formula" style={style} onClick={onClick} dangerouslySetInnerHTML={{__html: html}} />;
}
