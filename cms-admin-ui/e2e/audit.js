/** The end of every journey: an audit of accessibility, in light and in dark, and of anything that is too wide. */

import assert from "node:assert/strict";
import AxeBuilder from "@axe-core/playwright";

/**
 * @param {import("playwright-core").Page} page
 */
export async function audit(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const told = violations.map((row) => `${colorScheme} ${row.id}: ${row.nodes.map((node) => node.target).join(" ")}`);
    assert.deepEqual(told, []);
  }
  await fits(page);
}

/** Checks that nothing is wider than the window, in frames either. */
export async function fits(page) {
  for (const frame of page.frames()) {
    const beyond = await frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(beyond <= 0, `${frame.url()} is wider than its window by ${beyond}`);
  }
}
