/** The player, mounted in a part of a page, and the pictures that it gets. */

import { show } from "./dom.js";
import { directionOf } from "./language.js";

/**
 * @param {HTMLElement} element
 * @param {object} wish the player's options; the direction follows from the locale
 * @param {() => Node} missing makes what is shown if this server has no player
 * @returns {Promise<import("/player/host.js").Player|null>} null if there is no player, or the element has been
 * removed meanwhile
 */
export async function mount(element, { locale, ...wish }, missing) {
  try {
    const { mountPlayer } = await import("/player/host.js");
    return element.isConnected ? mountPlayer(element, { locale, direction: directionOf(locale), ...wish }) : null;
  } catch {
    show(element, missing());
    return null;
  }
}

/**
 * Pictures of a document, or of a hint, by the names that its text uses.
 * @param {(media: string, path?: string) => string} address makes the address of a media file; `path` is given if it
 * is not that of public media. The player has another origin, so the address must be a whole one
 */
export function picturesOf({ refs = {} }, address) {
  const rows = Object.entries(refs).filter(([, row]) => row.summary?.media);
  return Object.fromEntries(rows.map(([key, { summary, media }]) => [key, { url: address(summary.media, media?.[summary.media]), width: summary.width, height: summary.height }]));
}
