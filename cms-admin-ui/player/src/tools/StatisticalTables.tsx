/** The tables of the normal distribution, Student's t and chi-squared; every value is computed. */
import {chiOf, normalBelow, tOf} from "./distributions";
import type {ToolWords} from "./words";

const TAILS = [0.25, 0.2, 0.15, 0.1, 0.05, 0.025, 0.02, 0.01, 0.005, 0.0025, 0.001, 0.0005];
const FREEDOMS = [...Array.from({length: 30}, (_, index) => index + 1), 40, 50, 60, 80, 100];
const HUNDREDTHS = Array.from({length: 10}, (_, index) => index);

interface Props {
    words: ToolWords;
}

export function NormalTable({words}: Props) {
    // From −3.4 to 3.4. Below zero, the hundredths count away from zero.
    const rows = Array.from({length: 70}, (_, index) => (index < 35 ? {sign: -1, tenths: 34 - index} : {sign: 1, tenths: index - 35}));
    return (
        <Table
            caption={words.below}
            corner="z"
            columns={HUNDREDTHS.map((hundredth) => `.0${hundredth}`)}
            rows={rows.map(({sign, tenths}) => [
                `${sign < 0 ? "−" : ""}${(tenths / 10).toFixed(1)}`,
                HUNDREDTHS.map((hundredth) => normalBelow((sign * (tenths * 10 + hundredth)) / 100).toFixed(4).replace(/^0/, "")),
            ])}
        />
    );
}

export function StudentTable({words}: Props) {
    const freedoms = [...FREEDOMS, 1000, Infinity];
    return <Tailed words={words} freedoms={freedoms} value={(tail, freedom) => tOf(tail, freedom).toFixed(3)} />;
}

export function ChiTable({words}: Props) {
    return <Tailed words={words} freedoms={FREEDOMS} value={(tail, freedom) => chiOf(tail, freedom).toFixed(2)} />;
}

function Tailed({words, freedoms, value}: Props & {freedoms: number[]; value: (tail: number, freedom: number) => string}) {
    return (
        <Table
            caption={words.above}
            corner={`${words.freedom} \\ ${words.tail}`}
            columns={TAILS.map((tail) => String(tail).replace(/^0/, ""))}
            rows={freedoms.map((freedom) => [Number.isFinite(freedom) ? String(freedom) : "∞", TAILS.map((tail) => value(tail, freedom))])}
        />
    );
}

function Table({caption, corner, columns, rows}: {caption: string; corner: string; columns: string[]; rows: [string, string[]][]}) {
    return (
        // A table that is wider than its place scrolls sideways, with the keyboard too.
        <div className="tool-table" dir="ltr" tabIndex={0} role="group" aria-label={caption}>
            <table>
                <caption dir="auto">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{corner}</th>
                        {columns.map((column) => (
                            <th key={column} scope="col">
                                {column}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {rows.map(([head, cells], row) => (
                        <tr key={row}>
                            <th scope="row">{head}</th>
                            {cells.map((cell, column) => (
                                <td key={column}>{cell}</td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
