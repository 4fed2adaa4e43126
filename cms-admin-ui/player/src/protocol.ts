/**
 * The messages that the page around the player (the host) and the player exchange by `postMessage`.
 *
 * Each message has the protocol's version, so that a future host is refused in words rather than misunderstood. Both
 * sides read messages with the functions here: anything of another shape is not a message. Nothing here knows
 * Perseus: items, sections and answers are JSON that only the renderer reads.
 */

/** Raised when a message changes its meaning. New fields leave it as it is. */
export const PROTOCOL = 1;

export type Json = null | boolean | number | string | Json[] | {[name: string]: Json};
export type Fields = {[name: string]: Json};
export type Direction = "ltr" | "rtl";
export type Theme = "light" | "dark";

/** A renderer in Perseus's form: text with places for widgets. */
export interface Section extends Fields {
    content: string;
}

/** One question with everything that the learner may see of it. */
export interface Item extends Fields {
    question: Section;
}

export type Content = {type: "item"; item: Item} | {type: "article"; sections: Section[]};

/** The address of a picture. Its size, if known, keeps the text from jumping when the picture loads. */
export type Picture = string | {url: string; width?: number; height?: number};

/** Pictures by the names that the content uses: `image/x9`, or an address. */
export type Media = {[reference: string]: Picture};

export interface Settings {
    locale: string;
    direction: Direction;
    theme: Theme;
}

export type Score =
    | {type: "points"; earned: number; total: number; message?: string | null}
    | {type: "invalid"; message?: string | null};

/** Which questions of a group the page answers. A group has no button for a question that is not answered. */
export interface Answers {
    check?: boolean;
    hint?: boolean;
}

/**
 * A group that is checked by itself: the section of an article that holds it, and the names of the widgets on the way
 * to it.
 */
export interface Part {
    section: string | null;
    part: string;
}

/** What the host tells the player. `seed` decides everything that chance draws: the same seed shows the same. */
export type ToPlayer =
    | ({type: "load"; id: string; content: Content; media: Media; userInput?: Fields; seed?: string; answers?: Answers; followsLinks?: boolean; playsVideos?: boolean} & Settings)
    | {type: "hints"; hints: Section[]; media?: Media}
    | {type: "scored"; score: Score | null; message?: string; media?: Media}
    | ({type: "checked"; id: string; score: Score | null; media?: Media} & Part)
    | ({type: "given"; id: string; hint: Section | null; media?: Media} & Part)
    | ({type: "settings"} & Settings);

/** What the player tells the host. */
export type ToHost =
    | {type: "ready"; build: string}
    | {type: "loaded"; id: string; painted_ms: number}
    | {type: "input"; id: string; userInput: Fields; empty: string[]}
    | ({type: "check"; id: string; userInput: Fields} & Part)
    | ({type: "hint"; id: string} & Part)
    | {type: "resize"; height: number}
    | {type: "link"; href: string; inNewWindow?: boolean}
    | {type: "video"; id: string; name: string; close: string}
    | {type: "error"; message: string; id: string | null};

/** A message on its way, with the version next to its own fields. */
export type Sent<Message> = Message & {protocol: number};

/** The result of reading a message. */
export type Read<Message> = {ok: true; message: Message} | {ok: false; reason: string | null};

/** A message as it is sent. */
export function sent<Message extends object>(message: Message): Sent<Message> {
    return {...message, protocol: PROTOCOL};
}

type Shape<Message extends {type: string}> = {
    [Type in Message["type"]]: (fields: Record<string, unknown>) => string | null;
};

/** Reads a message to the player. */
export function readToPlayer(data: unknown): Read<ToPlayer> {
    return read<ToPlayer>(data, TO_PLAYER);
}

/** Reads a message to the host. */
export function readToHost(data: unknown): Read<ToHost> {
    return read<ToHost>(data, TO_HOST);
}

/** `reason` is null if the data is not a message at all: other programs post messages too. */
function read<Message extends {type: string}>(data: unknown, shapes: Shape<Message>): Read<Message> {
    if (!isFields(data) || !("protocol" in data)) {
        return {ok: false, reason: null};
    }
    if (data.protocol !== PROTOCOL) {
        return {ok: false, reason: `this is version ${PROTOCOL} of the protocol, not ${word(data.protocol)}`};
    }
    const type = data.type;
    const shape = typeof type === "string" && Object.hasOwn(shapes, type) ? shapes[type as Message["type"]] : null;
    if (!shape) {
        return {ok: false, reason: `there is no message ${word(type)}`};
    }
    const wrong = shape(data);
    if (wrong) {
        return {ok: false, reason: `the message ${word(type)} has a wrong ${wrong}`};
    }
    return {ok: true, message: data as unknown as Message};
}

type Test = (value: unknown) => boolean;

const PART: Record<string, Test> = {id: isText, part: isText, section: (value) => value === null || isText(value)};

const TO_PLAYER: Shape<ToPlayer> = {
    load: (fields) =>
        wrong(fields, {id: isText, content: isContent, media: isMedia, userInput: optional(isFields), seed: optional(isText), answers: optional(isFields)}) ??
        wrong(fields, {followsLinks: optional(isBoolean), playsVideos: optional(isBoolean)}) ??
        wrongSettings(fields),
    hints: (fields) => wrong(fields, {hints: isListOf(isSection), media: optional(isMedia)}),
    scored: (fields) => wrong(fields, {score: isScore, message: optional(isText), media: optional(isMedia)}),
    checked: (fields) => wrong(fields, {...PART, score: isScore, media: optional(isMedia)}),
    given: (fields) => wrong(fields, {...PART, hint: (value) => value === null || isSection(value), media: optional(isMedia)}),
    settings: (fields) => wrongSettings(fields),
};

const TO_HOST: Shape<ToHost> = {
    ready: (fields) => wrong(fields, {build: isText}),
    loaded: (fields) => wrong(fields, {id: isText, painted_ms: isSize}),
    input: (fields) => wrong(fields, {id: isText, userInput: isFields, empty: isListOf(isText)}),
    check: (fields) => wrong(fields, {...PART, userInput: isFields}),
    hint: (fields) => wrong(fields, PART),
    resize: (fields) => wrong(fields, {height: isSize}),
    video: (fields) => wrong(fields, {id: (value) => isText(value) && /^[\w-]{11}$/.test(value as string), name: isText, close: isText}),
    link: (fields) => wrong(fields, {href: isText, inNewWindow: optional(isBoolean)}),
    error: (fields) => wrong(fields, {message: isText, id: (value) => value === null || isText(value)}),
};


/** The name of the first field that does not have its form. */
function wrong(fields: Record<string, unknown>, tests: Record<string, Test>): string | null {
    return Object.entries(tests).find(([name, test]) => !test(fields[name]))?.[0] ?? null;
}

function wrongSettings(fields: Record<string, unknown>): string | null {
    return wrong(fields, {
        locale: (value) => isText(value) && /^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/.test(value as string),
        direction: (value) => value === "ltr" || value === "rtl",
        theme: (value) => value === "light" || value === "dark",
    });
}

function optional(test: Test): Test {
    return (value) => value === undefined || test(value);
}

function isListOf(test: Test): Test {
    return (value) => Array.isArray(value) && value.every(test);
}

function isText(value: unknown): boolean {
    return typeof value === "string";
}

function isBoolean(value: unknown): boolean {
    return typeof value === "boolean";
}

function isSize(value: unknown): boolean {
    return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isFields(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSection(value: unknown): boolean {
    return isFields(value) && isText(value.content);
}

function isContent(value: unknown): boolean {
    if (!isFields(value)) {
        return false;
    }
    return value.type === "item"
        ? isFields(value.item) && isSection(value.item.question)
        : value.type === "article" && isListOf(isSection)(value.sections);
}

function isMedia(value: unknown): boolean {
    return isFields(value) && Object.values(value).every((row) => isText(row) || (isFields(row) && isText(row.url)));
}

function isScore(value: unknown): boolean {
    if (value === null) {
        return true;
    }
    if (!isFields(value)) {
        return false;
    }
    return value.type === "invalid" || (value.type === "points" && isSize(value.earned) && isSize(value.total));
}

function word(value: unknown): string {
    return typeof value === "string" || typeof value === "number" ? `“${String(value).slice(0, 40)}”` : "of that form";
}
