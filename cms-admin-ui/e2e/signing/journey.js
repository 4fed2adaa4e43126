/** One person's journey over the pages on which people come in, ended by an audit of accessibility. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { audit } from "../audit.js";

export const title = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** Journeys in a browser that is started later. `watch` notes in a list what may not happen on the way. */
export const journeysIn = (browser, watch) => (name, steps) => test(name, async () => {
  const context = await browser().newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const broken = [];
  watch(page, broken);
  try {
    await steps(page);
    await audit(page);
    assert.deepEqual(broken, []);
  } finally {
    await context.close();
  }
});
