/** The player, mounted in a part of a page, and the pictures that it is told of. */

import { show } from "./dom.js";
import { directionOf } from "./language.js";

/**
 * @param {HTMLElement} element
 * @param {object} wish as the player takes it; the direction follows from the locale
 * @param {() => Node} missing what stands there where this server has no player
 * @returns {Promise<import("/player/host.js").Player|null>} null where there is none, or the element is gone by now
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
 * Pictures of a document, or of a hint, by what its text calls them.
 * @param {(media: string, path?: string) => string} address of a media file, where it is elsewhere than public media are;
 *   the player has another origin, so it is a whole one
 */
export function picturesOf({ refs = {} }, address) {
  const rows = Object.entries(refs).filter(([, row]) => row.summary?.media);
  return Object.fromEntries(rows.map(([key, { summary, media }]) => [key, { url: address(summary.media, media?.[summary.media]), width: summary.width, height: summary.height }]));
}
