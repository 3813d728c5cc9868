// Builds the widget into channels/web/static/widget/ and copies the desk's browser libraries to desk/static/vendor/.
//
// Two files leave here for the browser: `widget.js`, a small classic script that draws only the launcher, and
// `panel-<hash>.js`, a module that is fetched when somebody opens the chat. `manifest.json` names both, with their
// sizes and the integrity value a web master may pin.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const out = process.env.WIDGET_OUT ? path.resolve(process.env.WIDGET_OUT) : path.join(root, "channels/web/static/widget");
const vendor = path.join(root, "desk/static/vendor");
const { version } = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));

const common = {
  root: here,
  configFile: false,
  publicDir: false,
  logLevel: "warn",
  define: { "process.env.NODE_ENV": '"production"' },
};
const target = ["es2021", "chrome94", "edge94", "firefox98", "safari15.4"];

/** Templates and style sheets are indented for people; the browser does not need it. Line breaks stay, so words keep their spaces. */
const compactTemplates = {
  name: "compact-templates",
  enforce: "pre",
  transform(code, id) {
    return id.startsWith(path.join(here, "src")) ? { code: code.replace(/\n[ \t]+/g, "\n"), map: null } : null;
  },
};

/** Lit asks for a Trusted Types policy; a name of its own lets a strict host page allow exactly this widget. */
const ownTrustedTypesPolicy = {
  name: "own-trusted-types-policy",
  transform(code, id) {
    if (!id.includes("/lit-html/") || !code.includes("createPolicy(")) return null;
    const renamed = code.replace(/createPolicy\((["'])lit-html\1/g, 'createPolicy("what-now-chat"');
    if (renamed === code) throw new Error("lit-html names its Trusted Types policy differently now: change build.mjs");
    return { code: renamed, map: null };
  },
};

await rm(out, { recursive: true, force: true });

await build({
  ...common,
  plugins: [compactTemplates, ownTrustedTypesPolicy],
  build: {
    outDir: out,
    emptyOutDir: false,
    target,
    modulePreload: false,
    rollupOptions: {
      input: path.join(here, "src/panel.ts"),
      preserveEntrySignatures: "exports-only",
      output: { format: "es", entryFileNames: "panel-[hash].js" },
    },
  },
});
const panel = (await readdir(out)).find((name) => name.startsWith("panel-"));
if (!panel) throw new Error("the panel was not built");

await build({
  ...common,
  plugins: [compactTemplates],
  define: { ...common.define, __PANEL__: JSON.stringify(panel) },
  build: {
    outDir: out,
    emptyOutDir: false,
    target,
    modulePreload: false,
    lib: { entry: path.join(here, "src/loader.ts"), formats: ["iife"], name: "WhatNowChatLoader", fileName: () => "widget.js" },
  },
});

const files = {};
for (const name of ["widget.js", panel]) {
  const bytes = await readFile(path.join(out, name));
  files[name] = {
    bytes: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    integrity: `sha384-${createHash("sha384").update(bytes).digest("base64")}`,
  };
}
await writeFile(path.join(out, "manifest.json"), `${JSON.stringify({ version, loader: "widget.js", panel, files }, null, 2)}\n`);

await mkdir(vendor, { recursive: true });
for (const [file, name] of [
  ["htmx.org/dist/htmx.min.js", "htmx.min.js"],
  ["htmx-ext-sse/dist/sse.min.js", "sse.min.js"],
]) {
  await cp(path.join(here, "node_modules", file), path.join(vendor, name));
}

for (const [name, { bytes, gzip }] of Object.entries(files)) console.log(`${name}  ${bytes} bytes, ${gzip} gzip`);
