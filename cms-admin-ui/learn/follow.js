/** Links in texts to other entries, `lesson/l1`: they lead to the entry's place, in the language of the page. */

import * as api from "./api.js";
import { travel, write } from "./place.js";
import { say } from "./words.js";
import { notify } from "./views/told.js";

const ENTRY = /^([a-z0-9][\w-]*\/[\w-]+)(?:#|$)/;

/** Follows a link if it names an entry. @returns {boolean} whether it does */
export function follow({ href, inNewWindow = false }, { place, snapshot }) {
  const [, key] = ENTRY.exec(href) ?? [];
  if (!key) return false;
  // The window must be opened now: browsers block one that is opened later.
  const other = inNewWindow ? open("about:blank", "_blank") : null;
  api.address(snapshot, place.locale, key).then(({ route }) => {
    if (!route) throw new Error("it stands nowhere");
    const address = write({ ...place, slugs: route.split("/") });
    if (other) other.location.replace(address);
    else travel(address);
  }).catch((error) => {
    other?.close();
    notify(say(error.code === "offline" ? "offline" : "lost"));
  });
  return true;
}
