/** An article, in the player. */

import { el } from "../../ui/dom.js";
import { mount } from "../../ui/player.js";
import * as api from "../api.js";
import { say } from "../words.js";
import { noPlayer } from "./notices.js";

/** @param {import("./page.js").Wish} wish */
export function article({ delivered }) {
  return inPlayer({ delivered, sections: delivered.document?.sections ?? [], title: delivered.document?.title ?? say("article") });
}

/**
 * Sections of text in the player. Authors' headings begin at the third level: they come below one of the page's own.
 */
export function inPlayer({ delivered, sections, title, heading = el("h2", { class: "visually-hidden" }, title) }) {
  const stage = el("div", { class: "stage" });
  let player = null;
  return {
    element: el("section", {}, heading, stage),
    async enter() {
      player = await mount(stage, { title, locale: delivered.locale, playsVideos: true, onError: ({ message }) => console.warn(message) }, noPlayer);
      player?.load({ id: delivered.key, content: { type: "article", sections }, media: api.pictures(delivered) });
    },
    leave: () => player?.destroy(),
  };
}
