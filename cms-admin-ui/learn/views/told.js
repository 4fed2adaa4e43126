/** Messages about what happened meanwhile, at the head of the page until the learner has read them. */

import { el } from "../../ui/dom.js";
import { say } from "../words.js";

const place = () => document.getElementById("told");

/** Shows a message. */
export function notify(text) {
  list().append(el("li", {}, text));
}

/** Tells the outcome of an answer that was given without a connection. @param {import("../attempts.js").Outcome} outcome */
export function tellOutcome({ title, number, result }) {
  if (result === "gone") return tellGone(1);
  const what = number === null ? title : say("questionOf", title, number);
  notify(say("outcome", what, result));
}

/** Tells that answers were dropped, because their questions were taken down; the title went with them. */
export function tellGone(count) {
  notify(say("gone", count));
}

function list() {
  const found = place().querySelector("ul");
  if (found) return found;
  const made = el("ul", {});
  place().replaceChildren(el("div", { class: "told" }, made,
    el("button", { type: "button", class: "button", onclick: () => place().replaceChildren() }, say("close"))));
  return made;
}
