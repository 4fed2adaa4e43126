/** One small picture a kind; always beside a word, never instead of one. */

import { svg } from "./dom.js";

const PATHS = {
  topic: "M12 3l8 4-8 4-8-4zM4 12l8 4 8-4M4 17l8 4 8-4",
  course: "M4 5.5C7 4.3 9.600 4.600 12 6.300c2.400-1.700 5-2 8-.8v13c-3-1.200-5.600-.9-8 .8-2.400-1.700-5-2-8-.8zM12 6.300v13",
  unit: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  lesson: "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
  article: "M6 3h9l4 4v14H6zM9 11h7M9 15h7",
  exercise: "M4 20l1-4.500L16.500 4 20 7.500 8.500 19zM14 6.500l3.500 3.500",
  quiz: "M5 4h14v16H5zM8.500 12.500l2.500 2.500 4.500-5.500",
  video: "M3.500 5.500h17v13h-17zM10 9v6l5-3z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9h.01",
  locale: "M12 3a9 9 0 100 18 9 9 0 000-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  other: "M6 3h12v18H6z",
  open: "M9 6l6 6-6 6",
};

export function icon(name) {
  return svg("svg", { class: `icon icon-${name}`, viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: PATHS[name] ?? PATHS.other }));
}
