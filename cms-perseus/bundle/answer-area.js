/**
 * The answer area of items of 2014 and before: the one widget to answer, or a text with several, stood next to the
 * question. Perseus's parser drops it silently, and then the question could never be answered. Here it becomes a part
 * of the question: its text and its widgets come after the question's own. Only the tools remain in the area.
 *
 * It imports nothing, because the player uses it too, to show drafts.
 */

/** An item in which the question has the widgets of its old answer area; the item itself if it has none. */
export function withAnswerArea(item, isWidget) {
    const area = item?.answerArea;
    if (!isOld(area)) {
        return item;
    }
    const {type, options, ...tools} = area;
    const question = {...item.question, widgets: {...item.question?.widgets}, images: {...item.question?.images}};
    const text = type === "multiple" ? several(options, question) : isWidget(type) ? one(type, options, question) : null;
    if (text === null) {
        return item;
    }
    question.content = [question.content, text].filter((part) => typeof part === "string" && part.trim() !== "").join("\n\n");
    return {...item, question, answerArea: tools};
}

/** Why the answer area of an item can't become a part of its question; null if it can, or if there is none. */
export function unknownAnswerArea(item, isWidget) {
    const area = item?.answerArea;
    if (!isOld(area) || area.type === "multiple" || isWidget(area.type)) {
        return null;
    }
    const type = String(area.type).slice(0, 40);
    return {path: ["answerArea", "type"], reason: `The answer area is of the old type “${type}”, which no widget is. Put a widget into the question instead.`};
}

function isOld(area) {
    if (typeof area !== "object" || area === null || typeof area.type !== "string" || area.type === "") {
        return false;
    }
    const {options} = area;
    const isEmpty = typeof options !== "object" || options === null || Object.keys(options).length === 0;
    return !isEmpty && !(area.type === "multiple" && (options.content ?? "").trim() === "" && Object.keys(options.widgets ?? {}).length === 0);
}

function one(type, options, question) {
    const name = free(`${type} 1`, question.widgets);
    question.widgets[name] = {type, graded: true, options};
    return `[[☃ ${name}]]`;
}

/** The text of an area with several widgets. A widget whose name the question also uses gets another name. */
function several({content, widgets, images}, question) {
    const names = new Map();
    for (const [name, widget] of Object.entries(widgets ?? {})) {
        const own = free(name, question.widgets);
        names.set(name, own);
        question.widgets[own] = widget;
    }
    question.images = {...images, ...question.images};
    return String(content ?? "").replace(/\[\[☃ ([A-Za-z0-9- ]+)\]\]/g, (whole, name) => `[[☃ ${names.get(name) ?? name}]]`);
}

function free(name, taken) {
    const type = name.replace(/ \d+$/, "");
    let number = Number(/ (\d+)$/.exec(name)?.[1] ?? 1);
    while (Object.hasOwn(taken, `${type} ${number}`)) {
        number += 1;
    }
    return `${type} ${number}`;
}
