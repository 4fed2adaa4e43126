/** The states that every view shares: loading, empty, and failed. */

import { el } from "../../ui/dom.js";
import { Refusal } from "../../ui/asking.js";

export const loading = (what) => el("div", { class: "loading", role: "status" },
  el("p", { class: "visually-hidden" }, `Loading ${what}…`),
  [0, 1, 2, 3].map((index) => el("span", { class: `bone bone-${index}`, "aria-hidden": "true" })));

export const notice = (title, ...body) => el("section", { class: "notice" }, el("h1", {}, title), ...body);

/** Shown when nothing has been published yet. */
export const nothingPublished = () => notice("Nothing is published yet",
  el("p", {}, "What learners see will be here after the first publish:"),
  el("pre", {}, el("code", {}, "cms import fixtures/fractions\ncms publish")));

/** @param {unknown} error @param {() => void} retry */
export function failed(error, retry) {
  if (!(error instanceof Refusal)) console.error(error);
  const words = error instanceof Refusal ? WORDS[error.code] : null;
  const [title, text] = words ?? ["This could not be shown", error instanceof Refusal ? error.message : "Something on this page broke."];
  return el("section", { class: "notice", role: "alert" },
    el("h1", {}, title), el("p", {}, text ?? error.message),
    error instanceof Refusal && error.code === "entry-retired" && retired(error),
    el("p", { class: "preview-row" }, (!words || error.code === "offline") && el("button", { type: "button", class: "button", onclick: retry }, "Try again"),
      el("a", { class: "button", href: "#/" }, "Go to the start")));
}

function retired(error) {
  const last = error.problem.tombstone?.retired;
  return last && el("p", {}, "It was called ", el("strong", {}, last.title ?? "something without a title"), ".");
}

const WORDS = {
  "offline": ["The server does not answer", "Is it still running? What you see elsewhere on this page may be from before."],
  "channel-unknown": ["There is no such channel", "Nothing was ever published under this name."],
  "snapshot-unknown": ["There is no such version", "The address may have been cut, or be from another system."],
  "entry-unknown": ["This is not in that version", "It may have been added later, or not be published at all."],
  "entry-retired": ["This was taken out", "Learners no longer get it."],
  "share-unknown": ["This link leads nowhere", "It may have been cut short, or taken back. Ask whoever sent it for another."],
  "share-over": ["This link is over", "Its time has run out, or the draft was discarded. Ask whoever sent it for another."],
  "locale-unknown": ["That version has no such language", undefined],
};
