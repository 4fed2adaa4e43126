/** Inputs of a number: which text would be right, and whether the stored answers accept it. */
import {convertInputNumberOptionsToNumericInput} from "@khanacademy/perseus-core";
import {isFull} from "../scored.js";

/** The largest denominator of a fraction to try; beyond it, any number is near a fraction. */
const DENOMINATOR_MAX = 300_000;
/** Nobody types more digits than this. */
const DIGITS_MAX = 10;
/** The difference up to which the scorer takes two numbers for the same. */
const SAME = 2 ** -42;
/** How near a number must be for the scorer. */
const NEAR = 1e-13;
const FORMS = {
    integer: "whole numbers",
    decimal: "decimals",
    proper: "proper fractions",
    improper: "improper fractions",
    mixed: "mixed numbers",
    percent: "percentages",
    pi: "multiples of π",
};
/**
 * For each denominator, the decimals from which on a rounded fraction can be distinguished from a number that is
 * meant as it is.
 */
const ROUNDED = {3: 2, 6: 3, 7: 3, 9: 3, 11: 3, 12: 3};

export function inputNumber(options, tell, score) {
    const {answers, coefficient} = convertInputNumberOptionsToNumericInput(options);
    return solved({answers, coefficient}, (...told) => tell(...told.slice(0, 3), "value"), (input) => score(input), false);
}

export function numericInput(options, tell, score) {
    return solved(options, tell, score, true);
}

function solved({answers, coefficient}, tell, score, canBeTriedApart) {
    if (answers.length === 0) {
        tell("impossible", "no-answer", "No answer is stored: whatever learners type is wrong.", "answers");
        return undefined;
    }
    const right = answers.flatMap((answer, index) => (answer.status === "correct" ? [{answer, index}] : []));
    if (right.length === 0) {
        tell("impossible", "no-right-answer", "No stored answer is marked correct: whatever learners type is wrong.", "answers");
        return undefined;
    }
    const with_ = (list) => ({answers: list, coefficient, size: "normal", labelText: "", rightAlign: false});
    const problems = [];
    let best;
    for (const {answer, index} of right) {
        if (answer.value == null || !Number.isFinite(answer.value)) {
            problems.push(["no-value", "The answer that is marked correct has no value.", index]);
            continue;
        }
        const texts = writings(answer.value);
        const input = texts.map((currentValue) => ({currentValue})).find((input) => isFull(score(input)));
        if (input !== undefined) {
            best ??= input;
            roundedFraction(answer, index, tell);
            roundedPi(answer, index, tell);
            const easier = isEasy(input) ? input : texts.map((currentValue) => ({currentValue})).find((other) => isEasy(other) && isFull(score(other)));
            hardToEnter(answer, index, easier, tell, score);
            strangeForm(answer, index, tell);
            continue;
        }
        problems.push(canBeTriedApart ? whyNot(answer, index, answers, texts, score, with_) : unwritable(answer, index));
    }
    for (const [rule, message, index] of problems) {
        tell(best === undefined ? "impossible" : "error", rule, message, "answers", index);
    }
    if (best !== undefined && canBeTriedApart) {
        unreachable(answers, tell, score);
    }
    return best;
}

/** Why an answer that is marked as correct is not scored as right. */
function whyNot(answer, index, answers, texts, score, with_) {
    const alone = texts.find((currentValue) => isFull(score({currentValue}, with_([answer]))));
    if (alone === undefined) {
        return unwritable(answer, index);
    }
    const before = answers.slice(0, index).find((other) => other.value != null && isFull(score({currentValue: alone}, with_([{...other, status: "correct", simplify: "optional"}]))));
    const what = before?.status === "ungraded" ? "an ungraded answer" : "a wrong answer";
    return ["wrong-answer-first", `“${alone}” should be right, but ${what} above it (${number(before?.value)}) takes it first. Move the correct answer up, or change the other one.`, index];
}

function unwritable({value, answerForms, strict}, index) {
    const forms = (answerForms ?? []).map((form) => FORMS[form] ?? form).join(", ");
    const message = strict && forms
        ? `${number(value)} can't be written in the forms that are accepted here (${forms}): learners can never be right.`
        : `${number(value)} can't be entered in any accepted form.`;
    return ["form-cannot-take-value", message, index];
}

/** Whether somebody would type it: a fraction, a multiple of π, or a number of few digits. */
function isEasy({currentValue}) {
    return /[/p]/.test(currentValue) || currentValue.replace(/^-?[0.]*|[^0-9]/g, "").length <= DIGITS_MAX;
}

/** Answers that are right only in theory, or with far too large an error. */
function hardToEnter({value, maxError, answerForms, strict}, index, easiest, tell, score) {
    if (easiest === undefined && Math.abs(value) < 1e9) {
        tell("impossible", "too-many-digits", `Only ${plain(value)}, with all its digits, is right: allow an error, or another form.`, "answers", index);
    }
    if (strict && answerForms?.length > 0 && answerForms.every((form) => form === "percent") && !isFull(score({currentValue: `${plain(value * 100)}%`}))) {
        tell("error", "stored-answer-refused", `Who writes “${plain(value * 100)}%” is told to be wrong, and “${plain(value * 100)}” is right: a percentage that is stored as ${plain(value)} is read so.`, "answers", index);
    }
    if (value !== 0 && Math.abs(value) < SAME) {
        tell("error", "too-small", `${value} is too small to be told from 0, which is right too.`, "answers", index);
    }
    if (maxError > Math.max(1, Math.abs(value))) {
        tell("error", "error-too-large", `With an error of ${plain(maxError)} nearly any number is right.`, "answers", index);
    }
}

/** π as 3.14 in a question that asks for multiples of π. */
function roundedPi({value, maxError, answerForms}, index, tell) {
    if (!answerForms?.includes("pi") || value === 0) {
        return;
    }
    for (const denominator of [1, 2, 3, 4, 6, 12]) {
        const numerator = Math.round((value / Math.PI) * denominator);
        const away = Math.abs((numerator * Math.PI) / denominator - value);
        if (numerator !== 0 && away < 0.01 && away >= (maxError ?? 0) + 1e-9) {
            const written = `${numerator === 1 ? "" : numerator}π${denominator === 1 ? "" : `/${denominator}`}`;
            tell("error", "rounded-pi", `${plain(value)} looks like ${written} rounded. Who writes ${written} is told to be wrong: store it exactly, or allow an error.`, "answers", index);
            return;
        }
    }
}

const CAN_TAKE = {
    integer: (value) => Number.isInteger(value),
    proper: (value) => Math.abs(value) < 1,
    improper: (value) => Math.abs(value) >= 1,
    mixed: (value) => Math.abs(value) >= 1,
};

/** Perseus accepts 1.5 even if only whole numbers are asked for; the author meant something else. */
function strangeForm({value, answerForms, strict}, index, tell) {
    const forms = strict ? (answerForms ?? []) : [];
    if (forms.length > 0 && forms.every((form) => CAN_TAKE[form]?.(value) === false)) {
        const names = forms.map((form) => FORMS[form]).join(", ");
        tell("warning", "form-cannot-take-value", `Only these are asked for: ${names}. ${number(value)} is none of them.`, "answers", index);
    }
}

/** A wrong or ungraded answer whose message is never shown, because a right answer above it matches first. */
function unreachable(answers, tell, score) {
    answers.forEach((answer, index) => {
        if (answer.status === "correct" || answer.value == null || !Number.isFinite(answer.value) || !answer.message) {
            return;
        }
        const takers = answers.slice(0, index).filter(({status, value, maxError}) => status === "correct" && value != null && Math.abs(value - answer.value) <= (maxError ?? 0) + 1e-10);
        if (takers.length > 0 && isFull(score({currentValue: writings(answer.value)[0]}))) {
            tell("warning", "answer-never-reached", `${number(answer.value)} is scored as right by an answer above this one, so its message is never shown.`, "answers", index);
        }
    });
}

/** A third as 0.33: a learner who writes 1/3 would be told that it is wrong. */
function roundedFraction({value, maxError, strict, answerForms}, index, tell) {
    const fractions = ["proper", "improper", "mixed"];
    if (strict && answerForms?.length > 0 && !answerForms.some((form) => fractions.includes(form))) {
        return;
    }
    const decimals = (plain(Math.abs(value)).split(".")[1] ?? "").length;
    for (const [denominator, atLeast] of Object.entries(ROUNDED)) {
        const numerator = Math.round(value * denominator);
        const exact = numerator / denominator;
        const isRounded = decimals >= atLeast && decimals <= 8 && numerator % denominator !== 0 && exact !== value && plain(round(exact, decimals)) === plain(value);
        const isCut = plain(Math.trunc(exact * 10 ** decimals) / 10 ** decimals) === plain(value) && decimals >= atLeast && decimals <= 8 && numerator % denominator !== 0;
        if ((isRounded || isCut) && Math.abs(exact - value) >= (maxError ?? 0) && gcd(numerator, Number(denominator)) === 1) {
            tell("warning", "rounded-fraction", `${plain(value)} looks like ${numerator}/${denominator} rounded. Who writes ${numerator}/${denominator} is told to be wrong: store the fraction exactly, or allow an error.`, "answers", index);
            return;
        }
    }
}

/** The ways in which a learner could write a number, the likeliest first. */
export function writings(value) {
    const texts = [plain(value)];
    const fraction = fractionOf(value);
    if (fraction !== null) {
        const {numerator, denominator} = fraction;
        const whole = Math.trunc(numerator / denominator);
        texts.push(`${numerator}/${denominator}`);
        if (whole !== 0 && denominator > 1) {
            texts.push(`${whole} ${Math.abs(numerator) % denominator}/${denominator}`);
        }
    }
    const turns = fractionOf(value / Math.PI);
    if (turns !== null && value !== 0) {
        const {numerator, denominator} = turns;
        texts.push(denominator === 1 ? `${numerator} pi` : `${numerator} pi/${denominator}`, `${numerator}/${denominator} pi`);
    }
    texts.push(`${plain(value * 100)}%`, `${plain(value)}%`, plain(value * 100));
    // If an error is allowed, nearby numbers are right too.
    for (let denominator = 1; denominator <= 12; denominator++) {
        const near = Math.round(value * denominator);
        const whole = Math.trunc(near / denominator);
        texts.push(`${near}/${denominator}`, `${Math.round((value / Math.PI) * denominator)} pi/${denominator}`);
        if (whole !== 0 && near % denominator !== 0) {
            texts.push(`${whole} ${Math.abs(near) % denominator}/${denominator}`);
        }
    }
    return texts;
}

/** The simplest fraction equal to this number; null if none is near. */
function fractionOf(value) {
    const sign = Math.sign(value);
    let [before, numerator] = [0, 1];
    let [beforeDown, denominator] = [1, 0];
    let rest = Math.abs(value);
    if (!(rest < 1e9)) {
        return null;
    }
    for (let step = 0; step < 40; step++) {
        const whole = Math.floor(rest + 1e-12);
        [before, numerator] = [numerator, whole * numerator + before];
        [beforeDown, denominator] = [denominator, whole * denominator + beforeDown];
        if (denominator > DENOMINATOR_MAX) {
            return null;
        }
        if (Math.abs(Math.abs(value) - numerator / denominator) <= NEAR * Math.max(1, Math.abs(value))) {
            return {numerator: sign * numerator, denominator};
        }
        rest = 1 / (rest - whole);
    }
    return null;
}

/** A number without an exponent. */
function plain(value) {
    const text = String(value);
    if (!/e/i.test(text)) {
        return text;
    }
    return Math.abs(value) >= 1 ? BigInt(Math.round(value)).toString() : value.toFixed(20).replace(/\.?0+$/, "");
}

function number(value) {
    return value == null ? "without a value" : plain(value);
}

function round(value, decimals) {
    return Number(value.toFixed(decimals));
}

function gcd(one, other) {
    return other === 0 ? Math.abs(one) : gcd(other, one % other);
}
