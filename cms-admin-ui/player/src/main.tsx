/**
 * The player's page. It shows what the window around it sends, and tells it what happens; by itself it knows
 * nothing, fetches nothing and keeps nothing.
 */
import {ArticleRenderer} from "@khanacademy/perseus";
import type {Hint, PerseusRenderer} from "@khanacademy/perseus-core";
import {StrictMode} from "react";
import type {ReactNode} from "react";
import {flushSync} from "react-dom";
import {createRoot} from "react-dom/client";
import {Question} from "./Question";
import {Guard, Root} from "./Root";
import {hintsOf, questionOf, sectionsOf} from "./document";
import {whenPainted} from "./painted";
import {setUp, surroundings} from "./perseus/setup";
import "./player.css";
import {readToPlayer, sent} from "./protocol";
import type {Fields, Media, Score, Settings, ToHost, ToPlayer} from "./protocol";
import {watchHeight} from "./height";
import {Link} from "./Link";
import {followEntries, watchLinks} from "./links";
import {playVideosBy} from "./videos";
import {speak, words} from "./words";

type Loaded =
    | {type: "item"; question: PerseusRenderer; hints: Hint[]; hintsCount: number; score: Score | null; message: string | null; pictures: Media; before: Fields | null}
    | {type: "article"; sections: PerseusRenderer[]};

/** What is shown. `turn` grows with each load, so that nothing of an item stays for the next. */
let shown: {id: string; turn: number; media: Media; loaded: Loaded} | null = null;
let settings: Settings = {locale: "en", direction: "ltr", theme: "light"};

const place = document.getElementById("root") as HTMLElement;
const root = createRoot(place);
const host = window.parent;

function tell(message: ToHost): void {
    if (host !== window) {
        // Only the server's own pages may frame this one, and they are told apart by no name from here.
        host.postMessage(sent(message), "*");
    }
}

function complain(message: string): void {
    tell({type: "error", message: message.slice(0, 2000), id: shown?.id ?? null});
}

const tellInput = (userInput: Fields, empty: string[]) => shown && tell({type: "input", id: shown.id, userInput, empty});

const playVideo = (id: string) => tell({type: "video", id, name: words().video("YouTube"), close: words().close});

function draw(): void {
    const now = shown;
    root.render(<StrictMode>{now && <Root locale={settings.locale}>{(keypad) => body(now.loaded, now.turn, keypad)}</Root>}</StrictMode>);
}

function body(loaded: Loaded, turn: number, keypad: Parameters<Parameters<typeof Root>[0]["children"]>[0]): ReactNode {
    if (loaded.type === "article") {
        return (
            <Guard key={turn} onError={complain}>
                <ArticleRenderer
                    json={loaded.sections}
                    apiOptions={{isArticle: true, baseElements: {Link}}}
                    keypadElement={keypad}
                    dependencies={surroundings}
                    {...({} as {linterContext: never})}
                />
            </Guard>
        );
    }
    return (
        <Question
            key={turn}
            question={loaded.question}
            hints={loaded.hints}
            hintsCount={loaded.hintsCount}
            score={loaded.score}
            message={loaded.message}
            media={loaded.pictures}
            before={loaded.before}
            locale={settings.locale}
            keypad={keypad}
            onInput={tellInput}
            onError={complain}
        />
    );
}

const hear: {[Type in ToPlayer["type"]]: (message: Extract<ToPlayer, {type: Type}>) => void} = {
    load(message) {
        const start = performance.now();
        const {id, content, media} = message;
        set(message);
        followEntries(message.followsLinks ?? false);
        playVideosBy(message.playsVideos ? playVideo : null);
        const loaded: Loaded =
            content.type === "article"
                ? {type: "article", sections: sectionsOf(content.sections, media)}
                : {
                      type: "item",
                      question: questionOf(content.item, media),
                      hints: [],
                      hintsCount: Array.isArray(content.item.hints) ? content.item.hints.length : 0,
                      score: null,
                      message: null,
                      pictures: media,
                      before: message.userInput ?? null,
                  };
        const turn = (shown?.turn ?? 0) + 1;
        shown = {id, turn, media, loaded};
        flushSync(draw);
        whenPainted(() => {
            if (shown?.turn === turn) {
                tell({type: "loaded", id, painted_ms: performance.now() - start});
            }
        });
    },
    hints({hints, media}) {
        if (shown?.loaded.type === "item") {
            const count = shown.loaded.hints.length;
            shown = {...shown, media: {...shown.media, ...media}};
            change({hints: hintsOf(hints, shown.media)});
            if (hints.length > count) {
                place.querySelector<HTMLElement>(".hints .perseus-hint-renderer:last-of-type")?.focus({preventScroll: true});
            }
        }
    },
    scored({score, message, media}) {
        change({score, message: message ?? null, pictures: {...shown?.media, ...media}});
    },
    settings(message) {
        set(message);
        draw();
    },
};

function change(part: Partial<Extract<Loaded, {type: "item"}>>): void {
    if (shown?.loaded.type === "item") {
        shown = {...shown, loaded: {...shown.loaded, ...part}};
        flushSync(draw);
    }
}

function set({locale, direction, theme}: Settings): void {
    settings = {locale, direction, theme};
    speak(locale);
    Object.assign(document.documentElement, {lang: locale, dir: direction});
    document.documentElement.dataset.theme = theme;
}

addEventListener("message", (event) => {
    if (event.source !== host || host === window) {
        return;
    }
    const read = readToPlayer(event.data);
    if (read.ok) {
        try {
            (hear[read.message.type] as (message: ToPlayer) => void)(read.message);
        } catch (error) {
            complain(String(error));
        }
    } else if (read.reason) {
        complain(read.reason);
    }
});
addEventListener("error", (event) => complain(event.message));
addEventListener("unhandledrejection", (event) => complain(String(event.reason)));

setUp(complain);
watchHeight(place, (height) => tell({type: "resize", height}));
watchLinks((href, inNewWindow) => tell({type: "link", href, inNewWindow}));
tell({type: "ready", build: __BUILD__});
