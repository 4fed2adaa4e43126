/** Journeys through a page of the server: how every one of them begins and ends. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { audit } from "./audit.js";
import { launch, until } from "./browser.js";
import { serve } from "./serving.js";

/**
 * A server and a browser for all tests of a file. Ask for them within a test.
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
 * Makes the function that runs journeys in a world. Each journey has a page of its own, which is audited where the
 * journey ended. No script may fail, and no request may go to another server, nor to an address of this one that the
 * page has no business with.
 * @param {{server: {url: string}, browser: import("playwright-core").Browser}} it
 * @param {{viewport: {width: number, height: number}, may?: RegExp}} every `may`: the paths that the page may request
 */
export function journeys(it, { viewport, may = /^\// }) {
  return (name, start, steps, options = {}) => test(name, async () => {
    const { url } = it.server;
    const context = await it.browser.newContext({ locale: "en-GB", viewport, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const broken = [];
    page.on("pageerror", (error) => broken.push(String(error)));
    page.on("console", (message) => {
      if (/Content.Security.Policy|Permissions.Policy|Cross-Origin/i.test(message.text())) broken.push(message.text());
    });
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

/** The content of the player. */
export const inFrame = (page) => page.frameLocator("iframe");

/**
 * Clicks something in the player once the frame is as tall as its content: an earlier click would land where the
 * thing was before.
 * @param {(frame: import("playwright-core").FrameLocator) => import("playwright-core").Locator} which
 */
export async function clickInFrame(page, which) {
  const thing = which(inFrame(page));
  await thing.waitFor();
  await until(await (await thing.elementHandle()).ownerFrame(), () => document.scrollingElement.scrollHeight <= innerHeight);
  await thing.click();
}

/** Presses a key until something holds. */
export async function press(page, key, isThere, most = 25) {
  for (let step = 0; step < most; step += 1) {
    if (await isThere()) return;
    await page.keyboard.press(key);
  }
  assert.ok(await isThere(), `not there after pressing ${key} ${most} times`);
}
