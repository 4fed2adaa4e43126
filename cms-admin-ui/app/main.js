/** The page as a whole: reads the address, fetches what it names, and shows it. */

import { announce, el, show } from "../ui/dom.js";
import { Refusal } from "../ui/asking.js";
import { CONTAINERS } from "../ui/kinds.js";
import { learnLanguages } from "../ui/language.js";
import * as api from "./api.js";
import * as places from "./place.js";
import { localeWord, momentWord } from "./words.js";
import { banner } from "./views/banner.js";
import { compare, onlyOne } from "./views/compare.js";
import { entry } from "./views/entry.js";
import { failed, loading, notice, nothingPublished } from "./views/notices.js";
import { tree } from "./views/tree.js";

const HOME = "topic/root";
/** The heading of the page as a whole. */
const PLACE = api.isShared ? "Shared draft" : "Published";
const [main, contents, pickers, shell] = ["main", "contents", "pickers", "shell"].map((id) => document.getElementById(id));

/** The table of contents and what it was built for. It is built again only when that changes. */
let shownTree = { of: null, tree: null };
/** Grows with each address, so that a late answer to an earlier address is dropped. */
let turn = 0;
let isFirst = true;
/** Shows that something is loading, if it takes long enough to be noticed. */
let waiting = 0;

window.addEventListener("hashchange", go);
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

async function go() {
  const mine = ++turn;
  const isCurrent = () => mine === turn;
  const place = places.read(location.hash);
  clearTimeout(waiting);
  waiting = setTimeout(() => show(main, loading("the page")), 200);
  try {
    await VIEWS[place.view](place, isCurrent);
  } catch (error) {
    if (!isCurrent()) return;
    if (!contents.childElementCount) shell.dataset.pane = "bare";
    finish("Not possible", failed(error, go));
  }
}

/** Shows a page and announces it. */
function finish(title, ...nodes) {
  clearTimeout(waiting);
  show(main, ...nodes);
  document.title = title === PLACE ? title : `${title} · ${PLACE}`;
  if (!isFirst) {
    window.scrollTo(0, 0);
    (main.querySelector("h1[tabindex]") ?? main).focus({ preventScroll: true });
    announce(title);
  }
  isFirst = false;
}

const VIEWS = {
  async start(_, isCurrent) {
    const channels = await api.channels();
    if (!isCurrent()) return;
    if (!channels.length) {
      show(pickers);
      show(contents);
      shell.dataset.pane = "bare";
      return finish(PLACE, nothingPublished());
    }
    const first = channels.find((row) => row.channel === "production") ?? channels[0];
    location.replace(places.write({ view: "browse", channel: first.channel, sequence: null, locale: null, key: null }));
  },

  async browse(place, isCurrent) {
    const [channels, listed] = await Promise.all([api.channels(), api.versions(place.channel, null)]);
    const version = place.sequence == null ? listed.versions[0] : await api.version(place.channel, place.sequence);
    const snapshot = await api.snapshot(version.snapshot);
    const locale = place.locale ?? snapshot.source_locale;
    await learnLanguages((cursor) => api.entries(version.snapshot, snapshot.source_locale, { kind: "locale", cursor }), api.object);
    if (!isCurrent()) return;
    drawPickers(place, channels, listed.versions, version, snapshot, locale);
    const address = (key) => places.write({ ...place, key });
    const root = await roots(version.snapshot, snapshot, locale);
    if (!isCurrent()) return;
    if (!root.length) {
      show(contents);
      return finish("Nothing here", notice("This version is empty", el("p", {}, "Nothing stands below the home page, so learners get nothing.")));
    }
    const key = place.key ?? root[0].key;
    const where = await api.place(version.snapshot, locale, key);
    const delivered = await api.object(where.object);
    if (!isCurrent()) return;
    shell.dataset.pane = place.key ? "page" : "both";
    const page = entry({ delivered: { ...delivered, object: where.object }, place: where, locale, snapshot: version.snapshot, address });
    page.prepend(backToContents());
    finish(delivered.document?.title ?? key, page);
    await drawTree(`${version.snapshot} ${locale} ${place.channel} ${place.sequence}`, root, key, where.trail.map((step) => step.key), address);
  },

  async compare(place, isCurrent) {
    const [channels, listed] = await Promise.all([api.channels(), api.versions(place.channel, null)]);
    const newest = listed.versions[0];
    const to = place.to == null ? newest : await api.version(place.channel, place.to);
    const from = place.from == null ? listed.versions.find((row) => row.sequence < to.sequence) : await api.version(place.channel, place.from);
    if (!isCurrent()) return;
    const snapshot = await api.snapshot(to.snapshot);
    drawPickers(place, channels, listed.versions, to, snapshot, snapshot.source_locale);
    shell.dataset.pane = "bare";
    show(contents);
    shownTree = { of: null, tree: null };
    if (!from) return finish("What changed", onlyOne(to));
    const choose = (left, right) => { location.hash = places.write({ ...place, from: left, to: right }); };
    const address = (sequence, key, locale) => places.write({ view: "browse", channel: place.channel, sequence, locale, key });
    const page = await compare({ from, to, versions: listed.versions, choose, address });
    if (isCurrent()) finish("What changed", page);
  },

  async lost() {
    show(contents);
    finish("Not here", notice("This address leads nowhere", el("p", {}, el("a", { href: "#/" }, "Go to the start"))));
  },
};

/** The home page, or the courses and topics that there are if it is missing. */
async function roots(snapshotId, snapshot, locale) {
  try {
    const home = await api.place(snapshotId, locale, HOME);
    const delivered = await api.object(home.object);
    return [{ key: HOME, object: home.object, title: delivered.document?.title ?? "Home" }];
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
  }
  const kinds = CONTAINERS.filter((kind) => snapshot.kinds[kind]);
  const kind = kinds[0] ?? Object.keys(snapshot.kinds)[0];
  if (!kind) return [];
  const page = await api.entries(snapshotId, locale, { kind });
  return page.entries.map((row) => ({ key: row.key, object: row.object, title: row.key }));
}

async function drawTree(of, root, selected, trail, address) {
  if (shownTree.of === of) return shownTree.tree.reveal(selected, trail);
  const made = tree({ root, selected, trail, address });
  shownTree = { of, tree: made };
  show(contents, el("h2", { class: "contents-title" }, "Contents"), made.element);
  await made.ready;
}

function backToContents() {
  return el("p", { class: "to-contents" }, el("button", {
    type: "button", class: "button",
    onclick: () => {
      shell.dataset.pane = "contents";
      contents.querySelector("[tabindex='0']")?.focus();
    },
  }, "Contents"));
}

// On a narrow screen a click in the contents shows the page, even if the address stays the same.
contents.addEventListener("click", (event) => {
  if (event.target.closest("a.row")) shell.dataset.pane = "page";
});

function drawPickers(place, channels, versions, version, snapshot, locale) {
  const newest = versions[0]?.sequence;
  const listed = versions.some((row) => row.sequence === version.sequence) ? versions : [version, ...versions];
  const to = (changes) => { location.hash = places.write({ ...place, ...changes }); };
  const field = (id, label, options, onchange) => el("div", { class: "picker" }, el("label", { for: id }, label),
    el("select", { id, onchange }, options.map(([value, text, selected]) => el("option", { value, selected }, text))));
  const isBrowse = place.view === "browse";
  show(pickers,
    channels.length > 1 && field("channel", "Channel", channels.map((row) => [row.channel, row.channel, row.channel === place.channel]),
      (event) => to({ channel: event.target.value, sequence: null, from: null, to: null })),
    isBrowse && field("version", "Version",
      listed.map((row) => [row.sequence, versionWord(row, newest), row.sequence === version.sequence]),
      (event) => to({ sequence: Number(event.target.value) === newest ? null : Number(event.target.value) })),
    isBrowse && Object.keys(snapshot.locales).length > 0 && field("locale", "Language",
      [snapshot.source_locale, ...Object.keys(snapshot.locales)].map((row) => [row, localeWord(row), row === locale]),
      (event) => to({ locale: event.target.value === snapshot.source_locale ? null : event.target.value })),
    isBrowse
      ? el("a", { class: "button", href: places.write({ view: "compare", channel: place.channel, from: null, to: place.sequence }) }, "What changed")
      : el("a", { class: "button", href: places.write({ view: "browse", channel: place.channel, sequence: null, locale: null, key: null }) }, "Browse"));
}

function versionWord(row, newest) {
  if (row.verb === "draft") return `draft · ${momentWord(row.published_at)}`;
  const isLive = !api.isShared && row.sequence === newest;
  return `${row.sequence}${isLive ? " · live" : ""} · ${momentWord(row.published_at)}`;
}

pickers.addEventListener("submit", (event) => event.preventDefault());

/** Says that the page shows a draft, whatever else it shows. */
async function introduce() {
  if (!api.isShared) return;
  document.querySelector(".brand span").textContent = PLACE;
  try {
    document.getElementById("bar").after(banner(await api.about()));
  } catch {
    // The view itself says what is wrong with the link.
  }
}

introduce();
go();
