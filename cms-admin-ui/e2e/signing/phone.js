/** What somebody has in their pocket: an authenticator app with a camera, and a device that holds passkeys. */

import { createHmac } from "node:crypto";
import jsQR from "jsqr";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The six digits that an app shows (RFC 6238). @param {number} [later] in how many half minutes */
export function digits(secret, later = 0) {
  const bits = [...secret].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** What a camera reads in a picture on a page. @param {import("playwright-core").Locator} picture */
export async function scanned(picture) {
  const png = (await picture.screenshot()).toString("base64");
  const blank = await picture.page().context().newPage();
  const { data, width, height } = await blank.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    return { data: [...pen.getImageData(0, 0, image.width, image.height).data], width: image.width, height: image.height };
  }, png);
  await blank.close();
  const read = jsQR.default ?? jsQR;
  return read(Uint8ClampedArray.from(data), width, height)?.data;
}

/** Gives a page’s browser a device with passkeys, which its owner unlocks. */
export async function deviceFor(page) {
  const wire = await page.context().newCDPSession(page);
  await wire.send("WebAuthn.enable");
  const { authenticatorId } = await wire.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  const unlocks = (isUserVerified) => wire.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  const isLost = () => wire.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
  return { unlocks, isLost };
}
