/** Pictures of each screen, light, dark and narrow, for people to look at: `node shots.js DIRECTORY`. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./browser.js";
import { serve, shareDraft } from "./serving.js";

const into = process.argv[2] ?? "shots";
mkdirSync(into, { recursive: true });
const screens = {
  home: "#/", lesson: "#/production/lesson/equal-parts", exercise: "#/production/exercise/equal-parts",
  spanish: "#/production/es/article/what-is-a-fraction", video: "#/production/video/adding-different-denominators",
  quiz: "#/production/quiz/understanding-fractions", widgets: "#/production/exercise/order-fractions", image: "#/production/image/fraction-wall",
  compare: "#/production/compare", lost: "#/production/exercise/line-plots",
};
const looks = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  narrow: { colorScheme: "light", viewport: { width: 320, height: 740 } },
};
const server = await serve();
const browser = await launch();
try {
  for (const [look, options] of Object.entries(looks)) {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(8000);
    page.on("console", (message) => message.type() === "error" && console.log(look, message.text()));
    page.on("pageerror", (error) => console.log(look, String(error)));
    for (const [screen, hash] of Object.entries(screens)) {
      await page.goto(`${server.url}/admin/${hash}`);
      await page.reload();
      await page.locator("main h1").first().waitFor();
      await page.waitForLoadState("networkidle");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) console.log(`${look} ${screen}: wider than the window by ${wide}`);
      await page.screenshot({ path: join(into, `${screen}-${look}.png`), fullPage: look === "narrow" });
    }
    for (const [screen, revoked] of [["shared", false], ["shared-over", true]]) {
      await page.goto(server.url + await shareDraft(server, "lesson/equal-parts", (lesson) => { lesson.title = "Sharing a cake"; }, { revoked }));
      await page.locator("main h1").first().waitFor();
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: join(into, `${screen}-${look}.png`), fullPage: look === "narrow" });
    }
    await page.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
