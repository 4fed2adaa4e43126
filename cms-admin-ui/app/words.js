/** Editors' words for what the store calls by other names. */

import { languageName } from "../ui/language.js";

const KINDS = {
  topic: "Topic", course: "Course", unit: "Unit", lesson: "Lesson", article: "Article",
  exercise: "Exercise", quiz: "Quiz", video: "Video", image: "Picture", locale: "Language",
};

const WIDGETS = {
  "radio": "Multiple choice", "numeric-input": "Number to type", "input-number": "Number to type",
  "dropdown": "Choice from a list", "expression": "Formula to type", "number-line": "Number line",
  "matcher": "Pairs to match", "sorter": "Things to sort", "orderer": "Things to order",
  "categorizer": "Things to group", "plotter": "Chart to draw", "interactive-graph": "Graph to draw",
  "label-image": "Picture to label", "table": "Table to fill", "image": "Picture", "matrix": "Matrix to fill",
  "grapher": "Function to graph", "explanation": "Explanation", "definition": "Definition",
  "passage": "Passage", "video": "Video", "interaction": "Interactive figure", "measurer": "Ruler",
};

const FIELDS = {
  title: "Title", slug: "Address", description: "Description", content: "Text", children: "Contents",
  items: "Question", question: "", sections: "Section", hints: "Hint", widgets: "", options: "",
  transcript: "Transcript", duration_s: "Duration", youtube_id: "YouTube video", licence: "Licence",
  attribution: "Attribution", author: "Author", source_url: "Source", alt: "Description of the picture",
  choices: "Choice", rationale: "Feedback", correct: "Correct", answers: "Answer", thumbnail: "Thumbnail",
  prerequisites: "Prerequisites", related: "Related", mastery: "Mastery", grade: "Grade", standards: "Standards",
  keywords: "Keywords", captions: "Captions", sources: "Video files", draws: "Draws", answerArea: "Tools",
};

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll(/[_-]/g, " ");

export const kindWord = (kind) => KINDS[kind] ?? capital(kind);
export const widgetWord = (type) => WIDGETS[type] ?? capital(type ?? "Unknown part");

/** `/items/i1/question/content` as `Question i1 · Text`. */
export function fieldWord(pointer) {
  const steps = pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const words = [];
  for (const step of steps) {
    if (/^\d+$/.test(step)) words.push(`${words.pop() ?? ""} ${Number(step) + 1}`.trim());
    else if (step in FIELDS) FIELDS[step] && words.push(FIELDS[step]);
    else if (words.length && /^(Question|Section|Choice)$/.test(words.at(-1))) words.push(`${words.pop()} ${step}`);
    else words.push(/ \d+$/.test(step) ? widgetWord(step.replace(/ \d+$/, "")) : capital(step));
  }
  return words.join(" · ") || "The whole entry";
}

/** `246` as a screen reader should say it: `4 minutes 6 seconds`. */
export function durationSpoken(seconds) {
  const whole = Math.round(seconds);
  const part = (number, word) => (number ? `${number} ${word}${number === 1 ? "" : "s"}` : "");
  return [part(Math.floor(whole / 60), "minute"), part(whole % 60, "second")].filter(Boolean).join(" ");
}

/** A moment, written as is usual where the reader is. */
export const momentWord = (iso) =>
  new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

/** A language's name in the reader's language. */
export const localeWord = (locale) => languageName(locale, navigator.language);

export const counted = (number, one, many = `${one}s`) =>
  `${number.toLocaleString()} ${number === 1 ? one : many}`;
