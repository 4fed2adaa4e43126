/** The page as a whole: reads the address, finds what stands there, and shows it. */

import { announce, el, show } from "../ui/dom.js";
import { directionOf, languageName } from "../ui/language.js";
import * as api from "./api.js";
import { sendKept } from "./attempts.js";
import * as places from "./place.js";
import { say, speak } from "./words.js";
import { page } from "./views/page.js";
import { loading, refusal } from "./views/notices.js";

const [main, bar, skip] = ["main", "bar", "skip"].map((id) => document.getElementById(id));
/** Grows with each address, so that an answer that comes late is dropped. */
let turn = 0;
let isFirst = true;
let waiting = 0;
/** What the page that is shown leaves behind: players, timers. */
let leave = () => {};

addEventListener("popstate", () => go());
addEventListener("online", () => sendKept().then((count) => count > 0 && announce(say("sent", count))));
skip.addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

// Links within the course change the address without loading the page anew.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || link.origin !== location.origin || !link.pathname.startsWith("/learn/") || link.target) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  go();
});

async function go() {
  const mine = ++turn;
  const isCurrent = () => mine === turn;
  const place = places.read();
  clearTimeout(waiting);
  waiting = setTimeout(() => isCurrent() && show(main, loading()), 250);
  try {
    const pointer = await api.channel(place.channel);
    const snapshot = await api.snapshot(pointer.snapshot);
    const locales = [snapshot.source_locale, ...Object.keys(snapshot.locales)];
    const locale = locales.includes(place.locale) ? place.locale : preferred(locales);
    const here = { ...place, locale };
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
    drawBar({ ...place, locale: place.locale ?? "en" }, []);
    const { title, element } = refusal(error, go, places.write({ ...place, locale: place.locale ?? "en", slugs: [] }));
    finish(title, element);
  }
}

/** The first language of the reader that the course has; else the one that it was written in. */
function preferred(locales) {
  const wanted = (navigator.languages ?? []).flatMap((tag) => [tag, tag.split("-")[0]]);
  return wanted.find((tag) => locales.includes(tag)) ?? locales[0];
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
    history.pushState(null, "", places.write({ ...place, locale: event.target.value }));
    go();
  };
  show(bar,
    el("a", { class: "brand", href: places.write({ ...place, slugs: [] }) }, el("img", { src: "/learn/icon.svg", alt: "", width: 28, height: 28 }), say("learn")),
    locales.length > 1 && el("label", { class: "language" }, el("span", { class: "visually-hidden" }, say("language")),
      el("select", { onchange: choose }, locales.map((tag) => el("option", { value: tag, lang: tag, selected: tag === place.locale }, languageName(tag))))));
}

go();
sendKept();
