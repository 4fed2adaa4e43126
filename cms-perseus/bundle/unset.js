/** Formulas that KaTeX can't set and texts that were meant as formulas, which learners would see as they were written. */
import katex from "katex";
import "katex/contrib/mhchem";
import {parse} from "@khanacademy/pure-markdown";
import {isExhaustion} from "./context/exhaustion.js";
import {MACROS, OPTIONS, prepared} from "./formulas.js";
import {spanOf} from "./spans.js";

/** Fields whose texts are never prose. */
const NO_PROSE = new Set(["type", "value", "url", "imageUrl", "backgroundImage", "functions", "buttonSets", "equation"]);
/**
 * The most formulas whose results are remembered, because one formula occurs many times in an item and its
 * translations.
 */
const KNOWN_MAX = 2000;
const known = new Map();

/** What can't be set in any text of a document, as findings. */
export function unset(document, path = []) {
    const found = [];
    look(document, path, found);
    return found;
}

function look(value, path, found) {
    if (typeof value === "string") {
        if (value.includes("$")) {
            found.push(...unsetIn(value, path));
        }
    } else if (Array.isArray(value)) {
        value.forEach((inner, index) => look(inner, [...path, index], found));
    } else if (value !== null && typeof value === "object") {
        for (const [name, inner] of Object.entries(value)) {
            if (!NO_PROSE.has(name)) {
                look(inner, [...path, name], found);
            }
        }
    }
}

function unsetIn(text, path) {
    const found = [];
    const visit = (node) => {
        if (Array.isArray(node)) {
            const command = neverSet(node);
            if (command !== null) {
                const message = `Learners see “${short(command)}” as it stands: a { without its }, or a $ too many or too few, leaves it outside of a formula.`;
                found.push({rule: "formula-not-closed", severity: "error", message: message.toWellFormed(), path});
            }
            node.forEach(visit);
            return;
        }
        if (node === null || typeof node !== "object") {
            return;
        }
        if (node.type === "math" || node.type === "blockMath") {
            const why = whyUnset(node.content);
            if (why !== null) {
                const span = spanOf(text, node.content);
                const message = `This formula can't be set, so learners see it as it stands: “${short(node.content)}”. ${why}`;
                found.push({rule: "formula-not-set", severity: "error", message: message.toWellFormed(), path, ...(span && {span})});
            }
            return;
        }
        Object.values(node).forEach(visit);
    };
    visit(parse(text));
    return found;
}

/**
 * The text from a command on, next to a dollar sign that begins no formula; null if there is none, because then the
 * dollar means money.
 */
function neverSet(nodes) {
    if (!nodes.some((node) => node?.type === "unescapedDollar" || (node?.type === "math" && node.content === ""))) {
        return null;
    }
    const texts = nodes.filter((node) => node?.type === "text").map(({content}) => content);
    const command = texts.findIndex((text) => /\\[A-Za-z]{2}/.test(text));
    return command < 0 ? null : texts.slice(command).join("").trim();
}

/** The colour in which KaTeX would show a command that it may not follow: a link, a picture. */
const NOT_FOLLOWED = "#000001";

/** The command in a formula's tree that is shown as it was written; null if there is none. */
function notFollowed(node) {
    if (Array.isArray(node)) {
        return node.reduce((found, inner) => found ?? notFollowed(inner), null);
    }
    if (node === null || typeof node !== "object") {
        return null;
    }
    if (node.type === "color" && node.color === NOT_FOLLOWED) {
        return textOf(node.body);
    }
    return notFollowed(Object.values(node).filter((value) => typeof value === "object"));
}

const textOf = (nodes) => nodes.map((node) => node.text ?? textOf(node.body ?? [])).join("");

/** KaTeX's reason in one sentence; null if it sets the formula. */
function whyUnset(tex) {
    if (known.has(tex)) {
        return known.get(tex);
    }
    let why = null;
    try {
        const tree = katex.__parse(prepared(tex), {...OPTIONS, macros: {...MACROS}, throwOnError: true, errorColor: NOT_FOLLOWED});
        const command = notFollowed(tree);
        why = command === null ? null : `“${command}” leads elsewhere, and formulas lead nowhere here.`;
    } catch (error) {
        if (isExhaustion(error)) {
            throw error;
        }
        why = `${String(error?.rawMessage ?? error?.message ?? error).split("\n")[0].slice(0, 200)}.`;
    }
    if (known.size >= KNOWN_MAX) {
        known.clear();
    }
    known.set(tex, why);
    return why;
}

function short(tex) {
    return tex.length > 120 ? `${tex.slice(0, 120)}…` : tex;
}
