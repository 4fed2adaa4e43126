/** A server with settings of its own at an address with a name, which passkeys need, and the people in it. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../serving.js";

export const PASSWORD = "four chairs and a lamp";

/**
 * Serves an empty store, made for the purpose.
 * @param {(origin: string) => string} [settings] more settings, as TOML
 * @param {string} [serving] more settings of the table `[serve]`
 */
export async function house(settings = () => "", serving = "") {
  const folder = mkdtempSync(join(tmpdir(), "cms-house-"));
  const data = join(folder, "data");
  const config = join(folder, "cms.toml");
  const port = 20000 + Math.floor(Math.random() * 20000);
  const origin = `http://localhost:${port}`;
  writeFileSync(config, `[serve]\nlisten = "127.0.0.1:${port}"\npublic_url = "${origin}"\n${serving}\n${settings(origin)}\n`);
  execFileSync(program, ["--data", data, "init"]);
  const child = spawn(program, ["--data", data, "--config", config, "--json", "serve"], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, CMS_LOG: "error" } });
  const said = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`serve ended with ${code}`)));
    child.stdout.once("data", (text) => resolve(JSON.parse(String(text))));
  });
  const stop = () => new Promise((resolve) => {
    child.once("exit", () => { rmSync(folder, { recursive: true, force: true }); resolve(); });
    child.kill("SIGTERM");
  });
  return { origin, data, welcome: said.welcome, stop };
}

/** Asks as the machine, which may everything. */
export async function asMachine({ origin, data }, method, path, body, headers = {}) {
  const { token } = JSON.parse(readFileSync(join(data, "server.json"), "utf8"));
  const answer = await fetch(`${origin}/authoring/v1${path}`, {
    method, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers }, body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok || await answer.text()}`);
  return { body: answer.status === 204 ? null : await answer.json(), tag: answer.headers.get("ETag") };
}

/** Says from which role on a second factor is needed. */
export async function needsSecondFactor(server, from, graceDays) {
  const { tag } = await asMachine(server, "GET", "/sign-in-policy");
  await asMachine(server, "PUT", "/sign-in-policy", { second_factor_from: from, grace_days: graceDays }, { "If-Match": tag });
}

/** Invites somebody, who accepts in a browser; returns with the account’s own screen open. */
export async function comesIn(server, page, { name, email, role = "author" }) {
  const { body } = await asMachine(server, "POST", "/people", { name, email, role });
  await page.goto(body.link.url);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { level: 1, name: `Hello, ${name}` }).waitFor();
  return body.person;
}

/** Signs in with the password, as far as it leads. */
export async function signsIn(page, email, password = PASSWORD) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export async function signsOut(page) {
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
}

/** Opens what somebody signs in with. */
export async function opensAccount(page) {
  await page.getByRole("button", { name: /^(How you sign in|Set up a second factor)$/ }).click();
  await page.getByRole("heading", { level: 1, name: "How you sign in" }).waitFor();
}
