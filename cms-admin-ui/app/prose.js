/**
 * Turns Markdown as authors write it into elements: paragraphs, headings, lists, tables, emphasis, links, pictures,
 * maths between dollars, and the places of widgets, `[[☃ radio 1]]`.
 */

import { el } from "../ui/dom.js";
import { tex } from "./tex.js";

/**
 * @typedef {{widget?: (name: string) => Node, picture?: (address: string, alt: string) => Node, heading?: number}} Places
 * @param {string} text
 * @param {Places} [places] makes what the text refers to: widgets and pictures
 * @returns {Node[]}
 */
export function prose(text, places = {}) {
  return blocks(String(text ?? "").replaceAll("\r\n", "\n")).map((block) => blockNode(block, places));
}

function blocks(text) {
  return text.split(/\n[ \t]*\n+/).map((block) => block.replace(/^\n+|\s+$/g, "")).filter(Boolean);
}

function blockNode(block, places) {
  const lines = block.split("\n");
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[0]);
  if (heading) {
    // Authors begin at `##` or `###` as they like. Here both come directly below the page's own heading.
    const level = Math.min(6, (places.heading ?? 3) + (heading[1].length > 3 ? 1 : 0));
    const title = el(`h${level}`, {}, inline(heading[2], places));
    return lines.length > 1 ? el("div", {}, title, blockNode(lines.slice(1).join("\n"), places)) : title;
  }
  if (/^(\*{3,}|-{3,}|={3,}|_{3,})$/.test(block)) return el("hr");
  if (lines.every((line) => /^>\s?/.test(line))) {
    return el("blockquote", {}, blocks(lines.map((line) => line.replace(/^>\s?/, "")).join("\n")).map((part) => blockNode(part, places)));
  }
  if (lines.length > 1 && /\|/.test(lines[0]) && /^[\s|:-]+$/.test(lines[1]) && /-/.test(lines[1])) return table(lines, places);
  if (/^\s*([-*+]|\d+[.)])\s+/.test(lines[0])) return list(lines, places);
  const own = /^\s*\[\[\u2603 ([^\]]+)\]\]\s*$/.exec(block);
  if (own && places.widget) return places.widget(own[1]);
  return el("p", {}, lines.flatMap((line, index) => (index ? [/ {2,}$/.test(lines[index - 1]) ? el("br") : " ", ...inline(line, places)] : inline(line, places))));
}

function list(lines, places) {
  const ordered = /^\s*\d/.test(lines[0]);
  const items = [];
  for (const line of lines) {
    const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line);
    if (item) items.push(item[1]);
    else items.push(`${items.pop()} ${line.trim()}`);
  }
  return el(ordered ? "ol" : "ul", {}, items.map((item) => el("li", {}, inline(item, places))));
}

function table(lines, places) {
  const cells = (line) => line.replace(/^\s*\||\|\s*$/g, "").split("|").map((cell) => inline(cell.trim(), places));
  const [head, , ...rows] = lines;
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" }, el("table", {},
    el("thead", {}, el("tr", {}, cells(head).map((cell) => el("th", { scope: "col" }, cell)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, cells(row).map((cell) => el("td", {}, cell)))))));
}

const INLINE = new RegExp([
  String.raw`\\([\\$*_\[\]()#+.!|\x60-])`,
  String.raw`\$((?:\\.|[^$\\])+)\$`,
  String.raw`\[\[\u2603 ([^\]]+)\]\]`,
  String.raw`!\[([^\]]*)\]\(([^)\s]*)[^)]*\)`,
  String.raw`\[([^\]]+)\]\(([^)\s]*)[^)]*\)`,
  "`([^`]+)`",
  String.raw`\*\*(?=\S)([\s\S]*?\S)\*\*`,
  // A star may stand within a word, for example after the Arabic "and"; an underscore may not.
  String.raw`\*(?=\S)([^*]*?[^\s*])\*`,
  String.raw`(?<![\p{L}\p{N}])_(?=\S)([^_]*?[^\s_])_(?![\p{L}\p{N}])`,
].join("|"), "gu");

/** @returns {(Node|string)[]} */
export function inline(text, places = {}) {
  const out = [];
  let from = 0;
  for (const found of String(text ?? "").matchAll(INLINE)) {
    if (found.index > from) out.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    out.push(inlineNode(found, places));
  }
  if (from < (text ?? "").length) out.push(text.slice(from));
  return out;
}

function inlineNode([, escaped, formula, widget, alt, picture, label, target, code, strong, starred, underlined], places) {
  if (escaped !== undefined) return escaped;
  if (formula !== undefined) return tex(formula);
  if (widget !== undefined) return places.widget ? places.widget(widget) : el("span", { class: "chip" }, widget);
  if (picture !== undefined) return places.picture ? places.picture(picture, alt) : el("span", { class: "chip" }, alt || "Picture");
  if (label !== undefined) return link(label, target, places);
  if (code !== undefined) return el("code", {}, code);
  if (strong !== undefined) return el("strong", {}, inline(strong, places));
  return el("em", {}, inline(starred ?? underlined, places));
}

function link(label, target, places) {
  // Anything but a plain web address is shown without a link, so `javascript:` never becomes one.
  if (!/^https?:\/\//i.test(target)) return el("span", {}, inline(label, places));
  return el("a", { href: target, rel: "noreferrer noopener" }, inline(label, places));
}
