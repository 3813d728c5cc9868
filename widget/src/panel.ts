import { LitElement, adoptStyles, html, nothing, type PropertyValues, unsafeCSS } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Message, Option } from "./chat/api";
import { Conversation } from "./chat/conversation";
import type { Pending } from "./chat/sending";
import { openStore } from "./chat/storage";
import { channelsOf } from "./chat/site";
import { Drawer } from "./drawer";
import { Fit } from "./fit";
import type { Lang } from "./languages/choose";
import { Place } from "./place";
import type { Host, Look, Settings } from "./settings";
import { Speaking } from "./speaking";
import { styles } from "./styles/index";
import { Unread } from "./unread";
import { consentView, type ConsentActions } from "./view/consent";
import { type FooterActions, footerView, poweredView } from "./view/footer";
import { headView } from "./view/head";
import { messageView, personView, type Choice, type Judging, type PendingActions } from "./view/message";
import { THINKING_LONG_MS, statusView, thinkingView } from "./view/status";
import { introView, welcomeView } from "./view/welcome";
import { Writing } from "./writing";

class WhatNowPanel extends LitElement {
  static override styles = styles;
  static override properties = { isOpen: { state: true }, confirming: { state: true }, moreBelow: { state: true } };

  declare isOpen: boolean;
  declare confirming: boolean;
  declare moreBelow: boolean;

  #settings!: Settings;
  #host!: Host;
  #conversation: Conversation | null = null;
  #spoken = false;
  #shownItems = 0;
  #atEnd = true;
  #speaking = new Speaking(() => this.requestUpdate());
  #unread = new Unread((count) => this.#host.unread(count));
  #place = new Place(() => this.#log, () => this.#dialog);
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
      this.#toEnd();
      this.#focusFirst();
    },
  });
  #fit = new Fit({
    dialog: () => this.#dialog,
    focused: () => (this.renderRoot as ShadowRoot).activeElement as HTMLElement | null,
    keepEnd: (change) => {
      const atEnd = this.#place.nearEnd;
      change();
      if (atEnd) this.#toEnd();
    },
    changed: () => this.requestUpdate(),
  });
  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.isOpen = false;
    this.confirming = false;
    this.moreBelow = false;
  }

  begin(settings: Settings, host: Host): void {
    this.#settings = settings;
    this.#host = host;
    const store = openStore(() => window.localStorage);
    const changed = (): void => {
      host.theme(conversation.gate.site.theme);
      this.requestUpdate();
    };
    const conversation = new Conversation(settings, store, changed, () => host.started());
    this.#conversation = conversation;
    window.addEventListener("storage", (event) => conversation.storageChanged(event.key));
    window.addEventListener("online", () => conversation.wake());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) conversation.wake();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) conversation.wake();
    });
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
      this.#toEnd();
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

  // --- reading position ---

  /** A first visit begins at the top, with what is kept and what the assistant is for. */
  #toEnd(): void {
    const chat = this.#conversation;
    if (!chat || chat.messages.length + chat.pending.length === 0) this.#place.toTop();
    else this.#place.toEnd();
    this.moreBelow = false;
  }

  protected override willUpdate(): void {
    this.#atEnd = this.#place.nearEnd;
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
    const items = chat.messages.length + chat.pending.length;
    if (items > this.#shownItems && this.isOpen) {
      const newest = chat.messages[chat.messages.length - 1];
      const own = chat.pending.length > 0 || newest?.sender === "person";
      if (own || this.#shownItems === 0) this.#toEnd();
      else if (this.#atEnd) this.#place.toMessage(chat.messages.find((message) => message.id > this.#unread.seen)?.id);
      else this.moreBelow = true;
    } else if (this.#atEnd && this.isOpen) {
      this.#toEnd();
    }
    this.#shownItems = items;
    if (this.isOpen) this.#unread.markSeen(chat, this.isOpen);
    else this.#unread.count(chat, false);
    this.#watchSlow();
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
    this.#shownItems = 0;
    this.moreBelow = false;
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
      grow: () => this.#writing.grow(),
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

  get #pending(): PendingActions {
    return { held: this.#conversation?.asking ?? false, edit: (entry) => this.#edit(entry), remove: (entry) => this.#remove(entry) };
  }

  #choice(message: Message): Choice {
    const chat = this.#conversation as Conversation;
    const after = chat.messages.slice(chat.messages.indexOf(message) + 1);
    const answer = after.find((other) => other.sender === "person")?.text ?? chat.pending.find((entry) => !entry.arrived && entry.state !== "refused")?.shown;
    const open = answer === undefined && chat.phase !== "ended" && chat.floor.speaker === "bot" && !after.some((other) => other.sender === "bot" && other.options.length > 0);
    return { open, chosen: answer ?? null, choose: (option) => this.#choose(option) };
  }

  #judging(message: Message): Judging {
    const chat = this.#conversation as Conversation;
    return { state: chat.judged.get(message.id), judge: (verdict, comment) => void chat.judge(message, verdict, comment) };
  }

  /** What was said, or what there is to say first. */
  #said(chat: Conversation) {
    const { texts } = this.#speaking;
    const how = { texts, server: this.#settings.server };
    const open = chat.pending.length === 0 && !chat.asking;
    return html`${introView(this.#settings, chat.gate.site, texts)}
      ${chat.phase === "loading" ? html`<p class="quiet">${texts.loading}</p>` : chat.messages.length === 0 ? welcomeView(this.#settings, open, (text) => this.#say(text), texts) : nothing}
      ${repeat(
        chat.items,
        (item) => ("sender" in item ? (chat.sentAs.get(item.id) ?? item.id) : item.client_id),
        (item) =>
          !("sender" in item)
            ? personView(item.shown, item, this.#pending, texts)
            : item.sender === "person"
              ? personView(item.text, null, this.#pending, texts)
              : messageView(item, this.#choice(item), this.#judging(item), how),
      )}
      ${thinkingView(chat, texts)}`;
  }

  protected override render() {
    const chat = this.#conversation;
    if (!chat) return nothing;
    const { texts } = this.#speaking;
    const { site } = chat.gate;
    const drawer = this.#drawer.open;
    const menu = site.languages.length > 1 || channelsOf(site.channels).length > 0;
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
        @scroll=${() => {
          if (this.moreBelow && this.#place.nearEnd) this.moreBelow = false;
        }}
      >${this.#said(chat)}</div>
      <div class="below" ?hidden=${!this.moreBelow || drawer}><button type="button" @click=${() => {
        this.#toEnd();
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
