/** Whether a text and its widgets match: each widget is placed once, and each place has a widget. */
import {getWidgetIdsFromContent} from "@khanacademy/perseus-core";
import {isWidgetScoreable} from "@khanacademy/perseus-score";
import {parse} from "@khanacademy/pure-markdown";

/** Text in brackets that was probably meant to place a widget. */
const BRACKETS = /\[\[([^\]\n]{1,80})\]\]?/g;
const PLACE = /^☃ [A-Za-z0-9- ]+$/;
const NAME = /^[^A-Za-z]*([a-z][a-z-]*)[ _-]+\d+\W*$/i;

/** @returns what is wrong, as findings */
export function placing({content, widgets}, path) {
    const found = [];
    const tell = (severity, rule, at, message) => found.push({severity, rule, path: at, message: message.toWellFormed()});
    const own = widgets ?? {};
    const places = getWidgetIdsFromContent(content);
    const text = [...path, "content"];
    const seen = new Set();
    const shownEach = places.length > 0 ? shownIn(content) : [];
    const shown = new Set(shownEach);
    for (const name of places) {
        if (!Object.hasOwn(own, name)) {
            tell("error", "place-without-widget", text, `The text places “${name}”, and there is no widget of that name: learners see nothing there.${nearest(name, own, places)}`);
        } else if (seen.has(name) && shownEach.filter((other) => other === name).length > 1) {
            tell("error", "placed-twice", text, `The text places “${name}” twice: learners see an error in the second place.`);
        }
        if (Object.hasOwn(own, name) && !shown.has(name) && !seen.has(name)) {
            // Perseus scores what a text names, wherever in the text that is.
            tell(isWidgetScoreable(own[name]) ? "impossible" : "error", "place-not-shown", text, `“[[☃ ${name}]]” stands within code, a formula or a link, where no widget is shown: learners see the text itself.`);
        }
        seen.add(name);
    }
    for (const [whole, inner] of content.matchAll(BRACKETS)) {
        if (isMistyped(whole, inner, own)) {
            tell("error", "place-mistyped", text, `“${whole}” places no widget: it must read “[[☃ ${NAME.exec(inner) ? inner.replace(/^[^A-Za-z]+|\W+$/g, "") : "name 1"}]]”. Learners see it as it stands.`);
        }
    }
    for (const [name, widget] of Object.entries(own)) {
        if (!seen.has(name) && isWidgetScoreable(widget)) {
            tell("warning", "widget-without-place", [...path, "widgets", name], `The text does not place “${name}”, so learners never see it and its answer counts for nothing.`);
        }
    }
    return found;
}

/** The names of the widgets that a text really shows: code and formulas show none. */
function shownIn(content) {
    const shown = [];
    const visit = (node) => {
        if (Array.isArray(node)) {
            node.forEach(visit);
        } else if (node !== null && typeof node === "object") {
            if (node.type === "widget") {
                shown.push(node.id);
            }
            Object.values(node).forEach(visit);
        }
    };
    visit(parse(content));
    return shown;
}

function isMistyped(whole, inner, own) {
    if (whole.endsWith("]]") && PLACE.test(inner)) {
        return false;
    }
    const name = inner.replace(/^[^A-Za-z]+|\W+$/g, "");
    return inner.includes("☃") || Object.hasOwn(own, name);
}

/** A widget that is not placed anywhere is probably the one that was meant. */
function nearest(name, own, places) {
    const type = name.replace(/ \d+$/, "");
    const free = Object.keys(own).filter((other) => !places.includes(other));
    const meant = free.find((other) => other.toLowerCase() === name.toLowerCase()) ?? free.find((other) => other.startsWith(`${type} `));
    return meant === undefined ? "" : ` Was “${meant}” meant?`;
}
