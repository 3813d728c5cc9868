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
 * is there, then the page's own. English when nothing fits. Of what is not `offered` nothing fits, and then it is the first that is.
 */
export function choose(
  chosen: string | null,
  setting: string | null,
  browser: readonly string[],
  page: string,
  offered: readonly Lang[] = LANGUAGES,
): Lang {
  const wanted = [chosen, ...(setting === "auto" ? [...browser, page] : [setting ?? "en"])];
  for (const tag of wanted) {
    const lang = known(tag);
    if (lang && offered.includes(lang)) return lang;
  }
  return offered[0] ?? "en";
}
