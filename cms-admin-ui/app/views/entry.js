/** One entry as learners get it, in readable form: what it says, asks, shows and contains. */

import { el } from "../../ui/dom.js";
import { duration } from "../../ui/duration.js";
import { icon } from "../../ui/icons.js";
import { isContainer } from "../../ui/kinds.js";
import { directionOf } from "../../ui/language.js";
import { copyButton } from "../copy.js";
import { inline, prose } from "../prose.js";
import { widgetNode } from "../widgets.js";
import { counted, durationSpoken, kindWord, localeWord } from "../words.js";
import * as api from "../api.js";
import { preview } from "./preview.js";

/**
 * @param {{delivered: any, place: any, locale: string, snapshot: string, address: (key: string) => string}} wish
 */
export function entry({ delivered, place, locale, snapshot, address }) {
  const [kind] = delivered.key.split("/");
  const document = delivered.document ?? {};
  const places = placesOf(delivered);
  const page = el("article", { class: `entry entry-${kind}`, lang: delivered.locale, dir: directionOf(delivered.locale) },
    trail(place, address),
    el("p", { class: "kind" }, icon(kind), kindWord(kind)),
    el("h1", { tabindex: "-1" }, ...inline(document.title ?? delivered.key)),
    document.description && el("div", { class: "lead" }, prose(document.description, places)),
    facts(kind, delivered),
    delivered.locale !== locale && el("p", { class: "aside" },
      `Not translated to ${localeWord(locale)}: learners get this one in ${localeWord(delivered.locale)}.`),
    preview({ kind, delivered, place, locale, snapshot, address }),
    body(kind, delivered, places, address),
    addresses(delivered, place));
  return page;
}

function trail(place, address) {
  const steps = place.trail ?? [];
  if (!steps.length) return null;
  return el("nav", { "aria-label": "Where this stands", class: "trail" }, el("ol", {},
    steps.map((step) => el("li", {}, el("a", { href: address(step.key) }, step.title ?? step.key)))));
}

/** Makes the pictures and widgets that a text names. */
function placesOf(delivered, widgets = {}, withheld = false) {
  const picture = (target, alt) => {
    const carried = delivered.refs?.[target];
    const media = carried?.summary?.media;
    const words = alt || carried?.summary?.alt || "";
    if (media) {
      return el("span", { class: "picture" }, el("img", {
        src: api.mediaAddress(media), alt: words, loading: "lazy",
        width: carried.summary.width, height: carried.summary.height,
      }));
    }
    return el("span", { class: "picture missing" }, icon("image"), el("span", {}, words || "A picture from elsewhere"));
  };
  const places = { picture, heading: 3, withheld, widget: (name) => widgetNode(name, widgets[name], places) };
  return places;
}

function facts(kind, delivered) {
  const document = delivered.document ?? {};
  const rows = [];
  if (document.duration_s != null) {
    rows.push(el("span", {}, el("span", { "aria-hidden": "true" }, duration(document.duration_s)),
      el("span", { class: "visually-hidden" }, durationSpoken(document.duration_s))));
  }
  if (delivered.children?.length) rows.push(counted(delivered.children.length, "part"));
  if (document.items) rows.push(counted(document.items.length, "question"));
  if (document.sections) rows.push(counted(document.sections.length, "section"));
  if (document.grade) rows.push(`Grade ${document.grade}`);
  for (const standard of document.standards ?? []) rows.push(typeof standard === "string" ? standard : standard.code ?? standard.id);
  if (document.licence) rows.push(document.licence);
  if (document.attribution?.author) rows.push(`by ${document.attribution.author}`);
  return rows.length > 0 && el("ul", { class: "facts", "aria-label": "Facts" }, rows.filter(Boolean).map((row) => el("li", {}, el("bdi", {}, row))));
}

function body(kind, delivered, places, address) {
  const document = delivered.document ?? {};
  return [
    document.items && items(document.items, delivered),
    document.sections && sections(document.sections, delivered),
    kind === "video" && video(document, delivered, places),
    kind === "image" && picture(document),
    document.draws && draws(document.draws, delivered, address),
    delivered.children?.length ? children(delivered.children, address) : null,
    emptyContainer(kind, delivered),
  ];
}

function emptyContainer(kind, delivered) {
  return isContainer(kind) && !delivered.children?.length && el("p", { class: "aside" }, "Nothing in here yet.");
}

function children(rows, address) {
  return el("section", {}, el("h2", {}, "What it contains"), el("ol", { class: "children" }, rows.map((child) => {
    const [kind] = child.key.split("/");
    const summary = child.summary ?? {};
    return el("li", { class: `kind-${kind}` }, el("a", { href: address(child.key) },
      icon(kind),
      el("span", { class: "child" },
        el("span", { class: "child-title" }, ...inline(summary.title ?? child.key)),
        el("span", { class: "child-kind" }, kindWord(kind)),
        summary.description && el("span", { class: "child-text" }, summary.description)),
      summary.duration_s != null && el("span", { class: "duration" },
        el("span", { "aria-hidden": "true" }, duration(summary.duration_s)),
        el("span", { class: "visually-hidden" }, durationSpoken(summary.duration_s)))));
  })));
}

const renderer = (part, delivered, heading, withheld) => prose(part?.content, { ...placesOf(delivered, part?.widgets ?? {}, withheld), heading });

function items(list, delivered) {
  return el("section", {}, el("h2", {}, "Questions"), list.map((item, index) => el("section", { class: "card", id: `item-${item.id}` },
    el("h3", {}, `Question ${index + 1}`),
    el("div", { class: "prose" }, renderer(item.question, delivered, 4, Boolean(item.rubric))),
    // A channel that withholds answers withholds hints too: learners ask for them one by one, as the preview does.
    item.hints?.some((hint) => hint.content) && el("details", { class: "hints" },
      el("summary", {}, counted(item.hints.length, "hint")),
      el("ol", {}, item.hints.map((hint) => el("li", { class: "prose" }, renderer(hint, delivered, 4))))))));
}

function sections(list, delivered) {
  return el("section", { class: "article" }, list.map((section) =>
    el("section", { class: "prose", id: `section-${section.id}` }, renderer(section, delivered, 2, Boolean(section.rubric)))));
}

function video(document, delivered, places) {
  const languages = (document.captions ?? []).map((caption) => caption.label ?? localeWord(caption.locale));
  const rows = [
    document.youtube_id && ["YouTube", el("a", { href: `https://www.youtube.com/watch?v=${encodeURIComponent(document.youtube_id)}`, rel: "noreferrer noopener" }, document.youtube_id)],
    document.sources?.length > 0 && ["Own files", document.sources.map((source) => [source.mime, source.width && `${source.width} × ${source.height}`].filter(Boolean).join(", ")).join(" · ")],
    languages.length > 0 && ["Captions", languages.join(", ")],
    document.attribution?.source_url && ["Source", el("a", { href: document.attribution.source_url, rel: "noreferrer noopener" }, document.attribution.source_title ?? document.attribution.source_url)],
  ].filter(Boolean);
  return [
    document.thumbnail && el("p", {}, places.picture(document.thumbnail, "")),
    rows.length > 0 && el("dl", { class: "pairs-list" }, rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    document.transcript && el("section", {}, el("h2", {}, "Transcript"), el("div", { class: "prose" }, prose(document.transcript, places))),
  ];
}

function picture(document) {
  return el("figure", { class: "prose" },
    el("img", { src: api.mediaAddress(document.media), alt: document.alt ?? "", width: document.width, height: document.height }),
    document.alt && el("figcaption", {}, "Description for those who don’t see it: ", el("q", {}, document.alt)));
}

function draws(list, delivered, address) {
  return el("section", {}, el("h2", {}, "Draws from"), el("ol", { class: "children" }, list.map((draw) => {
    const carried = delivered.refs?.[draw.exercise];
    return el("li", { class: "kind-exercise" }, el("a", { href: address(draw.exercise) }, icon("exercise"),
      el("span", { class: "child" }, el("span", { class: "child-title" }, ...inline(carried?.summary?.title ?? draw.exercise)),
        el("span", { class: "child-kind" }, "Exercise")),
      el("span", { class: "duration" }, counted(draw.count ?? 1, "question"))));
  })));
}

function addresses(delivered, place) {
  const origin = location.origin;
  const rows = [
    ["Key", delivered.key],
    place.route != null && place.route !== "" && ["Route", place.route],
    ["Object", place.object],
    ["Address", `${origin}/v1/objects/${place.object}`],
  ].filter(Boolean);
  return el("details", { class: "addresses" }, el("summary", {}, "Addresses, for apps"),
    el("dl", {}, rows.map(([name, value]) => el("div", {}, el("dt", {}, name),
      el("dd", {}, el("code", { dir: "ltr" }, value), copyButton(value, name.toLowerCase()))))));
}
