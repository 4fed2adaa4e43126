/**
 * A video. YouTube's copy is first, in a frame that is made only when the learner starts it; our own copy is used if
 * YouTube is blocked or has none. The transcript is next to it, timed if the captions give times, and stays there if
 * the video can't be played.
 */

import { el, show } from "../../ui/dom.js";
import { duration } from "../../ui/duration.js";
import { icon } from "../../ui/icons.js";
import { bestLanguage, languageName } from "../../ui/language.js";
import * as api from "../api.js";
import { cues } from "../captions.js";
import { say } from "../words.js";
import { inPlayer } from "./article.js";

const YOUTUBE = "https://www.youtube-nocookie.com/embed/";

/** @param {import("./page.js").Wish} wish */
export function video({ delivered, place }) {
  const document = delivered.document ?? {};
  const screen = el("div", { class: "screen" });
  const choice = el("p", { class: "choice" });
  const said = el("section", { class: "transcript" });
  const youtube = /^[\w-]{6,20}$/.test(document.youtube_id ?? "") ? document.youtube_id : null;
  const own = document.sources?.length > 0;
  const poster = delivered.refs?.[document.thumbnail]?.summary?.media;
  const captions = document.captions ?? [];
  const best = (...wanted) => bestLanguage(wanted, captions.map((row) => row.locale)).then((found) => captions.find((row) => row.locale === found));
  let written = null;
  let playing = null;
  let isLeft = false;

  if (youtube) offerYoutube();
  else if (own) playOwn();
  else show(screen, el("p", { class: "aside" }, say("noVideo")));

  function offerYoutube() {
    playing = null;
    show(screen, el("button", { type: "button", class: "facade", onclick: playYoutube },
      poster && el("img", { src: api.media(poster), alt: "" }),
      el("span", { class: "play" }, icon("play")), el("span", { class: "facade-words" }, el("strong", {}, say("play")), el("span", {}, say("playNote")))));
    offer(own && [say("ownCopy"), playOwn]);
  }

  function playYoutube() {
    const query = new URLSearchParams({ autoplay: "1", rel: "0", hl: place.locale, cc_lang_pref: place.locale });
    show(screen, el("iframe", {
      src: `${YOUTUBE}${youtube}?${query}`, title: document.title ?? say("video"), referrerpolicy: "strict-origin",
      allow: "autoplay; encrypted-media; fullscreen; picture-in-picture", allowfullscreen: true,
    }));
    screen.firstChild.focus();
  }

  async function playOwn() {
    const shown = await best(place.locale);
    if (isLeft) return;
    const film = el("video", { controls: true, preload: "metadata", playsinline: true, poster: poster && api.media(poster) },
      document.sources.map((source) => el("source", { src: api.media(source.media), type: source.mime })),
      captions.map((row) => el("track", {
        kind: "captions", src: api.media(row.media), srclang: row.locale, label: row.label ?? languageName(row.locale), default: row === shown,
      })));
    film.addEventListener("timeupdate", () => follow(film));
    // If a source can't be played, the browser tries the next one. After the last one, or when playing breaks off,
    // there is none.
    film.addEventListener("error", () => fail(film));
    [...film.querySelectorAll("source")].at(-1).addEventListener("error", () => fail(film));
    playing = film;
    show(screen, film);
    offer(youtube && [say("youtube"), offerYoutube]);
  }

  /** Says that the video can't be played; the transcript stays next to that message. */
  function fail(film) {
    if (playing !== film) return;
    playing = null;
    said.querySelectorAll("[data-now]").forEach((row) => row.removeAttribute("data-now"));
    show(screen, el("div", { class: "aside", role: "alert" },
      el("p", {}, say("noVideo"), said.isConnected && ` ${say("readInstead")}`),
      el("p", {}, el("button", { type: "button", class: "link", onclick: playOwn }, say("playAgain")))));
  }

  function offer(row) {
    show(choice, row && el("button", { type: "button", class: "link", onclick: row[1] }, row[0]));
  }

  function follow(film) {
    if (playing !== film) return;
    for (const row of said.querySelectorAll("[data-from]")) {
      const isNow = film.currentTime >= Number(row.dataset.from) && film.currentTime < Number(row.dataset.to);
      row.toggleAttribute("data-now", isNow);
    }
  }

  async function write() {
    const chosen = await best(place.locale, delivered.locale);
    const timed = chosen ? await cues(api.media(chosen.media)).catch(() => []) : [];
    if (timed.length > 0) {
      show(said, el("h2", {}, say("transcript")), el("ol", { lang: chosen.locale }, timed.map(({ from, to, text }) => el("li", { "data-from": from, "data-to": to },
        own ? el("button", { type: "button", class: "time", "aria-label": say("jump", duration(from)), onclick: () => jump(from) }, duration(from)) : el("span", { class: "time" }, duration(from)),
        el("span", {}, text)))));
    } else if (document.transcript) {
      written = inPlayer({ delivered: { ...delivered, key: `${delivered.key}#transcript` }, sections: [{ content: document.transcript, widgets: {}, images: {} }], title: say("transcript"), heading: el("h2", {}, say("transcript")) });
      show(said, written.element);
      await written.enter();
    } else {
      said.remove();
    }
  }

  async function jump(to) {
    if (!playing) await playOwn();
    if (!playing) return;
    playing.currentTime = to;
    // If it can't be played, the page says so in its place.
    playing.play().catch(() => {});
  }

  return {
    element: el("div", { class: "watch" }, el("div", {}, screen, choice), said),
    enter: write,
    leave() {
      isLeft = true;
      playing?.pause();
      written?.leave();
    },
  };
}
