/** Where the panel is, relative to the loader's address. Filled in by build.mjs. */
declare const __PANEL__: string;
/** The version in package.json. Filled in by build.mjs. */
declare const __VERSION__: string;
