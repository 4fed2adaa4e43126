/**
 * The small part of TeX that school maths needs, as MathML, which browsers draw without a library. Anything else is
 * shown as it was written.
 */

import { el, math } from "../ui/dom.js";

const SYMBOLS = {
  times: "×", div: "÷", cdot: "·", pm: "±", le: "≤", leq: "≤", ge: "≥", geq: "≥", ne: "≠", neq: "≠",
  lt: "<", gt: ">", approx: "≈", equiv: "≡", to: "→", rightarrow: "→", Rightarrow: "⇒", leftarrow: "←",
  infty: "∞", pi: "π", theta: "θ", alpha: "α", beta: "β", gamma: "γ", Delta: "Δ", degree: "°", circ: "∘",
  ldots: "…", dots: "…", cdots: "⋯", angle: "∠", triangle: "△", parallel: "∥", perp: "⊥", "%": "%", $: "$",
  "{": "{", "}": "}", "#": "#", "&": "&", _: "_", lvert: "|", rvert: "|", sum: "∑", prod: "∏", int: "∫",
};
const SPACES = { ",": "0.17em", ":": "0.22em", ";": "0.28em", " ": "0.33em", "!": "0", quad: "1em", qquad: "2em", "\\": "1em" };
const FUNCTIONS = new Set(["sin", "cos", "tan", "log", "ln", "gcd", "min", "max", "lcm"]);
/** Wrappers that only style their content. */
const TRANSPARENT = /^(blue|red|green|purple|pink|gray|grey|orange|teal|gold|maroon|kaGreen|kaBlue)[A-E]?(D|E|C)?$|^(mathbf|mathrm|mathit|boldsymbol|bold|displaystyle|textstyle|large|Large|left|right|phantom|goldD|blueD)$/;

/** @param {string} source @returns {Node} */
export function tex(source) {
  try {
    const reader = { tokens: source.match(/\\[a-zA-Z]+|\\.|\s+|\d+(?:[.,]\d+)*|./gsu) ?? [], at: 0 };
    const row = sequence(reader, null);
    const whole = math("math", { displaystyle: /\\dfrac/.test(source) ? "true" : null }, row);
    whole.setAttribute("aria-label", spoken(source));
    return whole;
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return el("code", { class: "tex" }, source);
  }
}

class NotUnderstood extends Error {}

function sequence(reader, end) {
  const row = [];
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at];
    if (token === end) {
      reader.at += 1;
      return math("mrow", {}, row);
    }
    if (token === "^" || token === "_") {
      reader.at += 1;
      const base = row.pop() ?? math("mrow");
      row.push(math(token === "^" ? "msup" : "msub", {}, base, argument(reader)));
    } else {
      const atom = one(reader);
      if (atom) row.push(atom);
    }
  }
  if (end !== null) throw new NotUnderstood();
  return math("mrow", {}, row);
}

function argument(reader) {
  while (/^\s+$/.test(reader.tokens[reader.at] ?? "")) reader.at += 1;
  const node = one(reader);
  if (!node) throw new NotUnderstood();
  return node;
}

function one(reader) {
  const token = reader.tokens[reader.at++];
  if (token === undefined || token === "}" || token === "&") throw new NotUnderstood();
  if (/^\s+$/.test(token) || token === "~") return null;
  if (token === "{") return sequence(reader, "}");
  if (/^\d/.test(token)) return math("mn", {}, token);
  if (/^\p{L}$/u.test(token)) return math("mi", {}, token);
  if (!token.startsWith("\\")) return math("mo", {}, token === "-" ? "−" : token);
  const name = token.slice(1);
  if (/^[dt]?frac$/.test(name)) return math("mfrac", {}, argument(reader), argument(reader));
  if (name === "sqrt") return math("msqrt", {}, argument(reader));
  if (name === "overline" || name === "bar") return math("mover", {}, argument(reader), math("mo", {}, "¯"));
  if (/^(text|textbf|textit|mathrm|operatorname)$/.test(name)) return math("mtext", {}, words(reader));
  if (name in SPACES) return math("mspace", { width: SPACES[name] });
  if (name in SYMBOLS) return math("mo", {}, SYMBOLS[name]);
  if (FUNCTIONS.has(name)) return math("mi", {}, name);
  if (name === "left" || name === "right") return argumentDelimiter(reader);
  if (TRANSPARENT.test(name)) return one(reader) ?? argument(reader);
  throw new NotUnderstood();
}

function argumentDelimiter(reader) {
  const token = reader.tokens[reader.at++] ?? ".";
  return token === "." ? null : math("mo", {}, token.replace(/^\\/, ""));
}

function words(reader) {
  if (reader.tokens[reader.at] !== "{") throw new NotUnderstood();
  const from = ++reader.at;
  let depth = 1;
  while (depth > 0) {
    const token = reader.tokens[reader.at++];
    if (token === undefined) throw new NotUnderstood();
    depth += token === "{" ? 1 : token === "}" ? -1 : 0;
  }
  return reader.tokens.slice(from, reader.at - 1).join("");
}

function spoken(source) {
  return source.replaceAll(/\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, "$1 over $2")
    .replaceAll(/\\times/g, " times ").replaceAll(/\\div/g, " divided by ").replaceAll(/\\[a-zA-Z]+|[{}]/g, " ").trim();
}
