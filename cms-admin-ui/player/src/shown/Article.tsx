/** An article: its sections, each with its own identity. Perseus's own article does not distinguish its sections. */
import type {KeypadAPI} from "@khanacademy/math-input";
import type {PerseusRenderer} from "@khanacademy/perseus-core";
import {Guard} from "../Root";
import {PlaceContext} from "../groups/asking";
import {Live} from "../groups/Live";
import {Link} from "../Link";

interface Props {
    sections: PerseusRenderer[];
    /** The id of each section, if it has one, and its language, if that is not the article's. */
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
