/** The periodic table, as a table: periods are its rows, groups its columns. */
import {ELEMENTS} from "./elements";
import type {Element} from "./elements";
import type {ToolWords} from "./words";

const ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const COLUMNS = Array.from({length: 18}, (_, index) => index + 1);
const AT = new Map(ELEMENTS.map((element) => [`${element.row} ${element.column}`, element]));
/** The element that the key explains. */
const EXAMPLE = ELEMENTS[5];

export function PeriodicTable({withKey, words}: {withKey: boolean; words: ToolWords}) {
    return (
        <>
            {withKey && EXAMPLE && <Key element={EXAMPLE} words={words} />}
            <div className="tool-table periodic" dir="ltr" tabIndex={0} role="group" aria-label={words.names.periodicTable}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">
                                <span className="tool-hidden">{`${words.period} \\ ${words.group}`}</span>
                            </th>
                            {COLUMNS.map((column) => (
                                <th key={column} scope="col">
                                    {column}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {ROWS.map((row) => (
                            <tr key={row} className={row === 8 ? "periodic-apart" : undefined}>
                                <th scope="row">{row < 8 ? row : row - 2}</th>
                                {COLUMNS.map((column) => {
                                    const element = AT.get(`${row} ${column}`);
                                    return <td key={column}>{element && <Cell element={element} words={words} />}</td>;
                                })}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </>
    );
}

function Cell({element, words}: {element: Element; words: ToolWords}) {
    return (
        <>
            <span className="periodic-number">{element.number}</span>
            <strong>{element.symbol}</strong>
            <span className="periodic-name" dir="auto">
                {element.names[words.element]}
            </span>
            <span className="periodic-mass">{element.mass}</span>
        </>
    );
}

function Key({element, words}: {element: Element; words: ToolWords}) {
    const rows: [string, string | number][] = [
        [words.atomicNumber, element.number], [words.symbol, element.symbol], [words.elementName, element.names[words.element]], [words.mass, element.mass],
    ];
    return (
        <dl className="periodic-key" aria-label={words.key}>
            {rows.map(([term, value]) => (
                <div key={term}>
                    <dt>{term}</dt>
                    <dd>{value}</dd>
                </div>
            ))}
        </dl>
    );
}
