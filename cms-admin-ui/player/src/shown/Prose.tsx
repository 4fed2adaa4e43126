/** A short text that an author wrote, with its formulas, lists and pictures: a message to an answer. */
import {Renderer} from "@khanacademy/perseus";
import type {PerseusRenderer} from "@khanacademy/perseus-core";
import {linterContextDefault} from "@khanacademy/perseus-linter";
import {useMemo} from "react";
import {Link} from "../Link";
import {perseusWords} from "../perseus/words";
import {resolvePictures} from "../pictures";
import type {Media} from "../protocol";

const NO_INPUT = {};
const hearNothing = () => {};

export function Prose({text, media, locale}: {text: string; media: Media; locale: string}) {
    const {content, images} = useMemo(() => resolvePictures({content: text, images: {}}, media) as unknown as PerseusRenderer, [text, media]);
    return (
        <div className="framework-perseus prose">
            <Renderer
                content={content}
                images={images}
                widgets={NO_INPUT}
                apiOptions={{baseElements: {Link}}}
                userInput={NO_INPUT}
                handleUserInput={hearNothing}
                linterContext={linterContextDefault}
                strings={perseusWords(locale)}
            />
        </div>
    );
}
