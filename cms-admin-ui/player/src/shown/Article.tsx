/** An article: its sections, each knowing which one it is. Perseus's own knows no section from another. */
import type {KeypadAPI} from "@khanacademy/math-input";
import type {PerseusRenderer} from "@khanacademy/perseus-core";
import {Guard} from "../Root";
import {PlaceContext} from "../groups/asking";
import {Live} from "../groups/Live";
import {Link} from "../Link";

interface Props {
    sections: PerseusRenderer[];
    /** Which section each is, where it has a name, and its language, where that is another one than the article's. */
    marks: {id: string | null; locale: string | null}[];
    keypad: KeypadAPI | null;
    onError: (message: string) => void;
}

export function Article({sections, marks, keypad, onError}: Props) {
    return (
        <div className="framework-perseus perseus-article">
            {sections.map((section, index) => (
                <div key={index} className="clearfix" lang={marks[index]?.locale ?? undefined} dir={marks[index]?.locale ? "auto" : undefined}>
                    <Guard onError={onError}>
                        <PlaceContext.Provider value={{section: marks[index]?.id ?? null, path: []}}>
                            <Live renderer={section} apiOptions={{isArticle: true, baseElements: {Link}}} keypad={keypad} />
                        </PlaceContext.Provider>
                    </Guard>
                </div>
            ))}
        </div>
    );
}
