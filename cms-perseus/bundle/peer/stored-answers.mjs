/** The input of a learner who knows the answers that a renderer stores, by widget. */
export function storedAnswers({widgets}) {
    const inputs = Object.entries(widgets ?? {}).map(([name, widget]) => [name, entered(widget)]);
    return Object.fromEntries(inputs.filter(([, input]) => input !== undefined));
}

/** The same with each text, number and list slightly wrong. */
export function wrong(value) {
    if (Array.isArray(value)) {
        return value.map(wrong).reverse();
    }
    if (typeof value === "number") {
        return value + 1;
    }
    if (typeof value === "string") {
        return /^-?[0-9.,]+$/.test(value) ? `${value}5` : value;
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, wrong(inner)]));
    }
    return value;
}

const first = (list, holds) => (list ?? []).find(holds);

function entered({type, options}) {
    switch (type) {
        case "categorizer":
            return {values: options.values};
        case "dropdown":
            return {value: options.choices.findIndex(({correct}) => correct) + 1};
        case "expression":
            return first(options.answerForms, ({considered}) => considered === "correct")?.value ?? "";
        case "free-response":
            return {currentValue: "Some words."};
        case "grapher":
        case "interactive-graph":
        case "plotter":
            return options.correct;
        case "group":
            return storedAnswers(options);
        case "input-number":
            return {currentValue: String(options.value)};
        case "label-image":
            return {markers: options.markers.map(({label, answers}) => ({label, selected: answers}))};
        case "matcher":
            return {left: options.left, right: options.right};
        case "matrix":
            return {answers: options.answers.map((row) => row.map(String))};
        case "number-line":
            return {
                numLinePosition: options.correctX ?? 0,
                rel: options.correctRel ?? "eq",
                numDivisions: options.numDivisions ?? 1,
            };
        case "numeric-input": {
            const answer = first(options.answers, ({status}) => status === "correct");
            return {currentValue: String(answer?.value ?? "")};
        }
        case "orderer":
            return {current: options.correctOptions.map(({content}) => content)};
        case "radio":
            return {selectedChoiceIds: options.choices.filter(({correct}) => correct).map(({id}) => id)};
        case "sorter":
            return {options: options.correct, changed: true};
        case "table":
            return options.answers;
        default:
            return undefined;
    }
}
