/** The player, mounted in a part of the page. */

import { el, show } from "../dom.js";
import { directionOf, say } from "../words.js";

/** @returns {Promise<import("/player/host.js").Player|null>} null where this server has none */
export async function mount(element, { locale, ...wish }) {
  try {
    const { mountPlayer } = await import("/player/host.js");
    return element.isConnected ? mountPlayer(element, { locale, direction: directionOf(locale), ...wish }) : null;
  } catch {
    show(element, el("p", { class: "aside", role: "alert" }, say("failed")));
    return null;
  }
}
