/**
 * Pictures: content names them as `image/x9` or by an address, and Perseus needs an address that it can show.
 *
 * Every mention in a document is replaced before Perseus sees it: in markdown, as a whole value (`url`, `imageUrl`),
 * and as a name in `images`. A mention for which the host has no address is replaced by an address that loads
 * nothing, and Perseus shows the picture's description instead. So nothing here requests anything that the host did
 * not name, including `web+graphie:`, whose labels Perseus would fetch from Khan Academy.
 */
import {FROM_ELSEWHERE} from "./perseus/elsewhere";
import type {Fields, Json, Media, Picture} from "./protocol";

/** Loads nothing; the patched picture loader knows this address. */
const MISSING = "missing:picture";
const ENTRY = /^image\/[\w-]+$/;
const ADDRESS = /^(?:https?|web\+graphie|file\+graphie):\/\//;
/** Names of properties that hold the address of a picture. */
const HOLDERS = new Set(["url", "imageUrl", "picUrl", "src", "imageSrc", "staticUrl"]);
/** A picture in markdown, as Perseus's own rule reads it: brackets within the text, parentheses within the address. */
const MARKDOWN = /(!\[(?:\[[^\]]*\]|[^[\]]|\](?=[^[]*\]))*\]\(\s*<?)((?:\([^)\s]*\)|[^\s\\()>]|\\.)+)/g;
/** The depth of the deepest document, as in the server's own limit. */
const DEPTH_MAX = 100;

/** A document in which every picture has an address that can be shown. */
export function resolvePictures<Document extends Json>(document: Document, media: Media): Document {
    return resolved(document, media, null, 0) as Document;
}

/** The address of one picture. */
export function addressOf(reference: string, media: Media): string {
    const picture = found(reference, media);
    return picture === undefined ? MISSING : urlOf(picture);
}

function resolved(value: Json, media: Media, name: string | null, depth: number): Json {
    if (depth > DEPTH_MAX) {
        throw new RangeError(`the content is nested deeper than ${DEPTH_MAX} levels`);
    }
    if (typeof value === "string") {
        return text(value, media, name);
    }
    if (Array.isArray(value)) {
        return value.map((part) => resolved(part, media, name, depth + 1));
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    const out: Fields = {};
    for (const [key, part] of Object.entries(value)) {
        const isPicture = ENTRY.test(key) || ADDRESS.test(key);
        // The address of a widget from elsewhere is that of a page, which nothing here loads.
        const isElsewhere = key === "options" && FROM_ELSEWHERE.includes(String(value.type));
        set(out, isPicture ? addressOf(key, media) : key, isElsewhere ? part : resolved(part, media, key, depth + 1));
    }
    if (typeof value.content === "string") {
        set(out, "images", withSizes(value, out, media));
    }
    return out;
}

/** Sets a field; a name such as `__proto__` is treated like any other. */
function set(fields: Fields, name: string, value: Json): void {
    Object.defineProperty(fields, name, {value, enumerable: true, writable: true, configurable: true});
}

function text(value: string, media: Media, name: string | null): string {
    if (name !== null && HOLDERS.has(name) && value !== "") {
        return ENTRY.test(value) || ADDRESS.test(value) || found(value, media) !== undefined ? addressOf(value, media) : MISSING;
    }
    if (ENTRY.test(value)) {
        return addressOf(value, media);
    }
    return value.replace(MARKDOWN, (_, before: string, target: string) => before + addressOf(target, media));
}

/** `images` of a renderer with the sizes that the host knows, so that the text does not jump. */
function withSizes(before: Fields, after: Fields, media: Media): Json {
    const images: Fields = {...(isFields(after.images) ? after.images : {})};
    for (const [, , target = ""] of String(before.content).matchAll(MARKDOWN)) {
        const picture = found(target, media);
        if (typeof picture === "object" && picture.width && picture.height && !(picture.url in images)) {
            images[picture.url] = {width: picture.width, height: picture.height};
        }
    }
    return images;
}

function found(reference: string, media: Media): Picture | undefined {
    return Object.hasOwn(media, reference) ? media[reference] : undefined;
}

function urlOf(picture: Picture): string {
    return typeof picture === "string" ? picture : picture.url;
}

function isFields(value: Json | undefined): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
