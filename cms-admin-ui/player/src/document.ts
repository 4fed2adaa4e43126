/**
 * Turns what the host sends into what Perseus shows: migrated, without answers, with cards in their opening order and
 * pictures resolved.
 */
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
        // A delivered question already has its cards in their opening order.
        return resolvePictures(isDelivered ? shown : opened(shown, shown), media) as unknown as PerseusRenderer;
    });
}

/** Hints. Whether one replaces the hint before it is not a part of its section. */
export function hintsOf(hints: Section[], media: Media): Hint[] {
    return sectionsOf(hints, media).map((hint, index) => ({...hint, replace: hints[index]?.replace === true}));
}

/**
 * A delivered item names its rubric, and the server has migrated and split it. A draft's item is as its author wrote
 * it, so here it is prepared as learners will see it. What the parser refuses is shown as it is, for its author to
 * see.
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

/** A renderer with all the fields that Perseus reads without checking. */
function whole(section: Json): Fields {
    const fields = typeof section === "object" && section !== null && !Array.isArray(section) ? section : {};
    return {...fields, content: fields.content ?? "", widgets: fields.widgets ?? {}, images: fields.images ?? {}};
}
