/** The hints so far. */
import {HintRenderer} from "@khanacademy/perseus";
import type {Hint} from "@khanacademy/perseus-core";
import {linterContextDefault} from "@khanacademy/perseus-linter";
import {Guard} from "../Root";
import {Link} from "../Link";
import {standing} from "../standing";
import {surroundings} from "../perseus/setup";
import {words} from "../words";

interface Props {
    hints: Hint[];
    /** The number of hints, shown or not. */
    count: number;
    onError: (message: string) => void;
}

export function Hints({hints, count, onError}: Props) {
    const total = Math.max(count, hints.length);
    return hints.length === 0 ? null : (
        <section className="hints framework-perseus" aria-label={words().hints}>
            {standing(hints).map(({hint, position}) => (
                <Guard key={position} onError={onError}>
                    <HintRenderer
                        hint={hint}
                        pos={position}
                        totalHints={total}
                        lastRendered={position === hints.length - 1}
                        lastHint={position === total - 1 && !hint.content.includes("**")}
                        apiOptions={{baseElements: {Link}}}
                        dependencies={surroundings}
                        {...({linterContext: linterContextDefault} as object)}
                    />
                </Guard>
            ))}
        </section>
    );
}
