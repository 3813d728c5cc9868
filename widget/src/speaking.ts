import { type Lang, known } from "./languages/choose";
import { type Texts, english } from "./languages/en";
import { piece } from "./pieces";

/** What each language calls itself. */
export const NAMES: Record<Lang, string> = { en: "English", nl: "Nederlands", fr: "Français", de: "Deutsch", es: "Español" };

/** The words in the language that is wanted; the ones before it until they are fetched, and when they cannot be. */
export class Speaking {
  texts: Texts = english;
  /** The last language that was asked for could not be had. */
  failed = false;
  #wanted: Lang = "en";

  constructor(readonly changed: () => void) {}

  get lang(): Lang {
    return known(this.texts.lang) ?? "en";
  }

  async speak(lang: Lang): Promise<void> {
    this.#wanted = lang;
    this.failed = false;
    let texts: Texts | null = english;
    try {
      if (lang !== "en") ({ texts } = await piece<{ texts: Texts }>(lang));
    } catch {
      texts = null;
    }
    if (this.#wanted !== lang) return;
    if (texts) this.texts = texts;
    this.failed = texts === null;
    this.changed();
  }

  /** Asks again for a language that could not be had. */
  again(): void {
    if (this.failed) void this.speak(this.#wanted);
  }
}
