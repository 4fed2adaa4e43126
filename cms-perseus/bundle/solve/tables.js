/** Widgets with cells to fill: table, matrix. */
import {isFull} from "../scored.js";
import {writings} from "./numbers.js";

const isNumber = (text) => Number.isFinite(Number.parseFloat(text));

export function table({answers, rows: rowsCount, columns}, tell, score) {
    const rows = answers.filter((row) => row.some((cell) => cell));
    if (rows.length === 0) {
        tell("impossible", "no-answer", "All cells of the answer are blank: whatever learners type is wrong.", "answers");
        return undefined;
    }
    for (const [row, cells] of answers.entries()) {
        const blank = rows.includes(cells) ? cells.findIndex((cell) => cell === "") : -1;
        const strange = cells.findIndex((cell) => cell !== "" && !isNumber(cell));
        if (blank >= 0) {
            tell("impossible", "cell-blank", `Row ${row + 1} of the answer has a blank cell, but learners must fill every cell of a row that they begin.`, "answers", row, blank);
            return undefined;
        }
        if (strange >= 0) {
            tell("impossible", "cell-not-a-number", `“${cells[strange]}” in row ${row + 1} is no number, and only numbers are scored.`, "answers", row, strange);
            return undefined;
        }
    }
    if (rows.length > rowsCount) {
        tell("impossible", "lists-of-different-length", `The answer has ${rows.length} rows, and learners get ${rowsCount}.`, "rows");
        return undefined;
    }
    const narrow = rows.find((row) => row.length < columns);
    if (narrow !== undefined) {
        tell("impossible", "lists-of-different-length", `Learners fill ${columns} columns, and the answer has ${narrow.length}.`, "columns");
        return undefined;
    }
    if (rows.some((row) => row.length > columns)) {
        tell("error", "lists-of-different-length", `The answer has more columns than the ${columns} that learners get: the rest counts for nothing.`, "columns");
    }
    return readable(answers, rows.map((row) => row.slice(0, columns)), tell, score);
}

/** A table as it is scored: Perseus reads the number at the beginning of each cell. */
function readable(answers, rows, tell, score) {
    const read = rows.map((row) => row.map((cell) => String(Number.parseFloat(cell))));
    if (isFull(score(rows)) || !isFull(score(read))) {
        return rows;
    }
    const row = answers.findIndex((cells) => cells.some((cell) => cell !== "" && Number(cell) !== Number.parseFloat(cell)));
    const cell = answers[row]?.find((cell) => cell !== "" && Number(cell) !== Number.parseFloat(cell));
    tell("error", "stored-answer-refused", `“${cell}” in row ${row + 1} is read as ${Number.parseFloat(cell)}: who writes “${cell}” is told to be wrong. Store decimals.`, "answers", row);
    return read;
}

const isBlank = (cell) => cell == null || cell === "";

/** A matrix without the blank rows and columns at its end, with which editors fill a board. */
function filled(answers) {
    const last = (row) => row.findLastIndex((cell) => !isBlank(cell)) + 1;
    const columns = Math.max(0, ...answers.map(last));
    const rows = answers.findLastIndex((row) => last(row) > 0) + 1;
    return answers.slice(0, rows).map((row) => Array.from({length: columns}, (_, column) => row[column]));
}

export function matrix(options, tell, score) {
    const {matrixBoardSize} = options;
    const answers = filled(options.answers);
    const columns = answers[0]?.length ?? 0;
    if (columns === 0) {
        tell("impossible", "no-answer", "The answer has no cells: whatever learners type is wrong.", "answers");
        return undefined;
    }
    const uneven = answers.findIndex((row) => row.some((cell) => isBlank(cell) || !Number.isFinite(Number(cell))));
    if (uneven >= 0) {
        tell("impossible", "cell-blank", `Row ${uneven + 1} of the answer has a cell without a number.`, "answers", uneven);
        return undefined;
    }
    const [rowsMax, columnsMax] = matrixBoardSize ?? [];
    if (answers.length > rowsMax || columns > columnsMax) {
        tell("impossible", "off-the-grid", `The answer has ${answers.length} rows and ${columns} columns, and there is room for ${rowsMax} by ${columnsMax}.`, "matrixBoardSize");
        return undefined;
    }
    const written = (cell) => {
        const alone = {...options, answers: [[cell]], matrixBoardSize: [1, 1]};
        return writings(Number(cell)).find((text) => isFull(score({answers: [[text]]}, alone))) ?? String(cell);
    };
    return {answers: answers.map((row) => row.map(written))};
}
