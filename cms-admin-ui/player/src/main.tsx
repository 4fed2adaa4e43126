/**
 * The player's page. It shows what the window around it sends, and reports what happens. By itself it knows nothing,
 * fetches nothing and stores nothing.
 */
import type {Hint, PerseusRenderer} from "@khanacademy/perseus-core";
import {StrictMode} from "react";
import type {ReactNode} from "react";
import {flushSync} from "react-dom";
import {createRoot} from "react-dom/client";
import {Article} from "./shown/Article";
import {Question} from "./shown/Question";
import {Guard, Root} from "./Root";
import {hintsOf, questionOf, sectionsOf} from "./document";
import {whenPainted} from "./painted";
import {setUp} from "./perseus/setup";
import "./player.css";
import {Answered} from "./groups/answered";
import {AskingContext} from "./groups/asking";
import type {Asking, Checked} from "./groups/asking";
import {watchHeight} from "./height";
import {followEntries, watchLinks} from "./links";
import {readToPlayer, sent} from "./protocol";
import type {Answers, Fields, Media, Score, Settings, ToHost, ToPlayer} from "./protocol";
import {seedOf} from "./input/start";
import {toolsOf} from "./tools/Tools";
import type {Asked} from "./tools/Tools";
import {playVideosBy} from "./videos";
import {speak, words} from "./words";

type Loaded =
    | {
          type: "item";
          question: PerseusRenderer;
          hints: Hint[];
          hintsCount: number;
          score: Score | null;
          message: string | null;
          pictures: Media;
          before: Fields | null;
          tools: Asked;
      }
    | {type: "article"; sections: PerseusRenderer[]; marks: {id: string | null; locale: string | null}[]};

/** What is shown. `turn` grows with each load, so that nothing of one item remains for the next. */
let shown: {id: string; turn: number; media: Media; loaded: Loaded; seed: number; answers: Answers} | null = null;
let settings: Settings = {locale: "en", direction: "ltr", theme: "light"};

const place = document.getElementById("root") as HTMLElement;
const root = createRoot(place);
const host = window.parent;

function tell(message: ToHost): void {
    if (host !== window) {
        // Only the server's own pages may frame this one, and from here their origin can't be determined.
        host.postMessage(sent(message), "*");
    }
}

function complain(message: string): void {
    tell({type: "error", message: message.slice(0, 2000), id: shown?.id ?? null});
}

const tellInput = (userInput: Fields, empty: string[]) => shown && tell({type: "input", id: shown.id, userInput, empty});

const playVideo = (id: string) => tell({type: "video", id, name: words().video("YouTube"), close: words().close});

const scores = new Answered<Checked>();
const hints = new Answered<PerseusRenderer>();

/** The requests that groups of widgets make to the page. */
function asking({id, answers, seed}: NonNullable<typeof shown>): Asking {
    return {
        check: answers.check ? (where, userInput) => scores.wait({id, ...where}, () => tell({type: "check", id, ...where, userInput})) : null,
        hint: answers.hint ? (where) => hints.wait({id, ...where}, () => tell({type: "hint", id, ...where})) : null,
        locale: settings.locale,
        seed,
    };
}

function draw(): void {
    const now = shown;
    root.render(
        <StrictMode>
            {now && (
                <AskingContext.Provider value={asking(now)}>
                    <Root locale={settings.locale}>{(keypad) => body(now, keypad)}</Root>
                </AskingContext.Provider>
            )}
        </StrictMode>,
    );
}

function body({loaded, turn, seed}: NonNullable<typeof shown>, keypad: Parameters<Parameters<typeof Root>[0]["children"]>[0]): ReactNode {
    if (loaded.type === "article") {
        return (
            <Guard key={turn} onError={complain}>
                <Article sections={loaded.sections} marks={loaded.marks} keypad={keypad} onError={complain} />
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
            tools={loaded.tools}
            seed={seed}
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
                ? {type: "article", sections: sectionsOf(content.sections, media), marks: content.sections.map(({id, locale}) => ({id: textOf(id), locale: textOf(locale)}))}
                : {
                      type: "item",
                      question: questionOf(content.item, media),
                      hints: [],
                      hintsCount: Array.isArray(content.item.hints) ? content.item.hints.length : 0,
                      score: null,
                      message: null,
                      pictures: media,
                      before: message.userInput ?? null,
                      tools: toolsOf(content.item.answerArea),
                  };
        const turn = (shown?.turn ?? 0) + 1;
        shown = {id, turn, media, loaded, seed: seedOf(message.seed), answers: message.answers ?? {}};
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
    checked({score, media, ...where}) {
        scores.answer(where, score && {score, media: {...shown?.media, ...media}});
    },
    given({hint, media, ...where}) {
        const known = {...shown?.media, ...media};
        hints.answer(where, hint && (sectionsOf([hint], known)[0] ?? null));
    },
    settings(message) {
        set(message);
        draw();
    },
};

function textOf(value: unknown): string | null {
    return typeof value === "string" ? value : null;
}

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
