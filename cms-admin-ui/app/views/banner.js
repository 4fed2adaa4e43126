/** The banner above a shared draft: that it is a draft, until when the link works, and what of it can't be shown. */

import { el } from "../../ui/dom.js";
import { momentWord } from "../words.js";

const HELD_BACK_SHOWN = 20;
const many = (count, one, more) => (count === 1 ? `1 ${one}` : `${count} ${more}`);

/** @param {{title: string, state: string, changed_at: string, expires_at: string, changes_count: number,
 *   uncommitted_count: number, held_back: {key: string, reasons: string[]}[], held_back_count: number}} about */
export function banner(about) {
  const changes = about.changes_count
    ? `It changes ${many(about.changes_count, "entry", "entries")}; learners have none of this yet.`
    : "Learners have all of it already.";
  const left = about.uncommitted_count > 0 &&
    ` ${many(about.uncommitted_count, "entry has edits", "entries have edits")} that are not committed and not shown.`;
  return el("aside", { class: "banner", "aria-label": "About this draft" },
    el("p", {}, el("strong", {}, about.title), " · draft of ", moment(about.changed_at), " · link ends ", moment(about.expires_at)),
    el("p", {}, changes, left),
    about.held_back_count > 0 && el("details", {},
      el("summary", {}, `${many(about.held_back_count, "entry is", "entries are")} shown as published, for the draft's form can't be`),
      el("ul", {}, about.held_back.slice(0, HELD_BACK_SHOWN).map((row) => el("li", {}, el("code", {}, row.key), " ", row.reasons.join("; "))))));
}

const moment = (text) => el("time", { datetime: text }, momentWord(text));
