/** Builds Perseus's own page, with which the player is compared, into the folder that `--outDir` names. */
import {fileURLToPath} from "node:url";
import {defineConfig} from "vite";

export default defineConfig({
    root: fileURLToPath(new URL("reference", import.meta.url)),
    base: "./",
    logLevel: "error",
    resolve: {alias: [{find: /^aphrodite$/, replacement: "aphrodite/no-important"}]},
    build: {target: "es2022", modulePreload: {polyfill: false}, chunkSizeWarningLimit: 8000, minify: false, assetsInlineLimit: 0, emptyOutDir: true},
});
