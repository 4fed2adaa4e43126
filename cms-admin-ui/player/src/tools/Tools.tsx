/**
 * The tools that an item asks for, opened by buttons next to its question: calculators, tables. They are fetched when
 * they are first opened, stay open while the learner answers, and are left with Escape.
 */
import {Component, Suspense, lazy, useId, useRef, useState} from "react";
import type {PropsWithChildren, ReactNode} from "react";
import type {Json} from "../protocol";
import {TOOLS, toolWords} from "./words";
import type {Tool, ToolWords} from "./words";

export type Variant = "scientific" | "graphing" | "four_function";

/** The tools that an item asks for. */
export interface Asked {
    tools: Tool[];
    variant: Variant;
    withKey: boolean;
}

const Panel = lazy(() => import("./Panel"));

/** Reads an item's `answerArea`, in every form that it has had over the years. */
export function toolsOf(answerArea: Json | undefined): Asked {
    const flags = typeof answerArea === "object" && answerArea !== null && !Array.isArray(answerArea) ? answerArea : {};
    const withKey = flags.periodicTableWithKey === true;
    const {calculatorVariant: variant} = flags;
    return {
        tools: TOOLS.filter((tool) => flags[tool] === true || (tool === "periodicTable" && withKey)),
        variant: variant === "graphing" || variant === "four_function" ? variant : "scientific",
        withKey,
    };
}

export function Tools({asked, locale}: {asked: Asked; locale: string}) {
    const [open, setOpen] = useState<Tool | null>(null);
    const buttons = useRef(new Map<Tool, HTMLButtonElement>());
    const id = useId();
    const words = toolWords(locale);
    if (asked.tools.length === 0) {
        return null;
    }
    const close = () => {
        const button = open && buttons.current.get(open);
        setOpen(null);
        button?.focus();
    };
    return (
        <section className="tools" aria-label={words.tools} onKeyDown={(event) => event.key === "Escape" && open && close()}>
            <div className="tool-buttons">
                {asked.tools.map((tool) => (
                    <button
                        key={tool}
                        ref={(button) => void (button ? buttons.current.set(tool, button) : buttons.current.delete(tool))}
                        type="button"
                        className="tool-button"
                        aria-expanded={open === tool}
                        aria-controls={open === tool ? id : undefined}
                        onClick={() => (open === tool ? close() : setOpen(tool))}
                    >
                        {words.names[tool]}
                    </button>
                ))}
            </div>
            {open && (
                <section className="tool" id={id} aria-label={words.names[open]}>
                    <header>
                        <h2>{words.names[open]}</h2>
                        <button type="button" className="tool-button" onClick={close}>
                            {words.close}
                        </button>
                    </header>
                    <Missing key={open} words={words}>
                        <Suspense fallback={<p role="status">…</p>}>
                            <Panel tool={open} asked={asked} words={words} />
                        </Suspense>
                    </Missing>
                </section>
            )}
        </section>
    );
}

/** A tool that could not be fetched says so, and does not affect the question. */
class Missing extends Component<PropsWithChildren<{words: ToolWords}>, {isMissing: boolean}> {
    override state = {isMissing: false};

    static getDerivedStateFromError(): {isMissing: boolean} {
        return {isMissing: true};
    }

    override render(): ReactNode {
        return this.state.isMissing ? <p role="alert">{this.props.words.failed}</p> : this.props.children;
    }
}
