/** Journeys through a page of the server: what every one of them begins and ends with. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { audit } from "./audit.js";
import { launch, until } from "./browser.js";
import { serve } from "./serving.js";

/**
 * A server and a browser for all tests of a file; ask for them within a test.
 * @returns {{server: Awaited<ReturnType<typeof serve>>, browser: import("playwright-core").Browser}}
 */
export function world(options) {
  const it = { server: null, browser: null };
  before(async () => {
    it.server = await serve(options);
    it.browser = await launch();
  });
  after(async () => {
    await it.browser?.close();
    await it.server?.stop();
  });
  return it;
}

/**
 * What runs journeys in a world: each on a page of its own, audited where it ended. No script may break, and nothing is asked
 * of others, nor of addresses of the server that the page has no business with.
 * @param {{server: {url: string}, browser: import("playwright-core").Browser}} it
 * @param {{viewport: {width: number, height: number}, may?: RegExp}} every `may`: paths that may be asked
 */
export function journeys(it, { viewport, may = /^\// }) {
  return (name, start, steps, options = {}) => test(name, async () => {
    const { url } = it.server;
    const context = await it.browser.newContext({ locale: "en-GB", viewport, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const broken = [];
    page.on("pageerror", (error) => broken.push(String(error)));
    page.on("request", (request) => {
      const asked = request.url();
      if (/^(data|blob):/.test(asked)) return;
      if (!asked.startsWith(url) || !may.test(new URL(asked).pathname)) broken.push(`asked ${asked}`);
    });
    try {
      await page.goto(url + (typeof start === "string" ? start : await start()));
      await steps(page, broken);
      await audit(page);
      assert.deepEqual(broken, []);
    } finally {
      await context.close();
    }
  });
}

export const title = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();

/** What is in the player. */
export const inFrame = (page) => page.frameLocator("iframe");

/**
 * Clicks something in the player once the frame is as tall as its content: a click on the way to that lands where the thing was.
 * @param {(frame: import("playwright-core").FrameLocator) => import("playwright-core").Locator} which
 */
export async function clickInFrame(page, which) {
  const thing = which(inFrame(page));
  await thing.waitFor();
  await until(await (await thing.elementHandle()).ownerFrame(), () => document.scrollingElement.scrollHeight <= innerHeight);
  await thing.click();
}

/** Goes on with a key until something is so. */
export async function press(page, key, isThere, most = 25) {
  for (let step = 0; step < most; step += 1) {
    if (await isThere()) return;
    await page.keyboard.press(key);
  }
  assert.ok(await isThere(), `not there after pressing ${key} ${most} times`);
}
