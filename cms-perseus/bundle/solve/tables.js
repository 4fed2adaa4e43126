/** Widgets with cells to fill: table, matrix. */
import {isFull} from "../scored.js";

const isNumber = (text) => Number.isFinite(Number.parseFloat(text));

export function table({answers}, tell, score) {
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
    const read = rows.map((row) => row.map((cell) => String(Number.parseFloat(cell))));
    if (isFull(score(rows)) || !isFull(score(read))) {
        return rows;
    }
    const row = answers.findIndex((cells) => cells.some((cell) => cell !== "" && Number(cell) !== Number.parseFloat(cell)));
    const cell = answers[row]?.find((cell) => cell !== "" && Number(cell) !== Number.parseFloat(cell));
    tell("error", "stored-answer-refused", `“${cell}” in row ${row + 1} is read as ${Number.parseFloat(cell)}: who writes “${cell}” is told to be wrong. Store decimals.`, "answers", row);
    return read;
}

export function matrix({answers, matrixBoardSize}, tell) {
    const columns = Math.max(0, ...answers.map((row) => row.length));
    if (columns === 0) {
        tell("impossible", "no-answer", "The answer has no cells: whatever learners type is wrong.", "answers");
        return undefined;
    }
    const uneven = answers.findIndex((row) => row.length !== columns || row.some((cell) => cell == null || cell === "" || !Number.isFinite(Number(cell))));
    if (uneven >= 0) {
        tell("impossible", "cell-blank", `Row ${uneven + 1} of the answer has a cell without a number.`, "answers", uneven);
        return undefined;
    }
    const [rowsMax, columnsMax] = matrixBoardSize ?? [];
    if (answers.length > rowsMax || columns > columnsMax) {
        tell("impossible", "off-the-grid", `The answer has ${answers.length} rows and ${columns} columns, and there is room for ${rowsMax} by ${columnsMax}.`, "matrixBoardSize");
        return undefined;
    }
    return {answers: answers.map((row) => row.map(String))};
}
