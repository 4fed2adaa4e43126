/**
 * What a page shows, as rows that can be compared: one for each element that has a form of its own (a list, a table,
 * a picture, a control) or text of its own, with its computed styles. A formula is one row. The function runs within
 * the page.
 */

/**
 * @param {string} [below] the selector of what to look at
 * @returns {{tag: string, text: string, name?: string, place?: string, classes?: string, styles: Record<string, string>}[]}
 */
export function look(below = "#root") {
  const FORMS = "ul, ol, li, blockquote, table, thead, tbody, tr, th, td, h1, h2, h3, h4, h5, h6, p, strong, em, del, code, pre, hr, a, img, svg, canvas, button, input, select, textarea, label, fieldset, legend, figure, figcaption, math-field, .paragraph, .mq-editable-field, .graphie-container, .mafs-graph";
  const EVERY = ["color", "font-size", "font-style", "font-weight", "line-height", "text-align", "text-decoration-line", "text-transform", "white-space", "display", "float", "list-style-type", "vertical-align", "background-color", "opacity",
    ...["top", "right", "bottom", "left"].flatMap((side) => [`margin-${side}`, `padding-${side}`, `border-${side}-width`, `border-${side}-style`, `border-${side}-color`])];
  const isSized = "svg, canvas, img, .graphie-container, .mafs-graph";
  const plain = (text) => text.replace(/[\s\u200b\u2060-\u2064]+/g, " ").trim();
  /** Signs that mean the same; some Greek capitals look like Latin ones. */
  const SAME = Object.fromEntries(["−-", "∣|", "ˉ¯", "~˜", "ˆ^", "⟶→", "⃗→", "‾―", ...[..."ΑΒΕΖΗΙΚΜΝΟΡΤΧ"].map((sign, index) => sign + "ABEZHIKMNOPTX"[index])].map(([from, to]) => [from, to]));
  /** Where a row is on the page; the first match counts. */
  const PLACES = [["popover", "[data-placement]"], ["hint", ".perseus-hint-renderer"], ["message", ".result"], ["text", "html"]];
  const rows = [];
  const placeOf = (element) => PLACES.find(([, selector]) => element.closest(selector))[0];
  const walk = (element) => {
    if (element.matches("script, style, .perseus-sr-only") || element.closest("svg") !== null && !element.matches("svg")) return;
    const formula = element.matches(".formula, [data-tex]") ? formulaOf(element) : null;
    if (formula) return void rows.push({ tag: "formula", text: formula.text, place: placeOf(element), styles: formula.styles });
    const own = plain([...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join(" "));
    if (own || element.matches(FORMS)) {
      const computed = getComputedStyle(element);
      const styles = Object.fromEntries(EVERY.map((name) => [name, computed.getPropertyValue(name)]));
      for (const side of ["top", "right", "bottom", "left"]) {
        if (styles[`border-${side}-width`] === "0px") for (const part of ["style", "color"]) delete styles[`border-${side}-${part}`];
      }
      if (element.matches(isSized)) {
        const { width, height } = element.getBoundingClientRect();
        Object.assign(styles, { "drawn-width": `${Math.round(width)}`, "drawn-height": `${Math.round(height)}` });
      }
      const name = element.getAttribute("aria-label") ?? element.getAttribute("alt") ?? "";
      rows.push({ tag: element.tagName.toLowerCase(), text: own, name: plain(name), place: placeOf(element), classes: typeof element.className === "string" ? element.className : "", styles });
    }
    for (const child of element.children) walk(child);
  };
  const formulaOf = (element) => {
    const maths = element.querySelector("mjx-assistive-mml math, .katex-mathml semantics > :first-child");
    const glyphs = [...element.querySelectorAll("mjx-c, .katex-html *")].filter((part) => part.matches("mjx-c") || [...part.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && plain(node.data)));
    const colours = [...new Set(glyphs.map((part) => getComputedStyle(part).color))].filter((colour) => colour !== "rgba(0, 0, 0, 0)").sort().join(" ");
    const isRaw = element.querySelector(".katex-error, merror, [data-mjx-error]") !== null;
    const written = maths?.cloneNode(true);
    written?.querySelectorAll("mphantom").forEach((part) => part.remove());
    const text = (written?.textContent ?? "").replace(/[\s\u200b-\u200d\u2060-\u2064]/g, "").replace(/./gu, (sign) => SAME[sign] ?? sign);
    return { text, styles: { colours, raw: String(isRaw) } };
  };
  walk(document.querySelector(below));
  for (const open of document.querySelectorAll("body > [data-placement], body > div [role='dialog']")) walk(open);
  return rows;
}
