import type { html as htmlTag, nothing as nothingSign, TemplateResult } from "lit";
import type { Errands } from "../chat/errands";
import type { Site } from "../chat/site";
import type { Texts } from "../languages/en";
import type { Lang } from "../languages/choose";

/** What the menu works with. It is handed everything, for a piece that is fetched later imports nothing. */
export interface Kit {
  html: typeof htmlTag;
  nothing: typeof nothingSign;
  fill: (text: string, values: Record<string, string | number>) => string;
  link: (url: string, words: string) => TemplateResult;
  safeUrl: (address: unknown) => string | null;
  time: (value: string) => string;
  names: Record<Lang, string>;
  errands: Errands;
  /** What may be another one at the next drawing. */
  now: () => { texts: Texts; site: Site; lang: Lang; trouble: string };
  /** There is a chat that a code would replace. */
  used: () => boolean;
  choose: (lang: Lang) => void;
  /** Back to the chat. */
  back: () => void;
  /** Draws again; the focus goes to the first heading when the page is another one. */
  changed: (page: boolean) => void;
}

export type Page = "menu" | "code" | "enter" | "data";

/** The menu as the panel uses it. */
export interface Menu {
  view: () => TemplateResult;
  /** One page back; false when there is none. */
  up: () => boolean;
}
export interface MenuPiece {
  css: string;
  makeMenu: (kit: Kit, page: Page) => Menu;
}
