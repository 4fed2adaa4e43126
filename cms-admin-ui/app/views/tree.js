/**
 * The table of contents: a tree that opens as far as the reader wants, with each level read when it is opened. It is
 * one tab stop; arrow keys move within it, as in every tree.
 */

import { el, show } from "../../ui/dom.js";
import { duration } from "../../ui/duration.js";
import { icon } from "../../ui/icons.js";
import { isContainer, kindOf } from "../../ui/kinds.js";
import { durationSpoken, kindWord } from "../words.js";
import * as api from "../api.js";

/**
 * @param {{root: {key: string, object: string, title: string}[], selected: string|null,
 *   trail: string[], address: (key: string) => string}} wish `trail`: the keys above the selected one
 */
export function tree({ root, selected, trail, address }) {
  const list = el("ul", { role: "tree", "aria-label": "Contents", class: "tree" });
  let current = null;

  function node(child, level, above) {
    const [kind] = child.key.split("/");
    const opens = isContainer(kindOf(child.key));
    const title = child.summary?.title ?? child.title ?? child.key;
    const seconds = child.summary?.duration_s;
    const row = el("a", { class: "row", href: address(child.key), tabindex: "-1" },
      el("span", { class: "twist", "aria-hidden": "true" }, opens && icon("open")),
      icon(kind), el("span", { class: "title" }, el("bdi", {}, title)),
      seconds != null && el("span", { class: "duration" }, duration(seconds)));
    const item = el("li", { role: "treeitem", "aria-level": level, "aria-expanded": opens ? "false" : null, "aria-selected": "false", tabindex: "-1", class: `kind-${kind}` }, row);
    item.setAttribute("aria-label", [title, kindWord(kind), seconds != null && durationSpoken(seconds)].filter(Boolean).join(", "));
    item.setAttribute("data-level", level);
    row.style.setProperty("--level", level);
    item.cms = { child, level, above: [...above, child.key], group: null };
    row.querySelector(".twist").addEventListener("click", (event) => {
      if (!opens) return;
      event.preventDefault();
      event.stopPropagation();
      toggle(item);
    });
    return item;
  }

  async function open(item) {
    const { child, level, above } = item.cms;
    if (item.getAttribute("aria-expanded") !== "false") return;
    item.setAttribute("aria-expanded", "true");
    if (item.cms.group) { item.cms.group.hidden = false; return; }
    const group = el("ul", { role: "group" });
    item.cms.group = group;
    item.append(group);
    try {
      const delivered = await api.object(child.object);
      // A container that contains itself further up would open for ever.
      const children = (delivered.children ?? []).filter((inner) => !above.includes(inner.key));
      show(group, children.length
        ? children.map((inner) => node(inner, level + 1, above))
        : el("li", { role: "none", class: "quiet empty" }, "Nothing in here yet"));
    } catch {
      item.cms.group = null;
      group.remove();
      item.setAttribute("aria-expanded", "false");
    }
  }

  function close(item) {
    item.setAttribute("aria-expanded", "false");
    if (item.cms.group) item.cms.group.hidden = true;
  }

  const toggle = (item) => (item.getAttribute("aria-expanded") === "true" ? close(item) : open(item));

  function focus(item) {
    if (!item) return;
    current?.setAttribute("tabindex", "-1");
    current = item;
    item.setAttribute("tabindex", "0");
    item.focus({ preventScroll: false });
  }

  const visible = () => [...list.querySelectorAll("[role=treeitem]")].filter((item) => !item.closest("[hidden]"));

  list.addEventListener("keydown", async (event) => {
    const item = event.target.closest("[role=treeitem]");
    if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = visible();
    const at = rows.indexOf(item);
    const expanded = item.getAttribute("aria-expanded");
    const moves = {
      ArrowDown: () => focus(rows[at + 1]),
      ArrowUp: () => focus(rows[at - 1]),
      Home: () => focus(rows[0]),
      End: () => focus(rows.at(-1)),
      ArrowRight: async () => { if (expanded === "false") await open(item); else if (expanded === "true") focus(rows[at + 1]); },
      ArrowLeft: () => (expanded === "true" ? close(item) : focus(item.parentElement.closest("[role=treeitem]"))),
      Enter: () => { location.hash = address(item.cms.child.key); },
      " ": () => { location.hash = address(item.cms.child.key); },
    };
    if (moves[event.key]) {
      event.preventDefault();
      await moves[event.key]();
      return;
    }
    if (event.key.length === 1 && /\p{L}|\p{N}/u.test(event.key)) {
      const after = [...rows.slice(at + 1), ...rows.slice(0, at)];
      focus(after.find((row) => row.querySelector(".title").textContent.toLowerCase().startsWith(event.key.toLowerCase())));
    }
  });

  function select(key) {
    let found = null;
    for (const item of list.querySelectorAll("[role=treeitem]")) {
      const isIt = item.cms.child.key === key;
      item.setAttribute("aria-selected", String(isIt));
      if (isIt) item.setAttribute("aria-current", "page"); else item.removeAttribute("aria-current");
      if (isIt && !found) found = item;
    }
    if (found) {
      current?.setAttribute("tabindex", "-1");
      current = found;
      found.setAttribute("tabindex", "0");
    }
    return found;
  }

  /** Opens the way to an entry and marks the entry. */
  async function reveal(key, keys) {
    for (const step of keys) {
      const item = [...list.querySelectorAll("[role=treeitem]")].find((row) => row.cms.child.key === step);
      if (item) await open(item);
    }
    const found = select(key);
    if (found && isContainer(kindOf(key))) await open(found);
    found?.scrollIntoView({ block: "nearest" });
  }

  show(list, root.map((child) => node(child, 1, [])));
  current = list.querySelector("[role=treeitem]");
  current?.setAttribute("tabindex", "0");
  const ready = (async () => {
    if (root.length === 1) await open(list.firstElementChild);
    await reveal(selected, trail);
  })();
  return { element: list, reveal, ready };
}
