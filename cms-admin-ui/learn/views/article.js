/** An article, in the player. */

import { el } from "../../ui/dom.js";
import { mount } from "../../ui/player.js";
import * as api from "../api.js";
import { follow } from "../follow.js";
import { keepRun, runOf } from "../run.js";
import { say } from "../words.js";
import { noPlayer } from "./notices.js";

/** @param {import("./page.js").Wish} wish */
export function article({ delivered, place, snapshot }) {
  return inPlayer({ delivered, place, snapshot, sections: delivered.document?.sections ?? [], title: delivered.document?.title ?? say("article") });
}

/**
 * Sections of text in the player. Authors' headings begin at the third level, so they need one of the page's above
 * them.
 */
export function inPlayer({ delivered, place, snapshot, sections, title, heading = el("h2", { class: "visually-hidden" }, title) }) {
  const stage = el("div", { class: "stage" });
  let player = null;
  return {
    element: el("section", {}, heading, stage),
    async enter() {
      player = await mount(stage, {
        title, locale: delivered.locale, playsVideos: true, ...(snapshot && asking({ delivered, place, snapshot })), onError: ({ message }) => console.warn(message),
      }, noPlayer);
      const run = runOf(delivered.key);
      keepRun(delivered.key, run);
      player?.load({ id: delivered.key, content: { type: "article", sections }, media: api.pictures(delivered), seed: run.seed });
    },
    leave: () => player?.destroy(),
  };
}

/**
 * What a player asks of the page: checks and hints for groups that are checked by themselves, and links to other
 * entries. Without a connection the player itself says so.
 * @param {{delivered: any, place: any, snapshot: string, item?: () => {object: string, id: string}}} wish `item` is
 * the item that is shown; an article's sections name themselves
 */
export function asking({ delivered, place, snapshot, item }) {
  const where = (section, part) => {
    const { object, id } = item?.() ?? { object: delivered.object, id: section };
    return { object, item: id, part };
  };
  return {
    async onCheck({ section, part, userInput }) {
      const { score, refs } = await api.score({ ...where(section, part), input: userInput });
      return { ...score, media: api.pictures({ refs }) };
    },
    async onHint({ section, part }) {
      const given = await api.hint({ ...where(section, part), n: 0, snapshot, locale: place.locale });
      return { hint: given.hint, media: api.pictures(given) };
    },
    onLink: (link) => follow(link, { place, snapshot }),
  };
}
