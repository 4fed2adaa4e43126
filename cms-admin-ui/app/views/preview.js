/**
 * An entry as learners see it. Exercises and articles are in the player, solved and scored as for learners; videos
 * have their captions. The player is fetched only when somebody asks for it.
 */

import { el, show } from "../../ui/dom.js";
import { mount, picturesOf } from "../../ui/player.js";
import { isShared, hint as askHint, mediaAddress, score as askScore } from "../api.js";

const KINDS = { exercise: question, article, video };

/**
 * A part of the page that opens. Kinds without a preview have only a link to the learners' page, if there is one.
 * @param {{kind: string, delivered: any, place: any, locale: string, snapshot: string, address: (key: string) => string}} wish
 */
export function preview({ kind, delivered, place, locale, snapshot, address }) {
  const view = KINDS[kind];
  const hasOwn = kind !== "video" || delivered.document?.sources?.length > 0;
  const onLearnersPage = !isShared && place.route && el("a", { class: "button", href: `/learn/${locale}/${place.route}`, target: "_blank", rel: "noopener" }, "Open the learners’ page");
  if (!view || !hasOwn) return onLearnersPage && el("p", { class: "preview-row" }, onLearnersPage);
  const stage = el("section", { class: "preview", "aria-label": "As a learner sees it", hidden: true });
  let close = null;
  const button = el("button", { type: "button", class: "button", "aria-expanded": "false", onclick: toggle }, "Preview as a learner");
  async function toggle() {
    const opens = stage.hidden;
    stage.hidden = !opens;
    button.setAttribute("aria-expanded", String(opens));
    button.textContent = opens ? "Close the preview" : "Preview as a learner";
    close?.();
    close = null;
    if (opens) close = await view(stage, delivered, { snapshot, locale, address });
  }
  return el("div", {}, el("p", { class: "preview-row" }, button, onLearnersPage), stage);
}

/** The player, with a line below it for what it could not show. A link to an entry leads to that entry in this page. */
const player = (element, delivered, { address }, wish = {}) => mount(element, {
  title: delivered.document?.title, locale: delivered.locale,
  onLink({ href }) {
    const [, key] = /^([a-z0-9][\w-]*\/[\w-]+)(?:#|$)/.exec(href) ?? [];
    if (key) location.hash = address(key);
    return key !== undefined;
  },
  onError: ({ message }) => show(element.nextElementSibling ?? element, `The player could not show it: ${message}`), ...wish,
}, () => el("p", { class: "aside" }, "This program was built without the player: run ", el("code", {}, "cargo xtask player"), ", then build it again."));

const pictures = (delivered) => picturesOf(delivered, mediaAddress);

/** The requests of groups that are checked by themselves, in a section of an article or in the item that is shown. */
const asking = (delivered, { snapshot, locale }, item = (section) => section) => ({
  async onCheck({ section, part, userInput }) {
    const { score, refs } = await askScore({ object: delivered.object, item: item(section), part, input: userInput });
    return { ...score, media: pictures({ refs }) };
  },
  async onHint({ section, part }) {
    const given = await askHint({ object: delivered.object, item: item(section), part, n: 0, snapshot, locale });
    return { hint: given.hint, media: pictures(given) };
  },
});

async function article(stage, delivered, where) {
  const place = el("div", { class: "player" });
  // Authors' headings begin at the third level, so the player's need a heading of the page's above them.
  show(stage, el("h2", { class: "visually-hidden" }, "As a learner sees it"), place, el("p", { class: "aside-note", role: "status" }));
  const shown = await player(place, delivered, where, asking(delivered, where));
  shown?.load({ id: delivered.key, content: { type: "article", sections: delivered.document.sections ?? [] }, media: pictures(delivered) });
  return () => shown?.destroy();
}

async function video(stage, delivered) {
  const { sources, captions = [], thumbnail } = delivered.document;
  const poster = delivered.refs?.[thumbnail]?.summary?.media;
  const film = el("video", { controls: true, preload: "metadata", poster: poster && mediaAddress(poster) },
    sources.map((source) => el("source", { src: mediaAddress(source.media), type: source.mime })),
    captions.map((row) => el("track", { kind: "captions", src: mediaAddress(row.media), srclang: row.locale, label: row.label ?? row.locale })));
  show(stage, film);
  return () => film.pause();
}

async function question(stage, delivered, where) {
  const items = delivered.document.items ?? [];
  const place = el("div", { class: "player" });
  const note = el("p", { class: "aside-note", role: "status" });
  const choice = el("select", { "aria-label": "Question", onchange: () => load(Number(choice.value)) }, items.map((_, index) => el("option", { value: index }, `Question ${index + 1} of ${items.length}`)));
  const check = el("button", { type: "button", class: "button", onclick: tryIt }, "Check");
  const hint = el("button", { type: "button", class: "button", onclick: showHint }, "Hint");
  show(stage, items.length > 1 && el("p", {}, choice), place, note, el("p", { class: "preview-row" }, check, hint));
  let now = null;
  const shown = await player(place, delivered, where, {
    ...asking(delivered, where, () => now?.item.id),
    onInput({ userInput, empty }) {
      if (!now) return;
      const isChange = now.input && JSON.stringify(now.input) !== JSON.stringify(userInput);
      Object.assign(now, { input: userInput, empty });
      if (isChange && now.isWrong) shown.scored(null);
    },
  });
  if (!shown) return null;
  load(0);
  return () => shown.destroy();

  function load(index) {
    now = { item: items[index], input: null, empty: [], hints: [], media: {}, isWrong: false };
    note.textContent = "";
    hint.disabled = !now.item.hints?.length;
    shown.load({ id: now.item.id, content: { type: "item", item: now.item }, media: pictures(delivered) });
  }

  async function tryIt() {
    const mine = now;
    if (!mine.input) return;
    if (mine.empty.length) {
      note.textContent = "Not every part has an answer yet.";
      return;
    }
    await tell(mine, async () => {
      const { score, refs } = await askScore({ object: delivered.object, item: mine.item.id, input: mine.input });
      if (mine !== now) return;
      mine.isWrong = score.type !== "points" || score.earned < score.total || score.total <= 0;
      shown.scored(score, undefined, pictures({ refs }));
    });
  }

  async function showHint() {
    const mine = now;
    await tell(mine, async () => {
      const given = await askHint({ object: delivered.object, item: mine.item.id, n: mine.hints.length, snapshot: where.snapshot, locale: where.locale });
      if (mine !== now) return;
      mine.hints.push(given.hint);
      hint.disabled = mine.hints.length >= given.count;
      Object.assign(mine.media, pictures(given));
      shown.hints(mine.hints, mine.media);
    });
  }

  async function tell(mine, work) {
    try {
      note.textContent = "";
      await work();
    } catch (error) {
      if (mine === now) note.textContent = `The server did not do it: ${error.message}`;
    }
  }
}
