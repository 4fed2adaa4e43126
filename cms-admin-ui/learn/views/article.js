/** An article, in the player. */

import { el } from "../dom.js";
import * as api from "../api.js";
import { mount } from "./player.js";
import { say } from "../words.js";

/** @param {import("./page.js").Wish} wish */
export function article({ delivered, place }) {
  return inPlayer({ delivered, place, sections: delivered.document?.sections ?? [], title: delivered.document?.title ?? say("article") });
}

/** Sections of text in the player. */
export function inPlayer({ delivered, place, sections, title }) {
  const stage = el("div", { class: "stage" });
  let player = null;
  return {
    element: stage,
    async enter() {
      player = await mount(stage, { title, locale: delivered.locale, onError: ({ message }) => console.warn(message) });
      player?.load({ id: delivered.key, content: { type: "article", sections }, media: api.pictures(delivered) });
    },
    leave: () => player?.destroy(),
  };
}
