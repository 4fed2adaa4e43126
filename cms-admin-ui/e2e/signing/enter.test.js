/** Coming in: the first minute of a server, signing in and out, and what a link that was used says. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { audit } from "../audit.js";
import { launch } from "../browser.js";
import { program, serve } from "../serving.js";

const PASSWORD = "four chairs and a lamp";
let server, browser, page, link;

/** A picture of a step, where `SHOTS` names a folder for them. */
const shot = async (name) => {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.emulateMedia({ colorScheme: "light" });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
};

before(async () => {
  server = await serve({ empty: true });
  const made = JSON.parse(execFileSync(program, ["--data", server.data, "--json", "admin", "link"], { encoding: "utf8" }));
  link = new URL(made.path ?? made.url, server.url).href;
  browser = await launch();
  page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test("the link of the first minute makes an administrator, and its secret leaves the address at once", async () => {
  await page.goto(link);
  await page.getByRole("heading", { name: "Welcome" }).waitFor();
  assert.equal(page.url(), `${server.url}/welcome`);
  await audit(page);
  await shot("1-first-administrator");
  await page.getByLabel("Your name").fill("Ana Köhler");
  await page.getByLabel("Email").fill("ana@example.org");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "Hello, Ana Köhler" }).waitFor();
  await page.getByText("You are signed in as administrator.").waitFor();
  await audit(page);
  await shot("2-signed-in");
});

test("whoever signs out signs in again, and a wrong password keeps what was typed", async () => {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await audit(page);
  await shot("3-sign-in");
  await page.getByLabel("Email").fill("ana@example.org");
  await page.getByLabel("Password", { exact: true }).fill("not this one, at all");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const wrong = page.getByRole("alert");
  await wrong.waitFor();
  assert.match(await wrong.textContent(), /Check the address and the password/);
  assert.equal(await page.getByLabel("Email").inputValue(), "ana@example.org");
  await shot("4-refused");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Hello, Ana Köhler" }).waitFor();
  await page.goto(`${server.url}/sign-in?return_to=//evil.example/`);
  await page.getByRole("heading", { name: "Hello, Ana Köhler" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Go on" }).getAttribute("href"), "/admin/");
});

test("a link that was used, and a link without its secret, say what to do", async () => {
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByText("This link was used already").waitFor();
  await audit(page);
  await page.goto(`${server.url}/welcome`);
  await page.reload();
  await page.getByText("Open the whole link that you were given").waitFor();
});
