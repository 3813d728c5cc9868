/** The languages of the interface, in the order in which they are offered. The answers are English in all of them. */
export const LANGUAGES = ["en", "nl", "fr", "de", "es"] as const;
export type Lang = (typeof LANGUAGES)[number];

/** The supported language that a tag such as `nl-BE` means. */
export function known(tag: string | null | undefined): Lang | undefined {
  const [primary] = (tag ?? "").toLowerCase().split(/[-_]/);
  return LANGUAGES.find((lang) => lang === primary);
}

/**
 * The language to speak: the person's own choice, then the page's setting; `auto` means the first of the browser's languages that
 * is there, then the page's own. English when nothing fits.
 */
export function choose(chosen: string | null, setting: string | null, browser: readonly string[], page: string): Lang {
  const found = known(chosen) ?? known(setting);
  if (found || setting !== "auto") return found ?? "en";
  for (const tag of [...browser, page]) {
    const lang = known(tag);
    if (lang) return lang;
  }
  return "en";
}
