import { html, nothing, type TemplateResult } from "lit";
import type { Conversation } from "./chat/conversation";
import { fill } from "./languages/fill";
import type { Lang } from "./languages/choose";
import type { Kit, Menu, MenuPiece, Page } from "./menu/kit";
import { piece } from "./pieces";
import { NAMES, type Speaking } from "./speaking";
import { formatTime, safeUrl } from "./view/markup";
import { newTab } from "./view/sources";

/** What the drawer asks of the panel, and tells it. */
export interface Around {
  chat: () => Conversation;
  speaking: Speaking;
  choose: (lang: Lang) => void;
  changed: () => void;
  focus: (selector: string) => void;
  /** Adds a style sheet. */
  dress: (css: string) => void;
  closed: () => void;
}

/** The place in the panel where the menu stands instead of the messages. What it shows is fetched when it is opened. */
export class Drawer {
  open = false;
  #menu: Menu | null = null;
  #failed = false;
  #page: Page = "menu";
  #messages = 0;

  constructor(readonly around: Around) {}

  toggle(): void {
    if (this.open) this.close();
    else void this.show("menu");
  }

  async show(page: Page): Promise<void> {
    this.open = true;
    this.#page = page;
    this.#menu = null;
    this.#failed = false;
    this.#messages = this.around.chat().messages.length;
    this.around.changed();
    this.around.focus(".sheet h3");
    try {
      const { css, makeMenu } = await piece<MenuPiece>("menu");
      if (!this.open) return;
      this.around.dress(css);
      this.#menu = makeMenu(this.#kit(), page);
    } catch {
      this.#failed = true;
    }
    this.around.changed();
    this.around.focus(".sheet h3");
  }

  /** One page back, or back to the chat. */
  up(): void {
    if (!this.#menu?.up()) this.close();
  }

  close(): void {
    this.reset();
    this.around.changed();
    this.around.closed();
  }

  /** Without a word: the whole panel is closing. */
  reset(): void {
    this.open = false;
    this.#menu = null;
  }

  view(): TemplateResult {
    const { texts } = this.around.speaking;
    const news = this.around.chat().messages.length > this.#messages;
    return html`${this.#menu
      ? this.#menu.view()
      : html`<div class="sheet">
          <button type="button" class="back" @click=${() => this.close()}>${texts.back}</button>
          <h3 tabindex="-1">${texts.menu}</h3>
          <p role="status">${this.#failed ? texts.menuFailed : texts.menuLoading}</p>
          ${this.#failed ? html`<button type="button" class="main" @click=${() => void this.show(this.#page)}>${texts.tryNow}</button>` : nothing}
        </div>`}
      <p class="news" role="status">${news ? html`<button type="button" @click=${() => this.close()}>${texts.newMessages}</button>` : nothing}</p>`;
  }

  #kit(): Kit {
    const { chat, speaking, choose, changed, focus } = this.around;
    return {
      html,
      nothing,
      fill,
      link: (url, words) => newTab(url, words, speaking.texts),
      safeUrl,
      time: (value) => formatTime(value, speaking.texts.locale),
      names: NAMES,
      errands: chat().errands,
      now: () => ({ texts: speaking.texts, site: chat().gate.site, lang: speaking.lang, trouble: speaking.failed ? speaking.texts.languageFailed : "" }),
      used: () => chat().messages.length > 0,
      choose,
      back: () => this.close(),
      changed: (page) => {
        changed();
        if (page) focus(".sheet h3");
      },
    };
  }
}
