/** What the page shows where there is no content: nothing published yet, no connection, nothing at this address. */

import { el } from "../../ui/dom.js";
import { say } from "../words.js";

/** Shown if this server has no player. */
export const noPlayer = () => el("p", { class: "aside", role: "alert" }, say("failed"));

export const loading = () => el("div", { class: "loading", "aria-hidden": "true" }, el("span", { class: "bone wide" }), el("span", { class: "bone" }), el("span", { class: "bone" }));

const KNOWN = {
  "channel-unknown": ["nothing", "nothingWhy"], "offline": ["offline", "offlineWhy"],
  "entry-retired": ["retired", "retiredWhy"], "taken-down": ["retired", "retiredWhy"], "route-retired": ["retired", "retiredWhy"],
  "route-unknown": ["lost", "lostWhy"], "entry-unknown": ["nothing", "nothingWhy"], "object-unknown": ["lost", "lostWhy"],
};
const CAN_CHANGE = new Set(["offline", "unreadable", "internal", "store-unavailable"]);

/** A refusal in words, with what the learner can do about it. */
export function refusal(error, again, home) {
  const [title, why] = KNOWN[error.code] ?? ["failed", null];
  const canChange = CAN_CHANGE.has(error.code) || !(error.code in KNOWN);
  if (!error.code) console.error(error);
  return {
    title: say(title),
    element: el("div", { class: "notice" }, el("h1", { tabindex: "-1" }, say(title)), el("p", {}, why ? say(why) : error.message),
      el("p", { class: "row" }, canChange ? el("button", { type: "button", class: "button primary", onclick: again }, say("tryOnceMore"))
        : title !== "nothing" && el("a", { class: "button", href: home }, say("home")))),
  };
}
