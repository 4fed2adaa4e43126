/** Every form of prose in Perseus's Markdown, and every macro in Khan Academy's formulas. */

export const PROSE = {
  "lists": "Steps:\n\n1. wash\n2. cut\n\nColours:\n\n* red\n* green\n\nAfter the lists.",
  "lists in lists": "* fruit\n    * apples\n    * pears\n        1. green ones\n        2. yellow ones\n* nuts",
  "a list of paragraphs": "1. One paragraph.\n\n    And another, $x=2$.\n\n2. The second one.",
  "a list that begins later": "3. third\n4. fourth",
  "strong, emphasised, struck out": "This is **strong**, this *emphasised*, this _too_, this ***both*** and this ~~struck out~~.",
  "a quote": "Before.\n\n> To be, or **not** to be.\n>\n> * that\n> * is the question\n\nAfter.",
  "a quote in a quote": "> outer\n>\n> > inner",
  "headings": "# One\n\n## Two\n\n### Three\n\n#### Four\n\n##### Five\n\n###### Six\n\nText.",
  "a table": "| Left | Centre | Right |\n| :- | :-: | -: |\n| a | $\\frac{1}{2}$ | 3 |\n| **b** | *c* | `d` |\n| e | f | g |",
  "a table with a title": "|| **Title** ||\nHead | Other\n- | -\n1 | 2\n3 | 4",
  "a table without alignment": "Head | Other\n- | -\n1 | 2\n3 | 4",
  "code": "A word of `code`, and more:\n\n```\nlet x = 1;\n  let y = 2;\n```\n\nAnd\n\n    indented code",
  "a rule between": "Above.\n\n---\n\nBelow.",
  "a link": "See [the site](https://example.org/a) for more.",
  "maths in a line": "Add $\\dfrac{1}{2}$ and $x^2$ to get $\\sqrt{3}$.",
  "maths by itself": "Before.\n\n$$\\dfrac{a}{b}=c$$\n\nAfter.",
  "several lines of maths": "$\\begin{align}a&=b\\\\&=c\\end{align}$",
  "two columns": "Left side.\n\n=====\n\nRight side, with\n\n* a list",
  "hard line breaks": "One  \ntwo\nthree",
  "escapes": "\\*not strong\\* and 3 \\$ and \\_so\\_",
  "a formula in everything": "* $x$\n* **$y$**\n\n> $z$\n\n| $a$ | $b$ |\n| - | - |\n| $1$ | $2$ |",
};

const COLOURS = `blue orange pink red green gray purple blueA blueB blueC blueD blueE tealA tealB tealC tealD tealE greenA greenB greenC greenD
greenE goldA goldB goldC goldD goldE redA redB redC redD redE maroonA maroonB maroonC maroonD maroonE purpleA purpleB purpleC purpleD purpleE
grayA grayB grayC grayD grayE grayF grayG grayH grayI kaBlue kaGreen mintA mintB mintC`.split(/\s+/);
const NAMES = `isin infin inte arccos arcctg arctg cosec cossec cotg ctg sen tg lcm gcf Complex N R RR Z mathellipsis oiint pounds rarr rArr ratio
Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi sube degree leq neq times div cdot pi infty lt gt`.split(/\s+/);

export const FORMULAS = {
  "colours": COLOURS.map((name) => `\\${name}{3}`),
  "colours without braces": ["blueD", "redE", "greenC", "gray"].map((name) => `\\${name} x + \\${name}3`),
  "a colour over a command": ["\\blueD\\text{words}", "\\redD\\dfrac{1}{2}", "x^\\purpleD2", "\\dfrac{\\blueD1}{\\goldD2}", "\\text{a \\maroonD{b} c}", "\\blueD{1}+\\redD{2}=\\purpleE{3}"],
  "names": NAMES.map((name) => `x \\${name} y`),
  "commands": ["\\bold{x}", "\\bm{x}", "\\mathbf{x}", "\\cancel{x}", "\\bcancel{x}", "\\overline{AB}", "\\overleftrightarrow{AB}", "\\widehat{ABC}", "\\vec{v}", "\\boxed{x}", "\\text{50\\% \\& 3}", "\\text{50% & 3}", "\\sqrt[3]{x}", "\\ce{H2O}", "\\left(\\dfrac{1}{2}\\right)", "\\begin{bmatrix}1&2\\\\3&4\\end{bmatrix}", "\\begin{cases}a\\\\b\\end{cases}", "\\overbrace{a+b}^{2}", "\\underline{x}", "\\phantom{x}y", "\\angle ABC", "\\triangle ABC", "12\\,\\text{cm}"],
};
