/**
 * Builds `bundle/dist/engine.js` from the locked packages; `bundle/dist/identity.json`, which names them;
 * `bundle/dist/NOTICE`, their licences; and `tests/fixtures/expected.ndjson`, the results of the packages themselves
 * for the fixtures. An argument names another folder for the output.
 *
 * A few places in the packages are changed, and a build that does not find them fails. Perseus's parser joins its
 * complaints into one sentence; here they stay apart, each with its path. Code that is fast only in browsers is
 * written differently: how its Markdown runs patterns that begin with `^`, and how its parser goes through the fields
 * of an object.
 */
import {createHash} from "node:crypto";
import {mkdirSync, readFileSync, readdirSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {build} from "esbuild";
import {answer} from "./peer/answer.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const crate = dirname(here);
const out = process.argv[2] ?? crate;

const JOINED = 'failure(result.detail.map(message).join("; "))';
const APART = `failure(result.detail.map((mismatch) => ({
    path: mismatch.path,
    reason: message(mismatch).slice(0, 1000).toWellFormed(),
})))`;

/** A plugin that replaces texts in a package's module. Each must occur exactly `count` times. */
function changed(module, changes) {
    return {
        name: `changed ${module}`,
        setup({onLoad}) {
            onLoad({filter: new RegExp(`${module}/dist/es/index\\.js$`)}, ({path}) => {
                let contents = readFileSync(path, "utf8");
                for (const {from, to, count} of changes) {
                    const parts = contents.split(from);
                    if (parts.length !== count + 1) {
                        throw new Error(`${path} has ${parts.length - 1} places with ${from}, not ${count}`);
                    }
                    contents = parts.join(to);
                }
                return {contents, loader: "js"};
            });
        },
    };
}

const plugins = [
    changed("perseus-core", [
        {from: JOINED, to: APART, count: 1},
        {from: "(initializeParsedValue,schema){return", to: "(initializeParsedValue,schema){const props=Object.keys(schema);return", count: 1},
        {from: "for(const[prop,propParser]of Object.entries(schema)){", to: "for(let at=0;at<props.length;at++){const prop=props[at],propParser=schema[prop];", count: 1},
        {from: "if(prototype==null){return true}", to: "if(prototype==null||prototype===Object.prototype){return true}", count: 1},
        {from: "([...this.path,key])", to: "(this.path.concat(key))", count: 1},
    ]),
    changed("simple-markdown", [
        {from: "Regex=function(regex){", to: "Regex=function(regex){var exec=execOf(regex);", count: 3},
        {from: "regex.exec(source)", to: "exec(source)", count: 3},
        {from: "var CR_NEWLINE_R=", to: `import {execOf} from ${JSON.stringify(join(here, "context/anchored.js"))};var CR_NEWLINE_R=`, count: 1},
    ]),
];

const {metafile, outputFiles} = await build({
    absWorkingDir: here,
    entryPoints: ["engine.js"],
    bundle: true,
    write: false,
    format: "iife",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "default"],
    // QuickJS supports the language of 2023.
    target: "es2023",
    // A broken invariant then names itself.
    define: {"process.env.NODE_ENV": JSON.stringify("development")},
    // Names stay, because some classes are distinguished by theirs, and because traces of the bundle stay readable.
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    legalComments: "none",
    charset: "utf8",
    plugins,
});

const bundle = outputFiles[0].contents;
const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8"));
const inside = Object.keys(metafile.inputs);
const packages = Object.entries(lock.packages)
    .filter(([path]) => inside.some((input) => path && input.startsWith(`${path}/`)))
    .map(([path, {version}]) => [path.slice("node_modules/".length), version]);
const identity = {
    packages: Object.fromEntries(packages),
    sha256: createHash("sha256").update(bundle).digest("hex"),
};
const licences = new Map();
for (const [name, version] of packages) {
    const folder = join(here, "node_modules", name);
    const file = readdirSync(folder).find((file) => file.startsWith("LICENSE"));
    const licence = readFileSync(join(folder, file), "utf8").trim();
    licences.set(licence, [...(licences.get(licence) ?? []), `${name} ${version}`]);
}
const notice = [...licences].map(([licence, names]) => `${names.join("\n")}\n\n${licence}\n`);

const fixtures = readFileSync(join(crate, "tests/fixtures/documents.ndjson"), "utf8").trimEnd().split("\n");
const expected = fixtures.map((line) => `${JSON.stringify(answer(JSON.parse(line)))}\n`);

write("bundle/dist/engine.js", bundle);
write("bundle/dist/identity.json", `${JSON.stringify(identity, null, 2)}\n`);
write("bundle/dist/NOTICE", `engine.js holds these packages.\n\n${notice.join(`\n${"-".repeat(72)}\n\n`)}`);
write("tests/fixtures/expected.ndjson", expected.join(""));

function write(path, content) {
    const file = join(out, path);
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, content);
}
