/** The page as a whole: reads the address, finds the content there, and shows it. */

import { announce, el, show } from "../ui/dom.js";
import { bestLanguage, directionOf, languageName, learnLanguages } from "../ui/language.js";
import * as api from "./api.js";
import { onOutcome, sendKept } from "./attempts.js";
import { moveOld } from "./progress.js";
import { heed } from "./revoked.js";
import * as places from "./place.js";
import { say, speak } from "./words.js";
import { page } from "./views/page.js";
import { loading, refusal } from "./views/notices.js";
import { tellGone, tellOutcome } from "./views/told.js";

const [main, bar, skip] = ["main", "bar", "skip"].map((id) => document.getElementById(id));
/** Grows with each address, so that a late answer to an earlier address is dropped. */
let turn = 0;
let isFirst = true;
let waiting = 0;
/** Cleans up after the page that is shown: its players and timers. */
let leave = () => {};

addEventListener("popstate", () => go());
addEventListener("online", () => comeBack());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && comeBack());
onOutcome(tellOutcome);
skip.addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

// Links within the course change the address without loading the page again.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || link.origin !== location.origin || !link.pathname.startsWith("/learn/") || link.target) return;
  event.preventDefault();
  places.travel(link.href);
});

async function go() {
  const mine = ++turn;
  const isCurrent = () => mine === turn;
  const place = places.read();
  clearTimeout(waiting);
  waiting = setTimeout(() => isCurrent() && show(main, loading()), 250);
  try {
    const pointer = await api.channel(place.channel);
    takeNote(place.channel, pointer);
    const snapshot = await api.snapshot(pointer.snapshot);
    const locales = [snapshot.source_locale, ...Object.keys(snapshot.locales)];
    const [locale] = await Promise.all([
      preferred(place.locale, locales),
      learnLanguages((cursor) => api.entries(pointer.snapshot, snapshot.source_locale, "locale", cursor), api.object),
    ]);
    const here = { ...place, locale, sourceLocale: snapshot.source_locale };
    const trail = await places.walk(pointer.snapshot, locale, place.slugs);
    if (!isCurrent()) return;
    if (place.locale !== locale) history.replaceState(null, "", places.write(here));
    setLocale(locale);
    drawBar(here, locales);
    const view = page({ trail, place: here, snapshot: pointer.snapshot });
    finish(view.title, view.element);
    leave = view.leave;
    view.enter?.();
  } catch (error) {
    if (!isCurrent()) return;
    if (error.code === "offline") addEventListener("online", () => isCurrent() && go(), { once: true });
    drawBar({ ...place, locale: place.locale ?? "en" }, []);
    const { title, element } = refusal(error, go, places.write({ ...place, locale: place.locale ?? "en", slugs: [] }));
    finish(title, element);
  }
}

/** Takes note of what was taken down. @returns {Promise<boolean>} whether it was anything */
async function takeNote(channel, pointer) {
  const { ids, answers } = await heed(channel, pointer);
  if (answers > 0) tellGone(answers);
  return ids > 0;
}

/** After an absence: a page that was open may show what was taken down meanwhile; then answers that wait are sent. */
async function comeBack() {
  const { channel } = places.read();
  try {
    if (await takeNote(channel, await api.channelNow(channel))) await go();
  } catch (error) {
    if (!error.code) console.error(error);
  }
  await sendKept();
}

/** The language in the address, or the one that suits the reader best, or the one in which the course was written. */
async function preferred(asked, locales) {
  if (locales.includes(asked)) return asked;
  return (await bestLanguage([asked, ...(navigator.languages ?? [])].filter(Boolean), locales)) ?? locales[0];
}

function setLocale(locale) {
  speak(locale);
  Object.assign(document.documentElement, { lang: locale, dir: directionOf(locale) });
  skip.textContent = say("skip");
}

function finish(title, ...nodes) {
  clearTimeout(waiting);
  leave();
  leave = () => {};
  show(main, ...nodes);
  document.title = title === say("learn") ? title : `${title} · ${say("learn")}`;
  if (!isFirst) {
    scrollTo(0, 0);
    (main.querySelector("h1") ?? main).focus({ preventScroll: true });
    announce(title);
  }
  isFirst = false;
}

function drawBar(place, locales) {
  const choose = (event) => {
    places.travel(places.write({ ...place, locale: event.target.value }));
  };
  show(bar,
    el("a", { class: "brand", href: places.write({ ...place, slugs: [] }) }, el("img", { src: "/learn/icon.svg", alt: "", width: 28, height: 28 }), say("learn")),
    locales.length > 1 && el("label", { class: "language" }, el("span", { class: "visually-hidden" }, say("language")),
      el("select", { onchange: choose }, locales.map((tag) => el("option", { value: tag, lang: tag, selected: tag === place.locale }, languageName(tag))))));
}

go();
moveOld().then(sendKept);
