/** A store of its own with two versions of the fixtures, served on a free port. */

import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "..", "..");

/** The program under test: `CMS_BIN`, or the one that `cargo build` makes. */
export const program = process.env.CMS_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(repository, "target"), "debug", "cms");

const edited = (path, edit) => {
  const document = JSON.parse(readFileSync(path, "utf8"));
  edit(document);
  writeFileSync(path, JSON.stringify(document, null, 2));
};

/** A section with a group that is checked by itself and a link to another entry. */
const CHECKPOINT = {
  id: "s9", content: "See [equal parts](lesson/equal-parts) again.\n\n[[☃ graded-group 1]]", images: {},
  widgets: {
    "graded-group 1": {
      type: "graded-group", graded: true, static: false, alignment: "default", version: { major: 0, minor: 0 },
      options: {
        title: "Checkpoint", content: "How many fourths are one whole? [[☃ numeric-input 1]]", images: {}, immutableWidgets: false,
        hint: { content: "Cut a cake into **fourths**.", widgets: {}, images: {} },
        widgets: {
          "numeric-input 1": {
            type: "numeric-input", graded: true, static: false, alignment: "default", version: { major: 0, minor: 0 },
            options: { answers: [{ value: 4, status: "correct", message: "", simplify: "required", strict: false, maxError: null }], size: "normal", coefficient: false, labelText: "fourths", static: false },
          },
        },
      },
    },
  },
};

/** @returns {Promise<{url: string, stop: () => Promise<void>, data: string}>} */
export async function serve({ empty = false } = {}) {
  const work = mkdtempSync(join(tmpdir(), "cms-e2e-"));
  const data = join(work, "data");
  const cms = (...args) => execFileSync(program, ["--data", data, "--author", "ana", ...args], { encoding: "utf8" });
  if (empty) {
    cms("init");
  } else {
    const course = join(work, "course");
    cpSync(join(repository, "fixtures", "fractions"), course, { recursive: true });
    edited(join(course, "article", "mixed-numbers.json"), (article) => article.sections.push(CHECKPOINT));
    cms("import", course, "-m", "The fractions course");
    cms("publish", "-m", "First version");
    edited(join(course, "article", "what-is-a-fraction.json"), (article) => {
      article.description = `${article.description} Start here.`;
      article.sections[0].content = article.sections[0].content.replace(/\b(the|a)\b/, "one");
    });
    edited(join(course, "lesson", "equal-parts.json"), (lesson) => { lesson.children.push(lesson.children.shift()); });
    edited(join(course, "exercise", "compare-fractions.json"), (exercise) => { exercise.items.pop(); });
    edited(join(course, "video", "adding-different-denominators.json"), (video) => {
      video.title = "Adding fractions with different denominators";
    });
    rmSync(join(course, "exercise", "line-plots.json"));
    for (const lesson of ["lesson"]) removeEverywhere(join(course, lesson), "exercise/line-plots");
    removeEverywhere(join(course, "quiz"), "exercise/line-plots");
    cms("import", course, "--prune", "-m", "A second look");
    cms("publish", "-m", "Second version");
  }
  const child = spawn(program, ["--data", data, "serve", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, CMS_LOG: "error" } });
  const url = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`serve ended with ${code}`)));
    child.stdout.on("data", (text) => {
      const found = /http:\/\/[^\s/]+/.exec(String(text));
      if (found) resolve(found[0]);
    });
  });
  const stop = () => new Promise((resolve) => {
    child.once("exit", () => { rmSync(work, { recursive: true, force: true }); resolve(); });
    child.kill("SIGTERM");
  });
  return { url, stop, data };
}

/**
 * Edits one entry in a draft and shares the draft by a link.
 * @returns {Promise<string>} the address of the link's page
 */
export async function shareDraft(server, key, edit, { revoked = false } = {}) {
  const { token } = JSON.parse(readFileSync(join(server.data, "server.json"), "utf8"));
  const ask = async (method, path, body, headers = {}) => {
    const response = await fetch(`${server.url}/authoring/v1${path}`, {
      method, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const answer = response.status === 204 ? null : await response.json();
    return answer && { ...answer, tag: response.headers.get("ETag") };
  };
  const { draft } = await ask("POST", "/drafts", { title: "Cakes for halves" });
  const { document, tag } = await ask("GET", `/drafts/${draft}/entries/${key}`);
  edit(document);
  await ask("PUT", `/drafts/${draft}/entries/${key}`, document, { "If-Match": tag });
  await ask("POST", `/drafts/${draft}/commit`, {});
  const link = await ask("POST", `/drafts/${draft}/shares`, {});
  if (revoked) await ask("DELETE", `/shares/${link.share}`);
  return `${link.path}admin/`;
}

function removeEverywhere(folder, key) {
  for (const name of execFileSync("ls", [folder], { encoding: "utf8" }).split("\n").filter((name) => name.endsWith(".json"))) {
    edited(join(folder, name), (document) => {
      if (document.children) document.children = document.children.filter((child) => child !== key);
      if (document.draws) document.draws = document.draws.filter((draw) => draw.exercise !== key);
    });
  }
}
