/** A question: its text and widgets, the hints so far, and how the answer was. */
import type {KeypadAPI} from "@khanacademy/math-input";
import {HintRenderer, Renderer} from "@khanacademy/perseus";
import type {PerseusRenderer, UserInputMap} from "@khanacademy/perseus-core";
import {linterContextDefault} from "@khanacademy/perseus-linter";
import {mapErrorToString} from "@khanacademy/perseus/strings";
import {useCallback, useEffect, useRef, useState} from "react";
import {Link} from "./Link";
import {Guard} from "./Root";
import {readable} from "./digits";
import {emptyParts} from "./empty";
import {surroundings} from "./perseus/setup";
import {perseusWords} from "./perseus/words";
import type {Fields, Score} from "./protocol";
import {startOf} from "./start";
import {Tools} from "./tools/Tools";
import type {Asked} from "./tools/Tools";
import {words} from "./words";

interface Props {
    question: PerseusRenderer;
    hints: PerseusRenderer[];
    /** How many hints there are, shown or not. */
    hintsCount: number;
    score: Score | null;
    message: string | null;
    /** What the learner had put in before. */
    before: Fields | null;
    /** What the learner may calculate and look up with. */
    tools: Asked;
    /** Decides what is drawn by chance. */
    seed: number;
    locale: string;
    keypad: KeypadAPI | null;
    onInput: (userInput: Fields, empty: string[]) => void;
    onError: (message: string) => void;
}

export function Question({question, hints, hintsCount, score, message, before, tools, seed, locale, keypad, onInput, onError}: Props) {
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
            // Two widgets may change within one turn: the later must not forget the earlier.
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
            {hints.length > 0 && (
                <section className="hints framework-perseus" aria-label={words().hints}>
                    {hints.map((hint, index) => (
                        <Guard key={index} onError={onError}>
                            <HintRenderer
                                hint={hint}
                                pos={index}
                                totalHints={Math.max(hintsCount, hints.length)}
                                lastRendered={index === hints.length - 1}
                                apiOptions={{baseElements: {Link}}}
                                dependencies={surroundings}
                                {...({linterContext: linterContextDefault} as object)}
                            />
                        </Guard>
                    ))}
                </section>
            )}
            <Result score={score} message={message} isRight={isRight} locale={locale} />
        </>
    );
}

/** There from the start, so that a screen reader hears it change. */
function Result({score, message, isRight, locale}: {score: Score | null; message: string | null; isRight: boolean; locale: string}) {
    const outcome = score === null ? "none" : score.type === "invalid" || score.total <= 0 ? "invalid" : isRight ? "right" : "wrong";
    return (
        <div className={`result result-${outcome}`} role="status" aria-label={words().result}>
            {score !== null && (
                <p>
                    <span className="mark" aria-hidden="true">
                        {outcome === "right" ? "✓" : outcome === "invalid" ? "!" : "↻"}
                    </span>
                    <span>{message || mapErrorToString(score.message, perseusWords(locale)) || told(score, isRight)}</span>
                </p>
            )}
        </div>
    );
}

function told(score: Score, isRight: boolean): string {
    if (score.type === "invalid") {
        return words().invalid;
    }
    if (isRight) {
        return words().correct;
    }
    if (score.total <= 0) {
        return words().notCounted;
    }
    return score.earned > 0 ? words().partly(score.earned, score.total) : words().wrong;
}
