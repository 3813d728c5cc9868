import { LitElement, adoptStyles, html, nothing, type PropertyValues, unsafeCSS } from "lit";
import type { Option } from "./chat/api";
import { Conversation } from "./chat/conversation";
import type { Pending } from "./chat/sending";
import { openStore } from "./chat/storage";
import { type Site, channelsOf } from "./chat/site";
import { Drawer } from "./drawer";
import { Fit } from "./fit";
import type { Lang } from "./languages/choose";
import { followPage } from "./page";
import { Place } from "./place";
import { Reading } from "./reading";
import type { Host, Look, Settings } from "./settings";
import { Speaking } from "./speaking";
import { styles } from "./styles/index";
import { Unread } from "./unread";
import { consentView, type ConsentActions } from "./view/consent";
import { type FooterActions, footerView, poweredView } from "./view/footer";
import { headView } from "./view/head";
import { type LogActions, logView } from "./view/log";
import { THINKING_LONG_MS, statusView } from "./view/status";
import { Writing } from "./writing";

class WhatNowPanel extends LitElement {
  static override styles = styles;
  static override properties = { isOpen: { state: true }, confirming: { state: true } };

  declare isOpen: boolean;
  declare confirming: boolean;

  #settings!: Settings;
  #host!: Host;
  #conversation: Conversation | null = null;
  /** The last that the loader was told of what the municipality wants. */
  #told: Site | null = null;
  /** What stands in place of the input. */
  #instead = "";
  /** The focus was at the input, or at a button below it, before this drawing. */
  #inFoot = false;
  #spoken = false;
  #speaking = new Speaking(() => this.requestUpdate());
  #unread = new Unread((count) => this.#host.unread(count));
  #reading = new Reading(new Place(() => this.#log, () => this.#dialog), () => this.#conversation, () => this.requestUpdate());
  #writing = new Writing(() => this.renderRoot.querySelector<HTMLTextAreaElement>(".foot textarea"), () => this.updateComplete);
  #drawer = new Drawer({
    chat: () => this.#conversation as Conversation,
    speaking: this.#speaking,
    choose: (lang) => {
      this.#host.language(lang);
      this.#speaking.again();
    },
    changed: () => this.requestUpdate(),
    focus: (selector) => void this.#focus(selector),
    dress: (css) => adoptStyles(this.renderRoot as ShadowRoot, [...styles, unsafeCSS(css)]),
    closed: () => {
      this.#reading.toEnd();
      this.#focusFirst();
    },
  });
  #fit = new Fit({
    dialog: () => this.#dialog,
    focused: () => (this.renderRoot as ShadowRoot).activeElement as HTMLElement | null,
    keepEnd: (change) => {
      const atEnd = this.#reading.place.nearEnd;
      change();
      if (atEnd) this.#reading.toEnd();
    },
    changed: () => this.requestUpdate(),
  });
  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.isOpen = false;
    this.confirming = false;
  }

  begin(settings: Settings, host: Host): void {
    this.#settings = settings;
    this.#host = host;
    const store = openStore(() => window.localStorage);
    const changed = (): void => {
      const { site } = conversation.gate;
      if (site !== this.#told) host.site(site.theme, site.languages);
      this.#told = site;
      this.requestUpdate();
    };
    const conversation = new Conversation(settings, store, changed, () => host.started());
    this.#conversation = conversation;
    followPage(conversation);
    this.#fit.watch();
    conversation.start();
  }

  wear(look: Look): void {
    for (const [name, value] of Object.entries(look) as [string, string | null][]) {
      if (value) this.setAttribute(name, value);
      else this.removeAttribute(name);
    }
  }

  speak(lang: Lang): void {
    void this.#speaking.speak(lang);
  }

  show(): void {
    this.isOpen = true;
    void this.#conversation?.gate.load();
    this.#speaking.again();
    void this.updateComplete.then(() => {
      const dialog = this.#dialog;
      if (!dialog || dialog.open) return;
      this.#fit.open(dialog);
      this.#reading.toEnd();
      this.#unread.markSeen(this.#conversation, this.isOpen);
      this.#focusFirst();
    });
  }

  hide(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.confirming = false;
    this.#drawer.reset();
    this.#dialog?.close();
    this.#unread.markSeen(this.#conversation, this.isOpen);
    this.#host.closed();
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }
  get #log(): HTMLElement | null {
    return this.renderRoot.querySelector(".log");
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  /** On a touch screen the keyboard would at once cover what there is to read. */
  #focusFirst(): void {
    const touch = window.matchMedia("(pointer: coarse)").matches;
    const chat = this.#conversation;
    if (this.#drawer.open) void this.#focus(".sheet h3");
    else void this.#focus(touch || chat?.asking || chat?.phase === "ended" ? "h2" : ".foot textarea");
  }

  protected override willUpdate(): void {
    this.#reading.before();
    this.#inFoot = Boolean((this.renderRoot as ShadowRoot).activeElement?.closest(".foot"));
  }

  protected override updated(_changed: PropertyValues): void {
    const chat = this.#conversation;
    if (!chat || !this.#log) return;
    // A page's own history is not news: the live region starts to speak once it is in place.
    if (!this.#spoken && (chat.phase === "new" || chat.phase === "ready")) {
      setTimeout(() => {
        this.#spoken = true;
        this.requestUpdate();
      }, 100);
    }
    this.#keepFocus(chat);
    this.#reading.after(chat, this.isOpen, this.#unread.seen);
    if (this.isOpen) this.#unread.markSeen(chat, this.isOpen);
    else this.#unread.count(chat, false);
    this.#watchSlow();
  }

  /** Where the input gives way to something else, the focus that was in it goes there. */
  #keepFocus(chat: Conversation): void {
    const instead = chat.asking ? "#asked" : chat.phase === "ended" ? ".foot .again" : "";
    const moved = instead !== this.#instead && instead !== "" && this.isOpen && !this.#drawer.open;
    this.#instead = instead;
    if (moved && this.#inFoot) void this.#focus(instead);
  }

  /** Draws again when the wait becomes a long one. */
  #watchSlow(): void {
    clearTimeout(this.#slowTimer);
    const since = this.#conversation?.awaitingSince;
    if (since == null) return;
    const left = THINKING_LONG_MS - (Date.now() - since);
    if (left > 0) this.#slowTimer = setTimeout(() => this.requestUpdate(), left + 50);
  }

  // --- what a person does ---

  #submit(event?: Event): void {
    event?.preventDefault();
    const text = this.#writing.take();
    if (text !== "") this.#say(text);
  }

  #say(text: string): void {
    this.#conversation?.send({ text }, text);
  }

  #choose(option: Option): void {
    if (option.payload) this.#conversation?.send({ payload: option.payload }, option.title);
    else this.#say(option.title);
  }

  #keys(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    if (this.confirming) this.#unconfirm();
    else if (this.#drawer.open) this.#drawer.up();
    else this.hide();
  }

  #typed(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.#submit(event);
  }

  #unconfirm(): void {
    this.confirming = false;
    void this.#focus(".again");
  }

  #restart(): void {
    const draft = this.#writing.text;
    const unsent = this.#conversation?.restart() ?? "";
    this.confirming = false;
    this.#unread.seen = 0;
    this.#reading.restart();
    void this.#writing.put(draft || unsent).then(() => {
      if (this.#conversation?.asking) void this.#focus("#asked");
    });
  }

  #edit(entry: Pending): void {
    this.#conversation?.discard(entry);
    void this.#writing.put([this.#writing.text.trim(), entry.shown].filter(Boolean).join("\n"));
  }

  #remove(entry: Pending): void {
    this.#conversation?.discard(entry);
    void this.#focus(".foot textarea");
  }

  // --- drawing ---

  get #footer(): FooterActions {
    const channels = this.#conversation ? channelsOf(this.#conversation.gate.site.channels) : [];
    return {
      submit: (event) => this.#submit(event),
      typed: (event) => this.#typed(event),
      grow: () => {
        this.#writing.grow();
        if (this.#writing.text.trim() !== "") this.#conversation?.types();
      },
      say: (text) => this.#say(text),
      confirm: () => {
        this.confirming = true;
        void this.#focus(".confirm button:last-child");
      },
      unconfirm: () => this.#unconfirm(),
      restart: () => this.#restart(),
      enter: channels.length > 0 ? () => void this.#drawer.show("enter") : null,
    };
  }

  #consent: ConsentActions = {
    agree: () => {
      this.#conversation?.gate.agree();
      void this.#focus(".foot textarea");
    },
    decline: () => {
      void this.#writing.put([this.#writing.text, this.#conversation?.decline()].filter(Boolean).join("\n"), false);
      void this.#focus("#asked");
    },
    reconsider: () => {
      this.#conversation?.gate.reconsider();
      void this.#focus("#asked");
    },
  };

  get #logActions(): LogActions {
    return {
      say: (text) => this.#say(text),
      choose: (option) => this.#choose(option),
      pending: { held: this.#conversation?.asking ?? false, edit: (entry) => this.#edit(entry), remove: (entry) => this.#remove(entry) },
    };
  }

  protected override render() {
    const chat = this.#conversation;
    if (!chat) return nothing;
    const { texts } = this.#speaking;
    const { site } = chat.gate;
    const drawer = this.#drawer.open;
    const menu = site.languages.length > 1 || channelsOf(site.channels).length > 0 || chat.errands.possible || drawer;
    return html`<dialog
      class=${this.#fit.full ? "full" : ""}
      lang=${texts.lang}
      dir=${texts.dir}
      aria-labelledby="title"
      @keydown=${(event: KeyboardEvent) => this.#keys(event)}
      @cancel=${(event: Event) => {
        event.preventDefault();
        this.hide();
      }}
      @close=${() => {
        if (!this.#fit.switching) this.hide();
      }}
    >
      ${headView(this.#settings, menu ? { open: drawer, toggle: () => void this.#drawer.toggle() } : null, () => this.hide(), texts)} ${statusView(chat, texts)}
      ${drawer ? this.#drawer.view() : nothing}
      <div class="log" tabindex="0" role="log" aria-label=${texts.conversation} aria-live=${this.#spoken ? "polite" : "off"} aria-relevant="additions" ?hidden=${drawer}
        @scroll=${() => this.#reading.scrolled()}
      >${logView(chat, this.#settings, this.#logActions, texts)}</div>
      <div class="below" ?hidden=${!this.#reading.moreBelow || drawer}><button type="button" @click=${() => {
        this.#reading.toEnd();
        void this.#focus(".log");
      }}>${texts.newMessages}</button></div>
      <div class="foot" ?hidden=${drawer}>
        ${footerView(chat, this.confirming, chat.asking ? consentView(chat.gate, this.#settings, this.#consent, texts) : nothing, this.#footer, texts)}
        ${poweredView(site, texts)}
      </div>
    </dialog>`;
  }
}

if (!customElements.get("what-now-panel")) customElements.define("what-now-panel", WhatNowPanel);
