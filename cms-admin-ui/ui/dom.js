/**
 * Making elements. Text is always text: nothing that an author wrote is read as markup, so no content can become
 * script.
 */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `on…` are listeners; `false`, `null` and `undefined` are left out
 * @param {...unknown} children strings, nodes, lists of them; nullish and false ones are left out
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same in SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** The same in MathML. */
export function math(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/1998/Math/MathML", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== false && child != null) element.append(child);
  }
}

/** Replaces what an element holds. */
export function show(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Tells people who don't see the page what just happened. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}
