/** Widgets in which the learner moves something along a scale: number-line, plotter. */
import {isFull} from "../scored.js";

const NEAR = 1e-6;

/** Whether a value is a whole number of steps from an origin; true for any value if there are no steps. */
export function isOn(value, step, origin = 0) {
    if (!(step > 0)) {
        return true;
    }
    const steps = (value - origin) / step;
    return Math.abs(steps - Math.round(steps)) < NEAR * Math.max(1, Math.abs(steps));
}

export function numberLine(options, tell, score) {
    const {range, correctX, correctRel, isInequality, isTickCtrl, initialX, numDivisions, divisionRange} = options;
    const [left, right] = range;
    const rel = correctRel ?? "eq";
    const wanted = correctX ?? 0;
    if (correctX == null) {
        tell("warning", "no-value", "No right place is stored, so 0 is right.", "correctX");
    }
    if (wanted < left - NEAR || wanted > right + NEAR) {
        tell("impossible", "out-of-range", `The right place, ${wanted}, is not on the line, which goes from ${left} to ${right}.`, "correctX");
        return undefined;
    }
    if (isInequality ? rel === "eq" : rel !== "eq") {
        const message = isInequality
            ? "The answer is an inequality, but the right relation is stored as “equal”, which learners can't choose."
            : "The right relation is an inequality, but learners can only place a point.";
        tell("impossible", "relation-cannot-be-given", message, "correctRel");
        return undefined;
    }
    const divisions = isTickCtrl ? divisionsThatReach(options, wanted) : numDivisions;
    if (isTickCtrl ? divisions === undefined : !isOn(wanted, stepOf(options), left)) {
        tell("impossible", "off-the-grid", `The right place, ${wanted}, is between the places on which the point rests: learners can never be right.`, "correctX");
        return undefined;
    }
    const start = {numLinePosition: initialX ?? left, rel: isInequality ? "ge" : "eq", numDivisions: divisions ?? numDivisions ?? divisionRange?.[0] ?? 1};
    if (isFull(score(start))) {
        tell("error", "right-from-the-start", "The point stands on the right place from the start: doing nothing is scored as right.", "initialX");
    }
    return {numLinePosition: wanted, rel, numDivisions: start.numDivisions};
}

function stepOf({range, tickStep, numDivisions, snapDivisions}) {
    const step = tickStep ?? (numDivisions ? (range[1] - range[0]) / numDivisions : null);
    return step === null ? 0 : step / (snapDivisions || 2);
}

function divisionsThatReach({range, divisionRange, snapDivisions}, wanted) {
    for (let count = Math.max(1, Math.ceil(divisionRange[0])); count <= Math.min(divisionRange[1], 1000); count++) {
        if (isOn(wanted, (range[1] - range[0]) / count / (snapDivisions || 2), range[0])) {
            return count;
        }
    }
    return undefined;
}

export function plotter({type, correct, starting, categories, maxY, scaleY, snapsPerLine}, tell, score) {
    // A histogram has its categories at the edges of its bars.
    const bars = type === "histogram" ? categories.length - 1 : categories.length;
    if (categories.length > 0 && correct.length !== bars) {
        tell("impossible", "lists-of-different-length", `${correct.length} right values are stored for ${bars} places.`, "correct");
        return undefined;
    }
    if (starting.length < correct.length) {
        tell("impossible", "lists-of-different-length", `The plot begins with ${starting.length} values, and the right one has ${correct.length}: learners can't move the rest.`, "starting");
        return undefined;
    }
    const high = correct.findIndex((value) => value > maxY + NEAR || value < -NEAR);
    if (high >= 0) {
        tell("impossible", "out-of-range", `The right value ${correct[high]} of number ${high + 1} is not on the scale, which goes from 0 to ${maxY}.`, "correct", high);
        return undefined;
    }
    const step = type === "pic" || type === "dotplot" ? scaleY : scaleY / (snapsPerLine || 1);
    const off = correct.findIndex((value) => !isOn(value, step));
    if (off >= 0) {
        tell("impossible", "off-the-grid", `The right value ${correct[off]} of number ${off + 1} is between the steps of ${step}: learners can never be right.`, "correct", off);
        return undefined;
    }
    if (!isFull(score(correct)) && correct.every((value, index) => Math.abs(value - starting[index]) < NEAR)) {
        tell("impossible", "right-from-the-start", "The plot begins with the right values, and an unchanged plot counts as not answered: learners can never be right.", "starting");
        return undefined;
    }
    return correct;
}
