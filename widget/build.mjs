// Builds the widget into channels/web/static/widget/ and copies the desk's browser libraries to desk/static/vendor/.
//
// What leaves here for the browser: `widget.js`, a small classic script that draws only the launcher, also as `widget-<hash>.js` to be
// pinned; `panel-<hash>.js`, a module that is fetched when somebody opens the chat; and pieces that not everybody needs, the languages and
// the menu. `manifest.json` names them with their sizes and the integrity value a web master may pin. The loader names its panel and the panel
// its pieces by hash, so one version of the loader always leads to one version of everything.
import { createHash } from "node:crypto";
import { copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
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
/** All of them know private fields and methods. */
const target = ["chrome94", "edge94", "firefox98", "safari15.4"];

/** Templates and style sheets are indented for people; the browser does not need it. Line breaks stay, so words keep their spaces. */
const compactTemplates = {
  name: "compact-templates",
  enforce: "pre",
  transform(code, id) {
    return id.startsWith(path.join(here, "src")) ? { code: code.replace(/\n[ \t]+/g, "\n"), map: null } : null;
  },
};

/** The same for style sheets, where no space and no line break counts but between words. */
const compactStyles = {
  name: "compact-styles",
  enforce: "pre",
  transform(code, id) {
    if (!id.startsWith(path.join(here, "src"))) return null;
    const smaller = (css) =>
      css
        .replace(/\/\*.*?\*\//gs, "")
        .replace(/\s+/g, " ")
        .replace(/ ?([{};]) ?/g, "$1")
        .replace(/([:,>]) /g, "$1")
        .replace(/;}/g, "}");
    return { code: code.replace(/css(?: = )?`([^`]*)`/g, (whole, css) => whole.replace(css, () => smaller(css))), map: null };
  },
};

/**
 * Private members become plain ones with a short name. The oldest of the browsers trip over private fields with a value, and the usual
 * replacement by weak maps costs a kilobyte. The checks of types keep them private.
 */
const MEMBER = /^([ \t]+(?:(?:static|readonly|async|get|set) )*)#([a-z]\w*)(?=\s*[(=:;!?<])/gim;
const sources = (await readdir(path.join(here, "src"), { recursive: true })).filter((name) => name.endsWith(".ts") && !name.includes("styles"));
const texts = await Promise.all(sources.map((name) => readFile(path.join(here, "src", name), "utf8")));
const privates = [...new Set(texts.flatMap((text) => [...text.matchAll(MEMBER)].map(([, , name]) => name)))].sort();
const short = (name) => `_${privates.indexOf(name).toString(36)}`;
const plainPrivates = {
  name: "plain-privates",
  enforce: "pre",
  transform(code, id) {
    if (!id.startsWith(path.join(here, "src")) || id.includes("/styles/")) return null;
    const members = code.replace(MEMBER, (_, before, name) => before + short(name));
    const uses = members.replace(/\.#([a-z]\w*)/gi, (whole, name) => (privates.includes(name) ? `.${short(name)}` : whole));
    return { code: uses, map: null };
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

/** Host pages of another age overwrite `Element.prototype.remove`; Lit then leaves in place what it means to take away. */
const ownRemove = {
  name: "own-remove",
  transform(code, id) {
    if (!id.includes("/lit-html/lit-html.js")) return null;
    const changed = code.replace(/(\w+\(\w+\))\.remove\(\),(\w+)=(\w+)/, "$1.parentNode.removeChild($2),$2=$3");
    if (changed === code) throw new Error("lit-html removes elements differently now: change build.mjs");
    return { code: changed, map: null };
  },
};

const PIECES = { nl: "src/languages/nl.ts", fr: "src/languages/fr.ts", de: "src/languages/de.ts", es: "src/languages/es.ts", menu: "src/menu/menu.ts" };

/** Builds modules into files with a hash in their name; gives the file of each. */
async function modules(input, define = {}) {
  await build({
    ...common,
    define: { ...common.define, ...define },
    plugins: [plainPrivates, compactStyles, compactTemplates, ownTrustedTypesPolicy, ownRemove],
    build: {
      outDir: out,
      emptyOutDir: false,
      target,
      modulePreload: false,
      rollupOptions: {
        input: Object.fromEntries(Object.entries(input).map(([name, file]) => [name, path.join(here, file)])),
        preserveEntrySignatures: "exports-only",
        output: { format: "es", entryFileNames: "[name]-[hash].js", chunkFileNames: "shared-[hash].js" },
      },
    },
  });
  const built = await readdir(out);
  if (built.some((name) => name.startsWith("shared-"))) throw new Error("a piece must import nothing that another one imports too");
  return Object.fromEntries(
    Object.keys(input).map((name) => {
      const file = built.find((one) => one.startsWith(`${name}-`));
      if (!file) throw new Error(`${name} was not built`);
      return [name, file];
    }),
  );
}

await rm(out, { recursive: true, force: true });

const pieces = await modules(PIECES);
const { panel } = await modules({ panel: "src/panel.ts" }, { __PIECES__: JSON.stringify(pieces) });

await build({
  ...common,
  plugins: [plainPrivates, compactStyles, compactTemplates],
  define: { ...common.define, __PANEL__: JSON.stringify(panel) },
  build: {
    outDir: out,
    emptyOutDir: false,
    target,
    modulePreload: false,
    lib: { entry: path.join(here, "src/loader.ts"), formats: ["iife"], name: "WhatNowChatLoader", fileName: () => "widget.js" },
  },
});
const fingerprint = createHash("sha256").update(await readFile(path.join(out, "widget.js"))).digest("hex").slice(0, 8);
const pinned = `widget-${fingerprint}.js`;
await copyFile(path.join(out, "widget.js"), path.join(out, pinned));

const files = {};
for (const name of ["widget.js", pinned, panel, ...Object.values(pieces)]) {
  const bytes = await readFile(path.join(out, name));
  files[name] = {
    bytes: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    integrity: `sha384-${createHash("sha384").update(bytes).digest("base64")}`,
  };
}
const manifest = { version, loader: "widget.js", pinned, panel, pieces, files };
await writeFile(path.join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

await mkdir(vendor, { recursive: true });
for (const [file, name] of [
  ["htmx.org/dist/htmx.min.js", "htmx.min.js"],
  ["htmx-ext-sse/dist/sse.min.js", "sse.min.js"],
]) {
  await cp(path.join(here, "node_modules", file), path.join(vendor, name));
}

for (const [name, { bytes, gzip }] of Object.entries(files)) console.log(`${name}  ${bytes} bytes, ${gzip} gzip`);
