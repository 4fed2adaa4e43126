/** The result of an answer. It is there from the start, so that a screen reader hears it change. */
import {mapErrorToString} from "@khanacademy/perseus/strings";
import {Guard} from "../Root";
import {Prose} from "./Prose";
import {perseusWords} from "../perseus/words";
import type {Media, Score} from "../protocol";
import {words} from "../words";

interface Props {
    score: Score | null;
    /** The message that replaces the score's own, as Markdown. */
    message: string | null;
    /** Pictures in messages. */
    media: Media;
    isRight: boolean;
    locale: string;
    onError: (message: string) => void;
}

export function Result({score, message, media, isRight, locale, onError}: Props) {
    const outcome = score === null ? "none" : score.type === "invalid" || score.total <= 0 ? "invalid" : isRight ? "right" : "wrong";
    const prose = message || (score && mapErrorToString(score.message, perseusWords(locale)));
    return (
        <div className={`result result-${outcome}`} role="status" aria-label={words().result}>
            {score !== null && (
                <div className="result-told">
                    <span className="mark" aria-hidden="true">
                        {outcome === "right" ? "✓" : outcome === "invalid" ? "!" : "↻"}
                    </span>
                    {prose ? (
                        <Guard onError={onError}>
                            <Prose text={prose} media={media} locale={locale} />
                        </Guard>
                    ) : (
                        <span>{told(score, isRight)}</span>
                    )}
                </div>
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
