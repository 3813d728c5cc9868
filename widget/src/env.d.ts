/** The name of the panel's file. Filled in by build.mjs. */
declare const __PANEL__: string;
/** The files that are fetched when they are needed, by name: the languages and the menu. Filled in by build.mjs. */
declare const __PIECES__: Record<string, string>;
