/** The intended differences in looks between the player and Perseus, each with its reason. */

/** @type {{why: string, where: (row: any) => boolean, styles: RegExp}[]} */
export const DIFFERENCES = [
  {
    why: "lines of prose are farther apart: KaTeX's formulas are taller than Perseus's lines, and other letters than Lato need it",
    where: () => true,
    styles: /^line-height$/,
  },
  {
    why: "a hint stands beside a line of its own with its number above it, so that it has no outer margins",
    where: ({ place, classes }) => place === "hint" && /^(paragraph|perseus-hint-label)/.test(classes),
    styles: /^(margin-(top|right|bottom|left)|color|font-size)$/,
  },
  {
    why: "lists in what opens beside the text have bullets and numbers too; Perseus forgets them there",
    where: ({ tag, place }) => place === "popover" && /^(ul|ol|li|div|p)$/.test(tag),
    styles: /^(list-style-type|padding-left)$/,
  },
  {
    why: "where what opens is placed depends on the height of the page",
    where: ({ tag, place }) => place === "popover" && tag === "svg",
    styles: /^(padding-(top|bottom)|drawn-height|drawn-width)$/,
  },
  {
    why: "a grapher's curves are drawn here, since Khan Academy's servers are not asked for their pictures",
    where: ({ tag, name }) => tag === "img" && /^(Linear|Quadratic|Sinusoid|Tangent|Exponential|Logarithm|Absolute_value)$/.test(name),
    styles: /^(vertical-align|drawn-(width|height))$/,
  },
  {
    why: "a message is a line of the page's: it has the colour, the size and the weight of what it says, and indents by that size",
    where: ({ place }) => place === "message",
    styles: /^(color|colours|font-size|font-weight|margin-(top|bottom)|padding-(left|right))$/,
  },
  {
    why: "the title of a group that is checked by itself is dark enough to be read",
    where: ({ classes }) => classes === "group-title",
    styles: /^color$/,
  },
];

/** The intended difference that covers this row and style; undefined if the difference is not intended. */
export function onPurpose(row, style) {
  return DIFFERENCES.find(({ where, styles }) => styles.test(style) && where(row));
}
