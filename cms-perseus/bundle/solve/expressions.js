/** Expressions: whether each stored form can be read, and is scored as right when it is entered. */
import * as KAS from "@khanacademy/kas";
import {isFull} from "../scored.js";

export function expression(options, tell, score) {
    const forms = options.answerForms ?? [];
    if (forms.length === 0) {
        tell("impossible", "no-answer", "No answer is stored: whatever learners type is wrong.", "answerForms");
        return undefined;
    }
    let isReadable = true;
    forms.forEach(({value}, index) => {
        const read = KAS.parse(value, options);
        if (value.trim() === "" || !read.parsed) {
            isReadable = false;
            const why = value.trim() === "" ? "is empty" : "can't be read as an expression";
            tell("impossible", "answer-unreadable", `The stored answer “${value}” ${why}: nothing that learners type can be scored.`, "answerForms", index, "value");
        }
    });
    if (!isReadable) {
        return undefined;
    }
    const right = forms.flatMap((form, index) => (form.considered === "correct" ? [{form, index}] : []));
    if (right.length === 0) {
        tell("impossible", "no-right-answer", "No stored answer is marked correct: whatever learners type is wrong.", "answerForms");
        return undefined;
    }
    let best;
    const problems = [];
    for (const {form, index} of right) {
        if (isFull(score(form.value))) {
            best ??= form.value;
            continue;
        }
        const other = otherWritings(form.value, options).find((text) => isFull(score(text)));
        problems.push({form, index, other});
        best ??= other;
    }
    for (const {form, index, other} of problems) {
        tell(best === undefined ? "impossible" : "error", ...reason(form, index, other, options, score), "answerForms", index);
    }
    return best;
}

function reason({value, simplify, form: isSameForm}, index, other, {answerForms, ...options}, score) {
    const rest = `${other === undefined ? "" : ` Learners must write “${other}”.`}`;
    const alone = {...options, answerForms: [answerForms[index]]};
    if (isFull(score(value, alone))) {
        const before = answerForms.slice(0, index).find((one) => one.considered !== "correct" && isFull(score(value, {...options, answerForms: [{...one, considered: "correct"}]})));
        const what = before?.considered === "ungraded" ? "an ungraded answer" : "a wrong answer";
        return ["wrong-answer-first", `“${value}” should be right, but ${what} above it${before ? ` (“${before.value}”)` : ""} takes it first.`];
    }
    if (simplify) {
        return ["stored-answer-refused", `“${value}” is not fully expanded and simplified itself, though that is asked for: entering it is refused.${rest}`];
    }
    return ["stored-answer-refused", `“${value}” is not scored as right when it is entered${isSameForm ? " in this very form" : ""}.${rest}`];
}

/** The same expression in other notations. */
function otherWritings(value, options) {
    const {expr} = KAS.parse(value, options);
    const ways = [() => expr.simplify(), () => expr.expand().simplify(), () => expr.expand(), () => expr.collect()];
    return ways.flatMap((way) => {
        try {
            return [way().print()];
        } catch (error) {
            return [];
        }
    });
}
