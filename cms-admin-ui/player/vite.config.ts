/**
 * Builds the page, `dist/index.html`; the module that mounts it, `dist/host.js`; and `dist/languages.js`, for pages
 * without a bundler.
 */
import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {defineConfig} from "vite";
import {patches} from "./build/patches.ts";

const local = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** The name of the build: a hash of the packages that it is made of. */
const build = createHash("sha256").update(readFileSync(local("package-lock.json"))).digest("hex").slice(0, 12);

/** The modules that pages import by name. */
const MODULES = new Set(["host", "languages"]);

export default defineConfig({
    base: "./",
    plugins: [patches()],
    define: {__BUILD__: JSON.stringify(build)},
    resolve: {
        alias: [
            {find: /^aphrodite$/, replacement: "aphrodite/no-important"},
            {find: /^@khanacademy\/mathjax-renderer$/, replacement: local("src/perseus/no-mathjax.ts")},
        ],
    },
    build: {
        target: "es2022",
        modulePreload: {polyfill: false},
        chunkSizeWarningLimit: 4000,
        // The policy can't distinguish an SVG inside a script or a style from a foreign one.
        assetsInlineLimit: 0,
        rolldownOptions: {
            preserveEntrySignatures: "strict",
            input: {index: local("index.html"), host: local("src/host.ts"), languages: local("src/languages.ts")},
            output: {entryFileNames: ({name}) => (MODULES.has(name) ? `${name}.js` : "assets/[name]-[hash].js")},
        },
    },
});
