/** Everything that Khan Academy's content may write in a formula is set, not shown as it was written. */
import katex from "katex";
import "katex/contrib/mhchem";
import {expect, test} from "vitest";
import {MACROS, OPTIONS, prepared} from "../../../cms-perseus/bundle/formulas.js";
import {markupOf} from "../src/perseus/markup";

const set = (tex: string) => katex.renderToString(prepared(tex), {...OPTIONS, macros: {...MACROS}, throwOnError: true});
/** The visible text of a formula. */
const read = (tex: string) => set(tex).replace(/<math[\s\S]*?<\/math>/g, "").replace(/<[^>]*>/g, "").replace(/&amp;/g, "&").replace(/[\s\u200b]/g, "");

/** The macros of Khan Academy's own renderer, with arguments that each of them takes. */
const WRITTEN: Record<string, string> = {
    "\\mspace": "\\mspace{1em}",
    "\\Space": "\\Space{1em}{1ex}{0em}",
    "\\Rule": "\\Rule{1em}{1ex}{0em}",
    "\\root": "\\root 3 \\of x",
    "\\buildrel": "\\buildrel a \\over b",
    "\\raise": "\\raise 2pt{x}",
    "\\lower": "\\lower{2pt}{x}",
    "\\DeclareMathOperator": "\\DeclareMathOperator{\\foo}{foo}\\foo",
    "\\arrowvert": "\\left\\arrowvert x\\right\\arrowvert",
};

test.each(Object.keys(MACROS))("%s is set", (macro) => {
    expect(() => set(WRITTEN[macro] ?? `${macro}{1}{2}{3}`)).not.toThrow();
});

const KHAN = `blue orange pink red green gray purple blueA blueB blueC blueD blueE tealA tealB tealC tealD tealE greenA greenB greenC
greenD greenE goldA goldB goldC goldD goldE redA redB redC redD redE maroonA maroonB maroonC maroonD maroonE purpleA purpleB purpleC
purpleD purpleE grayA grayB grayC grayD grayE grayF grayG grayH grayI kaBlue kaGreen mintA mintB mintC`.split(/\s+/);

test.each(KHAN)("\\%s colours one thing, with its arguments, and no more", (name) => {
    const [, colour] = /color:(#\w+)/.exec(set(`\\${name}{3}`)) ?? [];
    expect(colour).toMatch(/^#[0-9a-f]{6}$/);
    for (const written of [`\\${name}{3}`, `\\${name} 3`, `\\${name}3`, `\\${name}\\text{3}`, `\\${name}\\dfrac{3}{4}`, `\\cancel\\${name}3`, `\\frac\\${name}34`, `x^\\${name}3`, `\\text{a \\${name}{3}}`]) {
        const html = set(`${written} + 9`);
        expect(html).toContain(`color:${colour}`);
        expect(/<span class="mord"[^>]*color[^>]*>9</.test(html)).toBe(false);
    }
});

test.each("isin infin inte footnotesize arccos arcctg arctg cosec cossec cotg ctg sen tg lcm Complex N R RR Z gcf mathellipsis pounds thickspace rarr rArr ratio Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi sube AA oiint".split(" "))(
    "\\%s is set", (name) => expect(() => set(`x \\${name} y`)).not.toThrow());
test.each(["bm", "bold", "overgroup", "sout", "cancel", "boldsymbol", "mathbb", "ce", "pu"])("\\%s{x} is set", (name) => expect(() => set(`\\${name}{x}`)).not.toThrow());

function check(written: string, shown: string) {
    expect(read(written)).toBe(read(shown));
}

test("a cancelled value keeps the value that it goes to", () => {
    check("\\cancelto{0}{x}", "\\cancel{x}^{\\nearrow 0}");
});

test("a colour without anything behind it colours nothing", () => {
    check("a{\\pink}b", "ab");
    check("funky \\orange", "funky");
    check("\\text{electric \\purple}", "\\text{electric}");
    check("\\begin{aligned}\\red & b\\end{aligned}", "b");
});

test("signs are letters within a text, and between dollars maths again", () => {
    check("\\text{50% & #1 a_b}", "\\text{50\\% \\& \\#1 a\\_b}");
    check("\\text{so $x_1$ is a_1}", "\\text{so }x_1\\text{ is a\\_1}");
    check("\\text{a \\dots \\frac12}", "\\text{a }\\dots\\frac12");
});

test("a colour that is named by its number keeps its number, in a text as well", () => {
    expect(set("\\text{a \\textcolor{#fff000}{b}}")).toContain("color:#fff000");
    check("\\colorbox{#fff000}{50% a_b}", "\\text{50\\% a\\_b}");
});

test("an argument without braces is what follows, with its own arguments", () => {
    check("\\hat\\bold x", "\\hat{\\bold{x}}");
    check("\\sqrt\\dfrac{1}{2}", "\\sqrt{\\dfrac{1}{2}}");
    check("\\overset\\text{def}=", "\\overset{\\text{def}}{=}");
    check("\\operatorname*{lim}_{x}", "\\operatorname{lim}_{x}");
    check("5^\\operatorname{T}", "5^{\\operatorname{T}}");
    check("\\redD\\left(\\frac12\\right)", "\\left(\\frac12\\right)");
});

test("environments stand in a line, numbered or not", () => {
    for (const name of ["align", "align*", "gather", "multline*", "flalign"]) {
        check(`\\begin{${name}}a=b\\\\c\\end{${name}}`, "\\begin{gathered}a=b\\\\c\\end{gathered}");
    }
    check("\\begin{alignat}{2}a&=b\\end{alignat}", "\\begin{alignedat}{2}a&=b\\end{alignedat}");
    check("\\begin{eqnarray}a&=&b\\end{eqnarray}", "\\begin{array}{rcl}a&=&b\\end{array}");
    check("\\begin{equation}a\\tag{1}\\end{equation}", "a\\qquad(1)");
    check("\\begin{psmallmatrix}1\\\\2\\end{psmallmatrix}", "\\left(\\begin{smallmatrix}1\\\\2\\end{smallmatrix}\\right)");
    check("\\begin{aligned}[a,b]\\end{aligned}", "[a,b]");
});

test("what MathJax passes over is not shown", () => {
    check("\\arraystretch{1.5}\\begin{array}{c}a\\end{array}", "a");
    check("\\def\\arraystretch{1.5}\\begin{array}{c}a\\end{array}", "a");
    check("x\\label{eq}", "x");
    check("\\blue{50%}", "50");
});

test("characters by their number, and a price that lost its dollar", () => {
    check("\\unicode{x20AC}\\unicode{0x20B9}\\unicode{65}", "\\text{€₹A}");
    check("\\$1 + \\1", "\\$1+1");
    expect(set("\\text{\\^e}")).toContain("katex-accent");
});

test("text of any script stands in a formula", () => {
    for (const text of ["किमी", "سم", "厘米", "₹", "ə"]) {
        check(text, `\\text{${text}}`);
    }
});

test("a formula's own definitions are gone with it", () => {
    set("\\gdef\\mine{x}\\mine");
    expect(() => set("\\mine")).toThrow("Undefined");
});

test("no author can make a formula that never ends or fills the page", () => {
    expect(() => set("\\def\\a{\\a\\a}\\a")).toThrow("Too many expansions");
    expect(set("\\rule{9999em}{1em}")).toContain("width:30em");
});

test("what can't be set is shown as it was written, whatever it is", () => {
    expect(markupOf("\\frac{1}{<b>")).toContain("&lt;b&gt;");
    const deep = `${"{".repeat(50_000)}<b>${"}".repeat(50_000)}`;
    expect(markupOf(deep)).toContain("&#60;b&#62;");
});
