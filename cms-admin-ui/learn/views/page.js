/** One place of the course: the way to it, its content, and what comes after it. */

import { el, show } from "../../ui/dom.js";
import { duration } from "../../ui/duration.js";
import { icon } from "../../ui/icons.js";
import { directionOf, languageName } from "../../ui/language.js";
import { kindOf } from "../../ui/kinds.js";
import { below, write } from "../place.js";
import { onProgress, progressOf } from "../progress.js";
import { kindWord, say } from "../words.js";
import { article } from "./article.js";
import { practice } from "./practice.js";
import { video } from "./video.js";

const VIEWS = { article, exercise: practice, quiz: practice, video };

/** @typedef {{delivered: any, place: any, snapshot: string, next: string|null}} Wish what the view of a kind is given */

/** @returns {{title: string, element: HTMLElement, enter?: () => void, leave: () => void}} */
export function page({ trail, place, snapshot }) {
  const { delivered, slugs } = trail.at(-1);
  const kind = kindOf(delivered.key);
  const document = delivered.document ?? {};
  const title = document.title ?? say("learn");
  const isHome = trail.length === 1;
  const around = trail.length > 1 ? trail.at(-2) : null;
  const next = around && neighbour(around, delivered, place, 1);
  const view = VIEWS[kind]?.({ delivered, place, snapshot, next: next?.href ?? null });
  const head = [
    !isHome && crumbs(trail, place),
    !isHome && el("p", { class: "kind" }, icon(kind), kindWord(kind)),
    el("h1", { tabindex: "-1", ...written(delivered, "/title", place) }, plain(title)),
    document.description && el("p", { class: "lead", ...written(delivered, "/description", place) }, plain(document.description)),
    languageNotice(delivered, place),
  ];
  const content = el("div", { class: `content content-${kind}` }, head,
    view ? view.element : children(delivered, slugs, place),
    view && around && steps(around, delivered, place, next),
    view && credits(document));
  const element = view && around?.delivered.children?.length > 1
    ? el("div", { class: "beside" }, siblings(around, delivered, place), content)
    : content;
  const unwatch = onProgress(() => refreshMarks(element));
  const leave = () => {
    unwatch();
    view?.leave();
  };
  return { title: plain(title), element, enter: () => view?.enter?.(), leave };
}

/**
 * The attributes for the language of a name in a list, if it differs from the page's. A row has a
 * `locale` only if it differs from its list's.
 */
function writtenIn(row, list, place) {
  const lang = row.locale ?? list.locale;
  return lang === place.locale ? null : { lang, dir: directionOf(lang) };
}

/** The language in which a text of a document is written. It may be the source's while other texts are translated. */
function written({ locale, untranslated = [] }, pointer, { sourceLocale }) {
  const lang = untranslated.includes(pointer) ? sourceLocale : locale;
  return { lang, dir: directionOf(lang) };
}

/** Says that a page, or a part of it, is in another language than the reader asked for. A question says so itself. */
function languageNotice({ locale, untranslated = [], document }, place) {
  const others = (document?.sections ?? []).map((section) => section.locale).filter((other) => other && other !== place.locale);
  if (locale === place.locale && untranslated.length === 0 && others.length === 0) return null;
  const isWhole = locale !== place.locale;
  const language = isWhole ? locale : others[0] ?? place.sourceLocale;
  return el("p", { class: "aside" }, say(isWhole ? "notTranslated" : "partlyTranslated", languageName(language, place.locale)));
}

/** A title with its formulas as plain text: `$\frac12$` becomes `\frac12`, and plain signs stay. */
const plain = (text) => String(text ?? "").replaceAll(/\$([^$]*)\$/g, (_, tex) => tex.replaceAll(/\\d?frac\{([^{}]*)\}\{([^{}]*)\}/g, "$1/$2").replaceAll(/[\\{}]/g, ""));

/** A text in a list, with a direction of its own whatever language surrounds it. */
const name = (text) => el("bdi", {}, plain(text));

function crumbs(trail, place) {
  return el("nav", { class: "crumbs", "aria-label": say("trail") }, el("ol", {}, trail.slice(0, -1).map(({ delivered, slugs }, index) =>
    el("li", {}, el("a", { href: write({ ...place, slugs }), lang: index === 0 ? null : delivered.locale }, index === 0 ? say("home") : name(delivered.document?.title ?? delivered.key))))));
}

function children(delivered, slugs, place) {
  const rows = delivered.children ?? [];
  if (rows.length === 0) return el("p", { class: "aside" }, say("empty"));
  const isLesson = kindOf(delivered.key) === "lesson";
  return el("ol", { class: isLesson ? "steps-list" : "cards" }, rows.map((child) => {
    const kind = kindOf(child.key);
    const summary = child.summary ?? {};
    const foreign = writtenIn(child, delivered, place);
    return el("li", { class: `kind-${kind}` }, el("a", { href: write({ ...place, slugs: below(slugs, child) }) },
      el("span", { class: "badge" }, icon(kind)),
      el("span", { class: "card-text" },
        el("span", { class: "card-kind" }, kindWord(kind), summary.duration_s != null && ` · ${duration(summary.duration_s)}`),
        el("span", { class: "card-title", ...foreign }, name(summary.title ?? child.key)),
        foreign && el("span", { class: "card-language" }, languageName(foreign.lang, place.locale)),
        summary.description && el("span", { class: "card-lead", ...foreign }, name(summary.description))),
      mark(child)));
  }));
}

/**
 * How far the learner came with a practice. It is there from the start, so that progress in another tab has a place
 * to appear.
 */
function mark({ key }) {
  const place = el("span", { "data-progress": key });
  fillMark(place);
  return place;
}

function fillMark(place) {
  const progress = progressOf(place.dataset.progress);
  const isWhole = progress !== null && progress.right >= progress.of;
  place.className = progress === null ? "" : `progress ${isWhole ? "whole" : ""}`;
  show(place, progress && [isWhole && icon("check"), el("span", { class: isWhole ? "visually-hidden" : "" }, say("progress", progress.right, progress.of))]);
}

const refreshMarks = (element) => element.querySelectorAll("[data-progress]").forEach(fillMark);

function neighbour({ delivered, slugs }, current, place, step) {
  const rows = delivered.children ?? [];
  const at = rows.findIndex((row) => row.key === current.key);
  const row = at < 0 ? null : rows[at + step];
  return row && { href: write({ ...place, slugs: below(slugs, row) }), title: plain(row.summary?.title ?? row.key), kind: kindOf(row.key) };
}

function siblings(around, current, place) {
  return el("nav", { class: "siblings", "aria-label": plain(around.delivered.document?.title ?? "") },
    el("p", { class: "siblings-title" }, el("a", { href: write({ ...place, slugs: around.slugs }) }, name(around.delivered.document?.title ?? ""))),
    el("ol", {}, around.delivered.children.map((row) => el("li", {}, el("a", {
      href: write({ ...place, slugs: below(around.slugs, row) }), "aria-current": row.key === current.key ? "page" : null,
    }, icon(kindOf(row.key)), el("span", writtenIn(row, around.delivered, place) ?? {}, name(row.summary?.title ?? row.key)), mark(row))))));
}

function steps(around, current, place, next) {
  const back = neighbour(around, current, place, -1);
  const parent = { href: write({ ...place, slugs: around.slugs }), title: plain(around.delivered.document?.title ?? "") };
  const link = (to, word, name, first) => to && el("a", { class: `step step-${name}`, href: to.href },
    first && icon("back"), el("span", {}, el("span", { class: "step-word" }, word), el("span", { class: "step-title" }, el("bdi", {}, to.title))), !first && icon("next"));
  return el("nav", { class: "steps", "aria-label": say("inThis") }, link(back, say("back"), "back", true), link(next ?? parent, next ? say("next") : say("done"), "next", false));
}

function credits({ attribution, licence }) {
  const source = /^https:\/\//.test(attribution?.source_url ?? "") && attribution;
  if (!attribution?.author && !licence) return null;
  return el("p", { class: "credits" }, [attribution?.author && say("by", attribution.author), licence].filter(Boolean).flatMap((part, index) => [index > 0 && " · ", el("bdi", {}, part)]),
    source && [" · ", el("a", { href: source.source_url, rel: "noreferrer noopener", target: "_blank" }, source.source_title ?? source.source_url)]);
}
