/** Pictures of steps, for `docs/screens/`: taken only where `SHOTS` names a folder for them. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";

const WIDE = { width: 1280, height: 800 };
const LOOKS = {
  light: [{ colorScheme: "light" }, WIDE],
  dark: [{ colorScheme: "dark" }, WIDE],
  phone: [{ colorScheme: "light" }, { width: 390, height: 844 }],
};

/** Takes a picture of what a page shows. @param {(keyof typeof LOOKS)[]} looks */
export async function picture(page, name, looks = ["light"]) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  for (const look of looks) {
    const [media, size] = LOOKS[look];
    await page.emulateMedia(media);
    await page.setViewportSize(size);
    await page.screenshot({ path: join(process.env.SHOTS, `${name}${look === "light" ? "" : `-${look}`}.png`), animations: "disabled" });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(WIDE);
}
