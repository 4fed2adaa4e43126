/** Graphs of up to three functions of x, in a window that can be changed. */
import {useState} from "react";
import {ascii} from "../input/digits";
import {shown, valueOf} from "./arithmetic";
import type {Mode} from "./arithmetic";
import type {ToolWords} from "./words";

const SIDE = 300;
const STEPS = 600;
const COLOURS = ["#1865f2", "#b3261e", "#1b850b"];
const WINDOW = {left: "-10", right: "10", bottom: "-10", top: "10"};

export function Graph({angles, words}: {angles: Mode["angles"]; words: ToolWords}) {
    const [functions, setFunctions] = useState(["", "", ""]);
    const [edges, setEdges] = useState(WINDOW);
    const number = (text: string) => Number(ascii(text).replace("−", "-"));
    const [left, right, bottom, top] = [number(edges.left), number(edges.right), number(edges.bottom), number(edges.top)];
    const isWindow = [left, right, bottom, top].every(Number.isFinite) && left < right && bottom < top;
    const across = (x: number) => ((x - left) / (right - left)) * SIDE;
    const down = (y: number) => SIDE - ((y - bottom) / (top - bottom)) * SIDE;
    const drawn = functions.filter((text) => text.trim() !== "");
    const edge = (name: keyof typeof WINDOW, label: string) => (
        <label>
            {label}
            <input type="text" inputMode="decimal" value={edges[name]} onChange={(event) => setEdges({...edges, [name]: event.target.value})} />
        </label>
    );
    return (
        <div className="graph">
            {functions.map((text, index) => (
                <label key={index}>
                    <span style={{color: COLOURS[index]}}>
                        y<sub>{index + 1}</sub> =
                    </span>
                    <input
                        type="text"
                        value={text}
                        aria-label={`${words.graph} ${index + 1}`}
                        autoCapitalize="off"
                        spellCheck={false}
                        onChange={(event) => setFunctions(functions.with(index, event.target.value))}
                    />
                </label>
            ))}
            <div className="graph-window">
                {edge("left", `x ${words.from}`)}
                {edge("right", `x ${words.to}`)}
                {edge("bottom", `y ${words.from}`)}
                {edge("top", `y ${words.to}`)}
            </div>
            {isWindow && (
                <svg viewBox={`0 0 ${SIDE} ${SIDE}`} role="img" aria-label={words.drawn(drawn.map((text) => `y = ${text}`).join(", ") || "…")}>
                    {lines(left, right).map((x) => (
                        <line key={`x${x}`} x1={across(x)} x2={across(x)} y1={0} y2={SIDE} className={x === 0 ? "axis" : "grid"} />
                    ))}
                    {lines(bottom, top).map((y) => (
                        <line key={`y${y}`} x1={0} x2={SIDE} y1={down(y)} y2={down(y)} className={y === 0 ? "axis" : "grid"} />
                    ))}
                    {functions.map((text, index) => (
                        <path key={index} d={pathOf(text, {left, right, bottom, top}, across, down, angles)} stroke={COLOURS[index]} />
                    ))}
                </svg>
            )}
        </div>
    );
}

/** The positions of a grid's lines: about ten, at round numbers. */
function lines(from: number, to: number): number[] {
    const rough = (to - from) / 10;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
    const first = Math.ceil(from / step);
    return Array.from({length: Math.floor(to / step) - first + 1}, (_, index) => Number(shown((first + index) * step).replace("−", "-")));
}

type Edges = Record<keyof typeof WINDOW, number>;

/** A line through a function's values, broken where there are none or where the function jumps. */
function pathOf(text: string, {left, right, bottom, top}: Edges, across: (x: number) => number, down: (y: number) => number, angles: Mode["angles"]): string {
    let path = "";
    let before: number | null = null;
    for (let step = 0; step <= STEPS && text.trim() !== ""; step += 1) {
        const x = left + ((right - left) * step) / STEPS;
        const y = valueOf(ascii(text), {angles, isPlain: false, names: {x}});
        const isSeen: boolean = y !== null && Number.isFinite(y) && (before === null || Math.abs(y - before) < 2 * (top - bottom));
        if (y !== null && Number.isFinite(y)) {
            path += `${isSeen && before !== null ? "L" : "M"}${across(x).toFixed(1)} ${Math.max(-1e4, Math.min(1e4, down(y))).toFixed(1)}`;
        }
        before = y !== null && Number.isFinite(y) ? y : null;
    }
    return path;
}
