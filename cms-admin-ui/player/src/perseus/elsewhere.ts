/**
 * Widgets that show a page from elsewhere: what each of them is, and where it can be opened. Perseus would make
 * frames for them, but the player's own frame may load nothing.
 */

export type Elsewhere =
    | {kind: "video"; site: string; href: string; youtube: string | null}
    | {kind: "simulation"; name: string; href: string}
    | {kind: "program"; href: string}
    | {kind: "page"; site: string; href: string}
    | {kind: "unknown"; href: null};

/** The options that such a widget may have. */
export interface Options {
    location?: unknown;
    url?: unknown;
    description?: unknown;
    programID?: unknown;
}

const NOWHERE: Elsewhere = {kind: "unknown", href: null};
const KHAN_ACADEMY = "https://www.khanacademy.org";
const YOUTUBE_ID = /^[\w-]{11}$/;
/** An old program has only a number as its name. */
const PROGRAM = /^[\w-]+$/;

/** By the type of widget, the place to which it leads. */
const KINDS: Record<string, (options: Options) => Elsewhere> = {
    video: ({location}) => (typeof location === "string" && location !== "" ? (ofAddress(location) ?? video(location)) : NOWHERE),
    iframe: ({url}) => (typeof url === "string" ? (ofAddress(url) ?? program(url)) : NOWHERE),
    "phet-simulation": ({url, description}) => simulation(url, description),
    "cs-program": ({programID}) => program(programID),
    "python-program": ({programID}) => program(programID, "/python-program/"),
};

export const FROM_ELSEWHERE = Object.keys(KINDS);

/** What a widget with these options shows. */
export function elsewhere(type: string, options: Options): Elsewhere {
    return KINDS[type]?.(options) ?? NOWHERE;
}

/** Null if the text is not a web address. */
function ofAddress(text: string): Elsewhere | null {
    const address = addressOf(text);
    if (address === null) {
        return null;
    }
    const site = address.hostname.replace(/^(?:www|m|player)\./, "");
    const id = youtubeId(address, site);
    if (id !== null) {
        return video(id);
    }
    const isVideo = /(?:^|\.)vimeo\.com$/.test(site);
    return isVideo ? {kind: "video", site, href: address.href, youtube: null} : {kind: "page", site, href: address.href};
}

function youtubeId(address: URL, site: string): string | null {
    const id =
        site === "youtu.be" ? address.pathname.slice(1)
        : /^youtube(?:-nocookie)?\.com$/.test(site) ? (/^\/(?:embed|v|shorts)\/([^/]+)/.exec(address.pathname)?.[1] ?? address.searchParams.get("v"))
        : null;
    return id !== null && YOUTUBE_ID.test(id) ? id : null;
}

/** A name that does not have the form of YouTube's is one of Khan Academy's. */
function video(name: string): Elsewhere {
    return YOUTUBE_ID.test(name)
        ? {kind: "video", site: "YouTube", href: `https://www.youtube.com/watch?v=${name}`, youtube: name}
        : {kind: "video", site: "Khan Academy", href: `${KHAN_ACADEMY}/embed_video?slug=${encodeURIComponent(name)}`, youtube: null};
}

function simulation(url: unknown, description: unknown): Elsewhere {
    const address = typeof url === "string" ? addressOf(url) : null;
    if (address === null) {
        return NOWHERE;
    }
    if (address.hostname !== "phet.colorado.edu") {
        return {kind: "page", site: address.hostname, href: address.href};
    }
    const named = /\/sims\/html\/([\w-]+)\//.exec(address.pathname)?.[1]?.replaceAll("-", " ") ?? "";
    const name = typeof description === "string" && description.trim() !== "" ? description.trim() : named;
    return {kind: "simulation", name, href: address.href};
}

function program(id: unknown, path = "/computer-programming/program/"): Elsewhere {
    return typeof id === "string" && PROGRAM.test(id) ? {kind: "program", href: `${KHAN_ACADEMY}${path}${id}`} : NOWHERE;
}

function addressOf(text: string): URL | null {
    return /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
}
