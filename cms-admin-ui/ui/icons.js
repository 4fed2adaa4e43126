/** Small drawings next to words, never instead of them. */

import { svg } from "./dom.js";

const PATHS = {
  article: "M6 4h12v16H6zM9 8h6M9 12h6M9 16h4",
  exercise: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  quiz: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.6v.1",
  video: "M3 6h18v12H3zM10 9.5v5l4.5-2.5z",
  lesson: "M4 5h7a1 1 0 0 1 1 1v13a2 2 0 0 0-2-1H4zM20 5h-7a1 1 0 0 0-1 1v13a2 2 0 0 1 2-1h6z",
  unit: "M4 7l8-4 8 4-8 4zM4 12l8 4 8-4M4 17l8 4 8-4",
  course: "M3 9l9-5 9 5-9 5zM7 11.5V16c3 2.5 7 2.5 10 0v-4.5",
  topic: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01",
  locale: "M12 3a9 9 0 100 18 9 9 0 000-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  other: "M6 3h12v18H6z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  next: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  open: "M9 6l6 6-6 6",
  play: "M8 5v14l11-7z",
  bulb: "M9 18h6M10 21h4M12 3a6 6 0 0 0-3.5 10.9c.6.5 1 1.2 1 2.1h5c0-.9.4-1.6 1-2.1A6 6 0 0 0 12 3z",
};
/** These point along the line of writing, so they turn with its direction. */
const MIRRORED = new Set(["next", "back"]);

/** A drawing by its name, or a plain sheet if there is none of that name. */
export function icon(name) {
  const isFilled = name === "play";
  return svg("svg", {
    class: `icon icon-${name}${MIRRORED.has(name) ? " mirrored" : ""}`, viewBox: "0 0 24 24", width: 24, height: 24,
    fill: isFilled ? "currentColor" : "none", stroke: isFilled ? "none" : "currentColor", "stroke-width": 1.75,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false",
  }, svg("path", { d: PATHS[name] ?? PATHS.other }));
}
