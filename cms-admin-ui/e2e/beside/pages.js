/**
 * Two pages next to each other: the player, mounted by a page of the server, and Perseus by itself, as its own
 * default page shows it. See `player/reference/`.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { stage } from "../stage.js";

const player = join(dirname(fileURLToPath(import.meta.url)), "../../player");
const FONTS = join(player, "node_modules/mathjax-full/es5/output/chtml/fonts/woff-v2");
/** Both pages show this picture in place of every picture that a document names. */
const PICTURE = join(player, "../learn/icon.svg");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
/** There is no server here: requests to this address are answered from the built files. */
const REFERENCE = "http://reference.invalid";

/** Builds Perseus's own page. @returns {{folder: string, remove: () => void}} */
export function buildReference() {
  const folder = mkdtempSync(join(tmpdir(), "cms-reference-"));
  execFileSync("npx", ["vite", "build", "--config", "vite.reference.config.ts", "--outDir", folder], { cwd: player, stdio: ["ignore", "ignore", "inherit"] });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} url the server's address
 * @param {string} folder of the built reference
 */
export async function pages(browser, url, folder, viewport = { width: 900, height: 1400 }) {
  const ours = await stage(browser, url, { viewport });
  // This page answers checks, because groups have a button of their own only where somebody answers.
  await ours.mount({ answering: true });
  // The frame is narrower than its page; both pages get the same width.
  const width = await ours.page.evaluate(() => window.player.frame.clientWidth - 32);
  const context = await browser.newContext({ viewport: { width, height: viewport.height } });
  const page = await context.newPage();
  await page.route("**/*", (route) => {
    const { origin, pathname } = new URL(route.request().url());
    const inside = normalize(pathname === "/" ? "/index.html" : pathname);
    const path = inside.startsWith("/fonts/") ? join(FONTS, inside.slice(7)) : inside.startsWith("/image/") ? PICTURE : join(folder, inside);
    if (origin !== REFERENCE || !existsSync(path)) return route.abort();
    return route.fulfill({ body: readFileSync(path), contentType: TYPES[extname(path)] ?? "application/octet-stream" });
  });
  await page.goto(`${REFERENCE}/`);
  let turn = 0;
  return {
    ours, theirs: page,
    /** Shows a document in both pages, with this many of its hints. */
    async show(content, { hints = 0 } = {}) {
      turn += 1;
      await ours.show({ id: `beside ${turn}`, content, media: { "image/farm": { url: `${url}/learn/icon.svg`, width: 300, height: 200 } } });
      if (content.type === "item") {
        if (hints > 0) await ours.page.evaluate((hints) => window.player.hints(hints), content.item.hints.slice(0, hints));
        await page.evaluate(([item, hints]) => window.showItem(item, hints), [content.item, hints]);
      } else {
        await page.evaluate((sections) => window.showArticle(sections), content.sections);
      }
      await Promise.all([ours.frame(), page].map((place) => place.evaluate(async () => { await document.fonts.ready; })));
    },
    /** Shows a message to an answer in the player, and the same prose in Perseus by itself. */
    async showMessage(prose) {
      turn += 1;
      await ours.show({ id: `beside ${turn}`, content: { type: "item", item: { question: { content: "Question.", widgets: {}, images: {} }, hints: [] } } });
      await ours.page.evaluate((message) => window.player.scored({ type: "points", earned: 0, total: 1, message }), prose);
      await page.evaluate((prose) => window.showProse(prose), prose);
    },
    close: () => Promise.all([ours.close(), context.close()]),
  };
}
