/** A page of the server with one player in it, and a record of what happened to it. */

import assert from "node:assert/strict";
import { test } from "node:test";

/**
 * Makes a function for tests of a mounted player in a world. A test fails if it leaves an error behind.
 * @param {ReturnType<typeof import("./journey.js").world>} here
 */
export const onStageOf = (here) => (name, steps, { settings, ...options } = {}) => {
  test(name, async () => {
    const it = await stage(here.browser, here.server.url, options);
    try {
      await it.mount(settings);
      await steps(it);
      assert.deepEqual(await it.takeErrors(), []);
    } finally {
      await it.close();
    }
  });
};

/**
 * Opens a page and mounts a player.
 * @param {import("playwright-core").Browser} browser
 * @param {string} url the server's address
 */
export async function stage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 900, height: 1400 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  /** Errors since they were last taken: those of the console and of scripts, and requests that leave the server. */
  let errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => errors.push(`script: ${error}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) errors.push(`asked: ${request.url()}`);
  });
  await page.goto(`${url}/learn/`);
  // What the page itself says about a server without content is not the player's error.
  await page.locator("main h1").waitFor();
  errors = [];
  await page.evaluate(() => {
    const main = document.createElement("main");
    const place = document.createElement("div");
    main.append(Object.assign(document.createElement("h1"), { textContent: "Stage" }), place);
    document.body.replaceChildren(main);
    place.id = "stage";
    window.told = [];
  });
  const mount = (settings = {}) => page.evaluate(async (settings) => {
    const start = performance.now();
    const { mountPlayer } = await import("/player/host.js");
    const waiting = new Map();
    const log = (type) => (message) => {
      window.told.push({ type, ...message });
      if (type === "loaded") waiting.get(message.id)?.(performance.now());
    };
    /** The page's answer to groups that are checked by themselves: the next of `window.answers`, in their order. */
    const next = (type) => async (asked) => {
      window.told.push({ type, ...asked });
      const answer = (window.answers ?? []).shift();
      if (!answer) throw new Error("no connection");
      return answer;
    };
    const answering = { onCheck: next("check"), onHint: next("hint") };
    const following = { onLink: (link) => { window.told.push({ type: "link", ...link }); return true; } };
    window.player = mountPlayer(document.getElementById("stage"), {
      title: "Question", ...settings, ...(settings.answering && answering), ...(settings.following && following), onReady: log("ready"), onLoaded: log("loaded"), onInput: log("input"), onError: log("error"),
    });
    /** Resolves to the milliseconds until the player is painted, as the page around it sees them. */
    window.show = (wish, from = performance.now()) => new Promise((resolve) => {
      waiting.set(wish.id, (at) => resolve(at - from));
      window.player.load(wish);
    });
    return start;
  }, settings);
  const show = (wish) => page.evaluate((wish) => window.show(wish), wish);
  const frame = () => page.frames().find((frame) => frame.url().includes("/player/"));
  const told = (type) => page.evaluate((type) => window.told.filter((row) => row.type === type), type);
  const takeErrors = async () => {
    const complaints = await page.evaluate(() => window.told.splice(0).filter((row) => row.type === "error").map((row) => `player: ${row.message}`));
    const taken = [...errors, ...complaints];
    errors = [];
    return taken;
  };
  return { page, mount, show, frame, told, takeErrors, close: () => context.close() };
}

/** Whether nothing is visible in the frame. */
export const isBlank = (frame) => frame.evaluate(() => {
  const root = document.getElementById("root");
  return !root.innerText.trim() && !root.querySelector("img, svg, canvas, input, [role='img']");
});
