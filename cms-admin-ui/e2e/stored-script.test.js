/**
 * Script that somebody stored in content, in names and in uploads never runs, wherever a page shows it. Every prose
 * field of a whole course holds it, and a browser walks through everything that links lead to.
 */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.js";
import { program, shareDraft } from "./serving.js";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** What a script does that runs: the browser reports it, in whichever frame it is. */
const RAN = "console.error('STORED SCRIPT RAN')";
/** An address that only a script, or a page that takes text for markup, would ask for. */
const LURE = "/stored-script-lure";

/** Texts that would run where a page, a sanitiser or a renderer of Markdown or formulas takes them for more than text. */
const CORPUS = [
  `<script>${RAN}</script>`,
  `</script><script>${RAN}</script>`,
  `<img src=${LURE} onerror="${RAN}">`,
  `"><img src=x onerror=${RAN}>`,
  `'><svg onload=${RAN}>`,
  `<svg><script>${RAN}</script></svg>`,
  `<svg><animate onbegin=${RAN} attributeName=x dur=1s>`,
  `<svg><foreignObject><iframe srcdoc="<script>${RAN}</script>"></iframe></foreignObject></svg>`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror=${RAN}>`,
  `<details open ontoggle=${RAN}>`,
  `<input autofocus onfocus=${RAN}>`,
  `<video><source onerror=${RAN}></video>`,
  `<iframe src="javascript:${RAN}"></iframe>`,
  `<iframe srcdoc="&lt;script&gt;${RAN}&lt;/script&gt;"></iframe>`,
  `<object data="data:text/html,<script>${RAN}</script>"></object>`,
  `<link rel=stylesheet href=${LURE}><base href=//evil.example/>`,
  `<meta http-equiv=refresh content="0;url=${LURE}">`,
  `<form action=${LURE}><button autofocus>x</button></form>`,
  `<style>@import '${LURE}';*{background:url(${LURE})}</style>`,
  `<a href="javascript:${RAN}" style="position:fixed;inset:0">x</a>`,
  `[x](javascript:${RAN})`,
  `[x](data:text/html;base64,PHNjcmlwdD4x)`,
  `![x](javascript:${RAN})`,
  `[x]: javascript:${RAN}`,
  `$\\href{javascript:${RAN}}{x}$`,
  `$\\htmlData{x=y}{z}$ $\\includegraphics{${LURE}}$ $\\url{javascript:${RAN}}$`,
  `{{constructor.constructor("${RAN}")()}} \${${RAN}} <%= ${RAN} %>`,
  `<!--><img src=x onerror=${RAN}>-->`,
  `<noscript><p title="</noscript><img src=x onerror=${RAN}>">`,
  `\u202e<script>${RAN}</script>\u202c \u0000 \ufeff<script>${RAN}</script>`.replace("\u0000", ""),
  `&lt;script&gt;${RAN}&lt;/script&gt; &#60;img src=x onerror=${RAN}&#62;`,
  `__proto__ <template shadowrootmode=open><script>${RAN}</script></template>`,
];

/** Files that carry script, under names of pictures. */
const PICTURES = [
  `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="205" onload="${RAN}"><script>${RAN}</script><rect width="9" height="9"/></svg>`,
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="205"><script xlink:href="${LURE}"/><image href="${LURE}"/><use href="data:image/svg+xml,&lt;svg onload='${RAN}'/&gt;"/><a href="javascript:${RAN}"><rect width="300" height="205"/></a></svg>`,
  `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="205"><foreignObject width="99" height="99"><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="${RAN}"/><iframe srcdoc="&lt;script&gt;${RAN}&lt;/script&gt;"/></body></foreignObject></svg>`,
  `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="300" height="205"><style>@import "${LURE}";</style><animate attributeName="x" begin="0s" dur="1s" onbegin="${RAN}"/><set attributeName="href" to="javascript:${RAN}"/></svg>`,
];

let next = 0;
const payload = () => CORPUS[next++ % CORPUS.length];

/** The same value with something stored in every text that people read: those that have a space in them. */
function laced(value, key = "") {
  if (typeof value === "string") return value.includes(" ") && !/^(media|mime|licence)$/.test(key) ? `${value} ${payload()}` : value;
  if (Array.isArray(value)) return value.map((item) => laced(item, key));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, laced(inner, name)]));
  return value;
}

/** Laces a course, as far as its kinds allow: a document that would be refused with it keeps its texts. */
function lace(folder) {
  let count = 0;
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    if (name.endsWith(".svg")) writeFileSync(path, PICTURES[count++ % PICTURES.length]);
    if (name.endsWith(".json")) writeFileSync(path, JSON.stringify(laced(JSON.parse(readFileSync(path, "utf8")))));
  }
}

const it = { browser: null, server: null };

before(async () => {
  const work = mkdtempSync(join(tmpdir(), "cms-e2e-"));
  const [data, plain, course] = ["data", "plain", "course"].map((name) => join(work, name));
  for (const folder of [plain, course]) cpSync(join(repository, "fixtures", "fractions"), folder, { recursive: true });
  lace(course);
  const cms = (...args) => execFileSync(program, ["--data", data, "--author", "ana", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  cms("import", plain, "-m", `First ${payload()}`);
  cms("publish", "-m", `First version ${payload()}`);
  const report = () => {
    try {
      return cms("--json", "import", course, "--skip-invalid", "-m", payload());
    } catch (error) {
      return error.stdout;
    }
  };
  const imported = JSON.parse(report());
  it.laced = (imported.changed ?? 0) + (imported.added ?? 0) + (imported.updated ?? 0);
  it.report = imported;
  cms("publish", "-m", payload());
  const child = spawn(program, ["--data", data, "serve", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, CMS_LOG: "error" } });
  const url = await new Promise((resolve) => child.stdout.on("data", (text) => {
    const found = /http:\/\/[^\s/]+/.exec(String(text));
    if (found) resolve(found[0]);
  }));
  it.server = { url, data, stop: () => new Promise((resolve) => {
    child.once("exit", () => { rmSync(work, { recursive: true, force: true }); resolve(); });
    child.kill("SIGTERM");
  }) };
  it.browser = await launch();
});

after(async () => {
  await it.browser?.close();
  await it.server?.stop();
});

/** A page that remembers everything that it should not have done. */
async function watched() {
  const context = await it.browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const done = [];
  const note = (what) => done.push(`${page.url()}: ${what}`);
  page.on("console", (message) => {
    if (/STORED SCRIPT RAN|Content.Security.Policy|violates the following/i.test(message.text())) note(message.text());
  });
  page.on("dialog", (dialog) => { note(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("popup", (popup) => note(`a window: ${popup.url()}`));
  page.on("request", (request) => {
    if (/^(data|blob):/.test(request.url())) return;
    if (new URL(request.url()).origin !== it.server.url) note(`asked ${request.url()}`);
  });
  // What a policy stops was never asked for; that it had to be stopped is told by the console.
  page.on("requestfinished", (request) => { if (request.url().includes(LURE)) note(`asked ${request.url()}`); });
  return { page, done, close: () => context.close() };
}

/** Walks through everything that the links of a page lead to, below one address. */
async function walk(watch, start, below, most) {
  const { page } = watch;
  const seen = new Set([start]);
  const queue = [start];
  let visited = 0;
  while (queue.length > 0 && visited < most) {
    const here = queue.shift();
    // Places of a page that differ only after the `#` are opened from scratch too.
    await page.goto("about:blank");
    await page.goto(it.server.url + here);
    await page.locator("h1").first().waitFor();
    // A pointer that is fetched again in the background never counts as finished; nobody waits for it.
    await page.waitForLoadState("networkidle", { timeout: 1_500 }).catch(() => {});
    visited += 1;
    // What a learner or an editor may open: hints, answers, folded parts.
    for (const name of [/hint/i, /^check/i, /show/i]) {
      const button = page.getByRole("button", { name }).first();
      if (await button.isVisible().catch(() => false) && await button.isEnabled().catch(() => false)) await button.click({ timeout: 2_000 }).catch(() => {});
    }
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => link.href));
    for (const link of links) {
      assert.ok(!/^(javascript|data|vbscript):/i.test(link), `${here} links to ${link}`);
      if (!link.startsWith(it.server.url)) continue;
      // A place within a page is the page itself, unless the page keeps its places there.
      const path = link.slice(it.server.url.length).replace(/^([^#]*)#[^/].*$/, "$1");
      if (path.startsWith(below) && !seen.has(path)) { seen.add(path); queue.push(path); }
    }
  }
  return visited;
}

const walks = (name, start, below, most) => test(name, { timeout: 240_000 }, async () => {
  const watch = await watched();
  const visited = await walk(watch, typeof start === "string" ? start : await start(), below, most);
  console.log(`${name}: ${visited} pages`);
  assert.deepEqual(watch.done, []);
  await watch.close();
});

test("the course holds what is stored in it", async () => {
  const head = await (await fetch(`${it.server.url}/v1/channels/production`)).json();
  const base = `${it.server.url}/v1/snapshots/${head.snapshot}/en`;
  const rows = (await (await fetch(`${base}/entries?limit=500`)).json()).entries;
  let count = 0;
  for (const row of rows) {
    const object = await (await fetch(`${it.server.url}/v1/objects/${row.object}`)).text();
    if (object.includes("STORED SCRIPT RAN") || object.includes(LURE)) count += 1;
  }
  console.log(`${count} of ${rows.length} published entries hold script`, JSON.stringify(it.report).slice(0, 300));
  assert.ok(count > rows.length / 2, `${count} of ${rows.length}`);
});

walks("nothing runs for learners", "/learn/", "/learn/", 45);
walks("nothing runs for editors", "/admin/", "/admin/", 40);
walks("nothing runs in a comparison", "/admin/#/production/compare/1/2", "/admin/#/production/compare", 3);
walks("nothing runs below a link", () => shareDraft(it.server, "lesson/equal-parts", (lesson) => { lesson.title = `Equal parts ${CORPUS[0]} ${CORPUS[2]}`; }), "/shared/", 6);
walks("nothing runs on the other pages", "/", "/docs/", 12);

test("an uploaded file runs nothing, however it is opened", { timeout: 120_000 }, async () => {
  const head = await (await fetch(`${it.server.url}/v1/channels/production`)).json();
  const rows = (await (await fetch(`${it.server.url}/v1/snapshots/${head.snapshot}/en/entries?kind=image&limit=500`)).json()).entries;
  const files = new Set();
  for (const row of rows) {
    const { document } = await (await fetch(`${it.server.url}/v1/objects/${row.object}`)).json();
    if (document?.media) files.add(document.media);
  }
  assert.ok(files.size >= PICTURES.length, `${files.size} files`);
  for (const file of files) {
    const watch = await watched();
    // Blocked script is what the policy is for: only what runs or is asked for counts here.
    const counted = () => watch.done.filter((line) => !/Content.Security.Policy|violates/i.test(line));
    await watch.page.goto(`${it.server.url}/v1/media/${file}`);
    await watch.page.mouse.click(40, 40);
    assert.equal(await watch.page.evaluate(() => window.origin), "null", "it has no origin");
    await watch.page.waitForLoadState("networkidle");
    await watch.page.goto(`${it.server.url}/learn/`);
    await watch.page.evaluate(async (url) => {
      for (const tag of ["img", "iframe", "object", "embed"]) {
        const element = document.createElement(tag);
        element[tag === "object" ? "data" : "src"] = url;
        document.body.append(element);
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }, `/v1/media/${file}`);
    assert.deepEqual(counted(), []);
    await watch.close();
  }
});
