/** A calculator: typed or pressed, with its result read out. A graphing one also draws functions. */
import {useEffect, useRef, useState} from "react";
import {ascii} from "../input/digits";
import {Graph} from "./Graph";
import {shown, valueOf} from "./arithmetic";
import type {Mode} from "./arithmetic";
import type {Variant} from "./Tools";
import type {ToolWords} from "./words";

const PLAIN_KEYS = ["7", "8", "9", "÷", "4", "5", "6", "×", "1", "2", "3", "−", "0", ".", "%", "+"];
const MORE_KEYS: [label: string, typed: string][] = [
    ["sin", "sin("], ["cos", "cos("], ["tan", "tan("], ["π", "π"], ["sin⁻¹", "asin("], ["cos⁻¹", "acos("], ["tan⁻¹", "atan("], ["e", "e"],
    ["ln", "ln("], ["log", "log("], ["√", "√("], ["x²", "^2"], ["xʸ", "^"], ["(", "("], [")", ")"], ["!", "!"],
];

export function Calculator({variant, words}: {variant: Variant; words: ToolWords}) {
    const [text, setText] = useState("");
    const [angles, setAngles] = useState<Mode["angles"]>("degrees");
    const [answer, setAnswer] = useState(0);
    const [result, setResult] = useState<string | null>(null);
    const field = useRef<HTMLInputElement>(null);
    const isPlain = variant === "four_function";
    useEffect(() => field.current?.focus({preventScroll: true}), []);

    const mode: Mode = {angles, isPlain, names: {ans: answer}};
    const change = (next: string) => {
        setText(next);
        setResult(null);
    };
    const type = (typed: string) => {
        const input = field.current;
        const [from, to] = [input?.selectionStart ?? text.length, input?.selectionEnd ?? text.length];
        change(text.slice(0, from) + typed + text.slice(to));
        requestAnimationFrame(() => input?.setSelectionRange(from + typed.length, from + typed.length));
    };
    const calculate = () => {
        if (text.trim() === "") {
            return;
        }
        const value = valueOf(ascii(text), mode);
        if (value !== null) {
            setAnswer(value);
        }
        setResult(value === null ? words.noResult : shown(value));
    };
    return (
        <div className="calculator" dir="ltr">
            <input
                ref={field}
                type="text"
                value={text}
                aria-label={words.expression}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                onChange={(event) => change(event.target.value)}
                onKeyDown={(event) => (event.key === "Enter" || event.key === "=") && (event.preventDefault(), calculate())}
            />
            <output className="calculator-result" role="status" aria-label={words.result}>
                {result === null ? "" : result === words.noResult ? result : `= ${result}`}
            </output>
            {!isPlain && (
                <>
                    <div className="calculator-angles" role="group">
                        {(["degrees", "radians"] as const).map((unit) => (
                            <button key={unit} type="button" aria-pressed={angles === unit} onClick={() => setAngles(unit)}>
                                {words[unit]}
                            </button>
                        ))}
                    </div>
                    <div className="calculator-keys">
                        {MORE_KEYS.map(([label, typed]) => (
                            <button key={label} type="button" onClick={() => type(typed)}>
                                {label}
                            </button>
                        ))}
                    </div>
                </>
            )}
            <div className="calculator-keys">
                {PLAIN_KEYS.map((key) => (
                    <button key={key} type="button" onClick={() => type(key)}>
                        {key}
                    </button>
                ))}
                <button type="button" onClick={() => change("")}>
                    {words.clear}
                </button>
                <button type="button" aria-label={words.erase} onClick={() => change(text.slice(0, -1))}>
                    ⌫
                </button>
                <button type="button" aria-label={words.answer} onClick={() => type("ans")}>
                    ans
                </button>
                <button type="button" className="calculator-equals" aria-label={words.equals} onClick={calculate}>
                    =
                </button>
            </div>
            {variant === "graphing" && <Graph angles={angles} words={words} />}
        </div>
    );
}
