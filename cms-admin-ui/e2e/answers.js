/** Answering questions on the learners' page, with a server that answers as a test wants. */

import { clickInFrame } from "./journey.js";

/**
 * Answers requests to the two addresses that know the right answers. `verdicts` are the scores in turn, or the points
 * earned of 1; the last one repeats.
 */
export async function answers(page, verdicts) {
  const asked = { scores: [], hints: [] };
  await page.route("**/v1/score", (route) => {
    const attempt = route.request().postDataJSON();
    asked.scores.push(attempt);
    const verdict = verdicts[Math.min(asked.scores.length, verdicts.length) - 1];
    const score = typeof verdict === "number" ? { type: "points", earned: verdict, total: 1, message: null } : verdict;
    route.fulfill({ json: { score, widgets: {} } });
  });
  await page.route("**/v1/hints", (route) => {
    const wish = route.request().postDataJSON();
    asked.hints.push(wish);
    route.fulfill({ json: { ...wish, count: 2, hint: { content: `Hint number ${wish.n + 1}: **look** at $\\frac14$.`, widgets: {}, images: {} }, refs: {} } });
  });
  return asked;
}

/** Chooses an answer of the question on the page. */
export const choose = (page, index) =>
  clickInFrame(page, (frame) => frame.getByRole("listitem").getByRole("button").nth(index));
