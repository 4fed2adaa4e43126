/**
 * Mounts the player in a page: `import {mountPlayer} from "/player/host.js"`.
 *
 * The frame has an opaque origin: whatever an author wrote can't reach the page, its storage or its cookies. The host
 * listens only to the frame's own window, and only in the protocol's words.
 */
import {targetOf} from "./links";
import {readToHost, sent} from "./protocol";
import type {Content, Fields, Media, Part, Score, Section, Settings, ToHost, ToPlayer} from "./protocol";
import {showVideo} from "./screen";

/** What the player is asked to show. */
export interface Loaded {
    id: string;
    content: Content;
    media?: Media;
    userInput?: Fields;
    /** Decides everything that chance draws, such as the order of choices. The same seed shows the same. */
    seed?: string;
}

/** How the player looks, and the functions that it calls. */
export interface Wish extends Partial<Settings> {
    /** The frame's title, for people who don't see it. */
    title?: string;
    onReady?: (told: {build: string}) => void;
    onLoaded?: (told: {id: string; painted_ms: number}) => void;
    onInput?: (told: {id: string; userInput: Fields; empty: string[]}) => void;
    /**
     * Called when a learner presses the button of a group that is checked by itself; `media` are the pictures in its
     * message. Without this function there is no such button.
     */
    onCheck?: (asked: {id: string; userInput: Fields} & Part) => Promise<Score & {media?: Media}>;
    /** Called for such a group's own hint, with the pictures that only the hint has. */
    onHint?: (asked: {id: string} & Part) => Promise<{hint: Section | null; media?: Media}>;
    /**
     * Called to follow a link to an entry, `lesson/l1`, or to an address outside the web; returns whether it did.
     * Without it, links to entries are shown as text.
     */
    onLink?: (told: {href: string; inNewWindow: boolean}) => boolean | void;
    /**
     * Plays videos of YouTube over the page, whose policy must allow frames of `www.youtube-nocookie.com`; otherwise
     * they are links.
     */
    playsVideos?: boolean;
    onError?: (told: {message: string; id: string | null}) => void;
}

/** A mounted player. */
export interface Player {
    readonly frame: HTMLIFrameElement;
    load(wish: Loaded): void;
    /** Sets the hints shown so far, with the pictures that only they have. */
    hints(hints: Section[], media?: Media): void;
    /** Tells the result of an answer. `message` replaces the score's own message and is Markdown like it. */
    scored(score: Score | null, message?: string, media?: Media): void;
    settings(settings: Partial<Settings>): void;
    focus(): void;
    destroy(): void;
}

/** The greatest height that a frame may give itself, in CSS pixels. */
const HEIGHT_MAX = 20_000;

/** Puts a player into an element. Messages to it wait until it is ready. */
export function mountPlayer(element: HTMLElement, wish: Wish = {}): Player {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    let chosen: Partial<Settings> = pick(wish);
    const settings = (): Settings => ({locale: "en", direction: "ltr", theme: dark.matches ? "dark" : "light", ...chosen});
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.referrerPolicy = "no-referrer";
    frame.title = wish.title ?? "Content";
    frame.style.cssText = "display:block;width:100%;border:0;height:12rem;color-scheme:normal;background:transparent";
    frame.src = new URL("./", import.meta.url).href;

    let isReady = false;
    const waiting: ToPlayer[] = [];
    const tell = (message: ToPlayer) => {
        if (!isReady) {
            waiting.push(message);
            return;
        }
        // An opaque origin has no name to send to. The frame is ours and shows only the player.
        frame.contentWindow?.postMessage(sent(message), "*");
    };

    let closeVideo = () => {};
    const heard: {[Type in ToHost["type"]]: (message: Extract<ToHost, {type: Type}>) => void} = {
        ready: ({build}) => {
            isReady = true;
            waiting.splice(0).forEach(tell);
            wish.onReady?.({build});
        },
        loaded: ({id, painted_ms}) => wish.onLoaded?.({id, painted_ms}),
        input: ({id, userInput, empty}) => wish.onInput?.({id, userInput, empty}),
        check: ({id, section, part, userInput}) => {
            const answer = (score: Score | null, media: Media = {}) => tell({type: "checked", id, section, part, score, media});
            wish.onCheck?.({id, section, part, userInput}).then(({media, ...score}) => answer(score, media), () => answer(null));
        },
        hint: ({id, section, part}) => {
            const answer = (hint: Section | null, media: Media = {}) => tell({type: "given", id, section, part, hint, media});
            wish.onHint?.({id, section, part}).then((given) => answer(given.hint, given.media), () => answer(null));
        },
        resize: ({height}) => {
            frame.style.height = `${Math.min(Math.ceil(height), HEIGHT_MAX)}px`;
        },
        link: ({href, inNewWindow = false}) => {
            const target = targetOf(href);
            if (target === "web" && URL.canParse(href)) {
                open(href, "_blank", "noopener,noreferrer");
            } else if (target !== null && !wish.onLink?.({href, inNewWindow}) && target === "mail") {
                // This does not leave the page: another program opens the address.
                location.assign(href);
            }
        },
        video: ({id, name, close}) => {
            if (wish.playsVideos) {
                closeVideo();
                closeVideo = showVideo({id, name, close, locale: settings().locale});
            }
        },
        error: ({message, id}) => wish.onError?.({message, id}),
    };
    const listen = (event: MessageEvent) => {
        if (event.source !== frame.contentWindow || event.origin !== "null") {
            return;
        }
        const read = readToHost(event.data);
        if (read.ok) {
            (heard[read.message.type] as (message: ToHost) => void)(read.message);
        } else if (read.reason) {
            wish.onError?.({message: read.reason, id: null});
        }
    };
    const changeTheme = () => tell({type: "settings", ...settings()});
    addEventListener("message", listen);
    dark.addEventListener("change", changeTheme);
    element.append(frame);

    return {
        frame,
        load: ({id, content, media = {}, userInput, seed}) => {
            const answers = {check: wish.onCheck !== undefined, hint: wish.onHint !== undefined};
            const does = {answers, ...(wish.onLink && {followsLinks: true}), ...(wish.playsVideos && {playsVideos: true})};
            tell({type: "load", id, content, media, ...(userInput && {userInput}), ...(seed !== undefined && {seed}), ...does, ...settings()});
        },
        hints: (hints, media = {}) => tell({type: "hints", hints, media}),
        scored: (score, message, media) => tell({type: "scored", score, ...(message !== undefined && {message}), ...(media && {media})}),
        settings: (changed) => {
            chosen = {...chosen, ...pick(changed)};
            tell({type: "settings", ...settings()});
        },
        focus: () => frame.focus(),
        destroy: () => {
            closeVideo();
            removeEventListener("message", listen);
            dark.removeEventListener("change", changeTheme);
            frame.remove();
        },
    };
}

function pick({locale, direction, theme}: Partial<Settings>): Partial<Settings> {
    return {...(locale && {locale}), ...(direction && {direction}), ...(theme && {theme})};
}
