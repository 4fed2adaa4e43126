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
import { CORPUS, LURE, RAN, watch } from "./hostile.js";
import { program, shareDraft } from "./serving.js";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

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
const watched = () => watch(it.browser, it.server.url);

/** Walks through everything that the links of a page lead to, below one address. */
async function walk({ page }, start, below, most) {
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
  const seen = await watched();
  const visited = await walk(seen, typeof start === "string" ? start : await start(), below, most);
  console.log(`${name}: ${visited} pages`);
  assert.deepEqual(seen.done, []);
  await seen.close();
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
    const seen = await watched();
    // Blocked script is what the policy is for: only what runs or is asked for counts here.
    const counted = () => seen.done.filter((line) => !/Content.Security.Policy|violates/i.test(line));
    await seen.page.goto(`${it.server.url}/v1/media/${file}`);
    await seen.page.mouse.click(40, 40);
    assert.equal(await seen.page.evaluate(() => window.origin), "null", "it has no origin");
    await seen.page.waitForLoadState("networkidle");
    await seen.page.goto(`${it.server.url}/learn/`);
    await seen.page.evaluate(async (url) => {
      for (const tag of ["img", "iframe", "object", "embed"]) {
        const element = document.createElement(tag);
        element[tag === "object" ? "data" : "src"] = url;
        document.body.append(element);
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }, `/v1/media/${file}`);
    assert.deepEqual(counted(), []);
    await seen.close();
  }
});
