/** The machine's own browser; nothing is downloaded. */

import { setTimeout } from "node:timers/promises";
import { chromium } from "playwright-core";

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/**
 * Waits until something holds on a page or in a frame, by asking repeatedly from outside. Playwright's
 * `waitForFunction` polls by a script within the page, which a strict policy stops after the first look.
 * @param {import("playwright-core").Page | import("playwright-core").Frame} place
 * @param {(given: any) => unknown} isSo runs in the page
 * @param {unknown} [given] the argument of `isSo`
 * @param {number} [most] how long to wait at most, in milliseconds
 */
export async function until(place, isSo, given = undefined, most = 20_000) {
  const end = Date.now() + most;
  while (!(await place.evaluate(isSo, given))) {
    if (Date.now() > end) throw new Error(`not so after ${most} ms: ${isSo}`);
    await setTimeout(20);
  }
}
