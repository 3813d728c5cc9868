import { LitElement, html, nothing, type PropertyValues } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Message, Option } from "./chat/api";
import { Conversation } from "./chat/conversation";
import type { Pending } from "./chat/sending";
import { openStore } from "./chat/storage";
import { Fit } from "./fit";
import { Place } from "./place";
import type { Settings } from "./settings";
import { styles } from "./styles/index";
import { Unread } from "./unread";
import { type FooterActions, footerView } from "./view/footer";
import { messageView, personView, type Choice, type Judging, type PendingActions } from "./view/message";
import { THINKING_LONG_MS, statusView, thinkingView } from "./view/status";
import { english } from "./view/texts";
import { introView, welcomeView } from "./view/welcome";

class WhatNowPanel extends LitElement {
  static override styles = styles;
  static override properties = { isOpen: { state: true }, confirming: { state: true }, moreBelow: { state: true } };

  declare isOpen: boolean;
  declare confirming: boolean;
  declare moreBelow: boolean;

  #texts = english;
  #settings!: Settings;
  #conversation: Conversation | null = null;
  #returnFocus: () => void = () => undefined;
  #spoken = false;
  #shownItems = 0;
  #unread = new Unread((count) => this.dispatchEvent(new CustomEvent("unread", { detail: count })));
  #place = new Place(() => this.#log, () => this.#dialog);
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

  begin(settings: Settings, returnFocus: () => void): void {
    this.#settings = settings;
    this.#returnFocus = returnFocus;
    const store = openStore(() => window.localStorage);
    const conversation = new Conversation(settings, store, () => this.requestUpdate());
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

  /** The page's theme and position, which the loader's element carries. */
  override connectedCallback(): void {
    super.connectedCallback();
    const root = this.getRootNode();
    if (root instanceof ShadowRoot) {
      for (const name of ["theme", "position"]) {
        const value = root.host.getAttribute(name);
        if (value) this.setAttribute(name, value);
      }
    }
  }

  show(): void {
    this.isOpen = true;
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
    this.#dialog?.close();
    this.#unread.markSeen(this.#conversation, this.isOpen);
    this.#returnFocus();
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }
  get #log(): HTMLElement | null {
    return this.renderRoot.querySelector(".log");
  }
  get #input(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector(".foot textarea");
  }

  /** On a touch screen the keyboard would at once cover what there is to read. */
  #focusFirst(): void {
    const touch = window.matchMedia("(pointer: coarse)").matches;
    const input = this.#input;
    if (touch || !input) this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
    else input.focus();
  }

  // --- reading position ---

  /** A first visit begins at the top, with what is kept and what the assistant is for. */
  #toEnd(): void {
    const chat = this.#conversation;
    if (!chat || chat.messages.length + chat.pending.length === 0) this.#place.toTop();
    else this.#place.toEnd();
    this.moreBelow = false;
  }

  #atEnd = true;

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
    if (this.isOpen) this.#unread.markSeen(this.#conversation, this.isOpen);
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
    const input = this.#input;
    if (!input || !this.#conversation) return;
    const text = input.value.trim();
    if (text !== "") {
      this.#conversation.send({ text }, text);
      input.value = "";
      this.#grow();
    }
    input.focus();
  }

  #say(text: string): void {
    this.#conversation?.send({ text }, text);
  }

  #choose(option: Option): void {
    if (option.payload) this.#conversation?.send({ payload: option.payload }, option.title);
    else this.#say(option.title);
  }

  #grow(): void {
    const input = this.#input;
    if (!input) return;
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight + 2, 160)}px`;
  }

  #keys(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    if (this.confirming) this.#unconfirm();
    else this.hide();
  }

  #typed(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.#submit(event);
  }

  async #confirm(): Promise<void> {
    this.confirming = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".confirm button:last-child")?.focus();
  }

  async #unconfirm(): Promise<void> {
    this.confirming = false;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".again")?.focus();
  }

  async #restart(): Promise<void> {
    const draft = this.#input?.value ?? "";
    const unsent = this.#conversation?.restart() ?? "";
    this.confirming = false;
    this.#unread.seen = 0;
    this.#shownItems = 0;
    this.moreBelow = false;
    await this.updateComplete;
    const input = this.#input;
    if (!input) return;
    input.value = draft || unsent;
    this.#grow();
    input.focus();
  }

  async #edit(entry: Pending): Promise<void> {
    this.#conversation?.discard(entry);
    await this.updateComplete;
    const input = this.#input;
    if (!input) return;
    input.value = [input.value.trim(), entry.shown].filter(Boolean).join("\n");
    this.#grow();
    input.focus();
  }

  async #remove(entry: Pending): Promise<void> {
    this.#conversation?.discard(entry);
    await this.updateComplete;
    this.#input?.focus();
  }

  async #readBelow(): Promise<void> {
    this.#toEnd();
    await this.updateComplete;
    this.#log?.focus();
  }

  // --- drawing ---

  #footer: FooterActions = {
    submit: (event) => this.#submit(event),
    typed: (event) => this.#typed(event),
    grow: () => this.#grow(),
    say: (text) => this.#say(text),
    confirm: () => void this.#confirm(),
    unconfirm: () => void this.#unconfirm(),
    restart: () => void this.#restart(),
  };

  #pending: PendingActions = { edit: (entry) => void this.#edit(entry), remove: (entry) => void this.#remove(entry) };

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

  protected override render() {
    const chat = this.#conversation;
    if (!chat) return nothing;
    const texts = this.#texts;
    const how = { texts, server: this.#settings.server };
    return html`<dialog
      class=${this.#fit.full ? "full" : ""}
      lang="en"
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
      <div class="head">
        <div>
          <h2 id="title" tabindex="-1">${texts.title}</h2>
          <span class="small subtitle">${texts.subtitle}</span>
        </div>
        <button type="button" class="close" aria-label=${texts.close} @click=${() => this.hide()}>
          <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18" /></svg>
        </button>
      </div>
      ${statusView(chat, texts)}
      <div class="log" tabindex="0" role="log" aria-label=${texts.conversation} aria-live=${this.#spoken ? "polite" : "off"} aria-relevant="additions"
        @scroll=${() => {
          if (this.moreBelow && this.#place.nearEnd) this.moreBelow = false;
        }}
      >
        ${introView(this.#settings.privacyUrl, texts)}
        ${chat.phase === "loading" ? html`<p class="quiet">${texts.loading}</p>` : chat.messages.length === 0 ? welcomeView(chat.pending.length === 0, (text) => this.#say(text), texts) : nothing}
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
        ${thinkingView(chat, texts)}
      </div>
      <div class="below" ?hidden=${!this.moreBelow}><button type="button" @click=${() => this.#readBelow()}>${texts.newMessages}</button></div>
      <div class="foot">${footerView(chat, this.confirming, this.#footer, texts)}</div>
    </dialog>`;
  }
}

if (!customElements.get("what-now-panel")) customElements.define("what-now-panel", WhatNowPanel);
