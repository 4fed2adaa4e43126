/** From what the host sends to what Perseus shows: migrated, without answers, its cards as they lie at first, its pictures found. */
import {CoreWidgetRegistry, isSuccess, parseAndMigratePerseusArticle, parseAndMigratePerseusItem, splitPerseusItem} from "@khanacademy/perseus-core";
import type {Hint, PerseusRenderer} from "@khanacademy/perseus-core";
import {withAnswerArea} from "../../../cms-perseus/bundle/answer-area.js";
import {opened} from "../../../cms-perseus/bundle/opening.js";
import {resolvePictures} from "./pictures";
import type {Fields, Item, Json, Media, Section} from "./protocol";

/** The question of an item. */
export function questionOf(item: Item, media: Media): PerseusRenderer {
    return resolvePictures(whole(migrated(item).question), media) as unknown as PerseusRenderer;
}

/** Sections or hints. */
export function sectionsOf(sections: Section[], media: Media): PerseusRenderer[] {
    const parsed = parseAndMigratePerseusArticle(sections);
    const value = (isSuccess(parsed) ? [parsed.value].flat() : sections) as unknown as Json[];
    return value.map((section, index) => {
        const isDelivered = sections[index] !== undefined && "rubric" in sections[index];
        const shown = whole(section);
        // What was delivered lies as it opens already.
        return resolvePictures(isDelivered ? shown : opened(shown, shown), media) as unknown as PerseusRenderer;
    });
}

/** Hints; whether one replaces the one before it is no part of a section. */
export function hintsOf(hints: Section[], media: Media): Hint[] {
    return sectionsOf(hints, media).map((hint, index) => ({...hint, replace: hints[index]?.replace === true}));
}

/**
 * A delivered item names its rubric and was migrated and split by the server. A draft's is neither: what it asks
 * is shown as learners will see it. What the parser refuses is shown as it stands, for its author to see.
 */
function migrated(item: Item): {question: Json} {
    if ("rubric" in item) {
        return item;
    }
    const parsed = parseAndMigratePerseusItem(withAnswerArea(item, (type) => CoreWidgetRegistry.isWidgetRegistered(type)));
    if (!isSuccess(parsed)) {
        return item;
    }
    const {question} = splitPerseusItem(parsed.value);
    return {question: opened(question, parsed.value.question)} as unknown as {question: Json};
}

/** A renderer with the fields that Perseus reads without asking. */
function whole(section: Json): Fields {
    const fields = typeof section === "object" && section !== null && !Array.isArray(section) ? section : {};
    return {...fields, content: fields.content ?? "", widgets: fields.widgets ?? {}, images: fields.images ?? {}};
}
