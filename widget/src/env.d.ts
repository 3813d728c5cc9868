/** The name of the panel's file. Filled in by build.mjs. */
declare const __PANEL__: string;
