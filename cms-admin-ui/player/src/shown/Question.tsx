/** A question: its text and widgets, the hints so far, and the result of the answer. */
import type {KeypadAPI} from "@khanacademy/math-input";
import {Renderer} from "@khanacademy/perseus";
import type {Hint, PerseusRenderer, UserInputMap} from "@khanacademy/perseus-core";
import {linterContextDefault} from "@khanacademy/perseus-linter";
import {useCallback, useEffect, useRef, useState} from "react";
import {Hints} from "./Hints";
import {Link} from "../Link";
import {Result} from "./Result";
import {Guard} from "../Root";
import {readable} from "../input/digits";
import {emptyParts} from "../input/empty";
import {perseusWords} from "../perseus/words";
import type {Fields, Media, Score} from "../protocol";
import {startOf} from "../input/start";
import {Tools} from "../tools/Tools";
import type {Asked} from "../tools/Tools";

interface Props {
    question: PerseusRenderer;
    hints: Hint[];
    /** The number of hints, shown or not. */
    hintsCount: number;
    score: Score | null;
    message: string | null;
    /** Pictures in the message. */
    media: Media;
    /** What the learner had entered before. */
    before: Fields | null;
    /** The tools with which the learner may calculate and look things up. */
    tools: Asked;
    /** Decides everything that chance draws. */
    seed: number;
    locale: string;
    keypad: KeypadAPI | null;
    onInput: (userInput: Fields, empty: string[]) => void;
    onError: (message: string) => void;
}

export function Question({question, hints, hintsCount, score, message, media, before, tools, seed, locale, keypad, onInput, onError}: Props) {
    const renderer = useRef<Renderer>(null);
    const [input, setInput] = useState<UserInputMap>(() => ({...startOf(question.widgets, seed), ...(before as UserInputMap)}));
    const latest = useRef(input);
    const isRight = score?.type === "points" && score.total > 0 && score.earned >= score.total;

    const tell = useCallback(
        (next: UserInputMap) => {
            const ids = renderer.current?.widgetIds ?? Object.keys(question.widgets);
            onInput(readable(next as unknown as Fields, question.widgets as unknown as Fields), emptyParts(question.widgets, ids, next, locale));
        },
        [question, locale, onInput],
    );
    const change = useCallback(
        (id: string, value: UserInputMap[keyof UserInputMap]) => {
            // Two widgets may change within one turn: the later change must not forget the earlier one.
            latest.current = {...latest.current, [id]: value} as UserInputMap;
            setInput(latest.current);
            tell(latest.current);
        },
        [tell],
    );
    useEffect(() => tell(latest.current), [tell]);

    return (
        <>
            <Tools asked={tools} locale={locale} />
            <div className="framework-perseus question">
                <Guard onError={onError}>
                    <Renderer
                        ref={renderer}
                        content={question.content}
                        widgets={question.widgets}
                        images={question.images}
                        problemNum={seed}
                        apiOptions={{readOnly: isRight, baseElements: {Link}}}
                        showSolutions="none"
                        keypadElement={keypad}
                        userInput={input}
                        handleUserInput={change}
                        linterContext={linterContextDefault}
                        strings={perseusWords(locale)}
                    />
                </Guard>
            </div>
            <Hints hints={hints} count={hintsCount} onError={onError} />
            <Result score={score} message={message} media={media} isRight={isRight} locale={locale} onError={onError} />
        </>
    );
}
