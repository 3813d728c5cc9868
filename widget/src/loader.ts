/**
 * The small script a town's page embeds. It draws the button and nothing else; the chat itself is fetched when somebody opens it.
 * Nothing in here may throw into the page that hosts it.
 */
import { keepKeys } from "./button/keys";
import { icon, part } from "./button/parts";
import { css } from "./button/style";
import { LANGUAGES, type Lang, choose } from "./languages/choose";
import { type Words, words } from "./languages/words";
import { ATTRIBUTES, type Panel, type Settings, THEMES } from "./settings";

const NAME = "what-now-chat";
const SLOW_MS = 8000;
/** Where the language that a person chose is kept on this device. */
const CHOSEN = "what-now:lang";
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
/** The server's address, from the script's own: `…/widget.js`, or `…/widget/widget-….js` beside the panel. */
const home = script?.src ? new URL(".", script.src).href.replace(/\/widget\/$/, "/") : "";

class WhatNowChat extends HTMLElement {
  static observedAttributes = ["label", "lang", "theme", "scheme", "position", "title"];

  #root = this.attachShadow({ mode: "open" });
  #words = part("span", {});
  #count = part("span", { class: "count", hidden: "" });
  #button = part("button", { type: "button", class: "launcher", part: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false" }, icon(), this.#words, this.#count);
  #away = part("div", { class: "away", role: "alert", hidden: "" });
  #panel: Panel | null = null;
  #loading: Promise<Panel> | null = null;
  #tries = 0;
  #wanted = false;
  #busy = false;
  #unread = 0;
  /** What the page asked for; the attribute itself tells the language in use. */
  #asked: string | null = null;
  #chosen: string | null = null;
  #lang: Lang = "en";
  #offered: readonly Lang[] = LANGUAGES;
  #release: () => void = () => undefined;

  constructor() {
    super();
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      this.#root.adoptedStyleSheets = [sheet];
    } catch {
      this.#root.append(part("style", {}, css));
    }
    this.#root.append(this.#button, this.#away);
    this.#button.addEventListener("click", () => void this.open());
    this.#away.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#apologise(false);
    });
    for (const kind of ["keydown", "keypress", "keyup"]) this.addEventListener(kind, (event) => event.stopPropagation());
  }

  connectedCallback(): void {
    this.#release = keepKeys(this);
    this.#asked ??= this.getAttribute("lang");
    this.#chosen = this.#keep(() => localStorage.getItem(CHOSEN)) ?? null;
    this.#speak();
    // Somebody who waits for a colleague, or whose message could not be sent, is told on the next page too, without opening the chat.
    if (this.#unfinished()) this.#load().catch(() => undefined);
    this.#tell("ready");
  }

  disconnectedCallback(): void {
    this.#release();
  }

  attributeChangedCallback(name: string, _: string | null, value: string | null): void {
    if (name === "lang") {
      if (value === this.#lang && this.isConnected) return;
      this.#asked = value;
    } else if (name === "title" && value !== null) {
      // A title of the element would be a tooltip over the whole chat.
      this.setAttribute("data-title", value);
      this.removeAttribute("title");
    } else if (name === "theme" && (value === "light" || value === "dark")) {
      // As earlier versions had it.
      this.setAttribute("scheme", value);
      this.removeAttribute("theme");
    }
    if (this.isConnected) this.#speak();
  }

  get #settings(): Settings {
    const server = this.getAttribute("server");
    return {
      server: (server ? new URL(server, document.baseURI).href : home || new URL("/", document.baseURI).href).replace(/\/+$/, ""),
      municipality: this.getAttribute("municipality") || "gent",
      privacyUrl: this.getAttribute("privacy-url"),
      topic: this.getAttribute("topic"),
      title: this.getAttribute("data-title"),
      subtitle: this.getAttribute("subtitle"),
      welcome: this.getAttribute("welcome"),
      contactPhone: this.getAttribute("contact-phone"),
      contactUrl: this.getAttribute("contact-url"),
    };
  }

  get #said(): Words {
    return words[this.#lang];
  }

  /** Finds the language and the look, and shows both. */
  #speak(): void {
    const before = this.#lang;
    this.#lang = choose(this.#chosen, this.#asked, navigator.languages ?? [], document.documentElement.lang, this.#offered);
    if (this.lang !== this.#lang) this.lang = this.#lang;
    this.#words.textContent = this.#busy ? this.#said.opening : this.getAttribute("label") || this.#said.label;
    this.#showUnread();
    this.#panel?.wear(this.#look);
    if (before === this.#lang) return;
    this.#panel?.speak(this.#lang);
    this.#tell("language", this.#lang);
  }

  get #look() {
    return { theme: this.getAttribute("theme"), scheme: this.getAttribute("scheme"), position: this.getAttribute("position") };
  }

  #keep<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      return undefined;
    }
  }

  #unfinished(): boolean | undefined {
    return this.#keep(() => {
      const { server, municipality } = this.#settings;
      const key = `what-now:${server}:${municipality}`;
      if (/"waiting":true/.test(localStorage.getItem(key) ?? "")) return true;
      return Object.keys(localStorage).some((name) => name.startsWith(`${key}:send:`));
    });
  }

  /** Opens the chat; also for the host page to call. */
  async open(): Promise<void> {
    this.#wanted = true;
    this.#apologise(false, false);
    this.#wait(true);
    const slow = setTimeout(() => this.#apologise(true), SLOW_MS);
    try {
      const panel = await this.#load();
      if (!this.#wanted) return;
      this.#apologise(false, false);
      this.#button.hidden = true;
      this.#button.setAttribute("aria-expanded", "true");
      panel.show();
      this.#tell("open");
    } catch {
      if (this.#wanted) this.#apologise(true);
    } finally {
      clearTimeout(slow);
      this.#wait(false);
    }
  }

  /** Closes the chat; also for the host page to call. */
  close(): void {
    this.#wanted = false;
    this.#panel?.hide();
  }

  #wait(busy: boolean): void {
    this.#busy = busy;
    this.#button.setAttribute("aria-busy", String(busy));
    this.#speak();
  }

  #load(): Promise<Panel> {
    this.#loading ??= this.#fetch().catch((problem: unknown) => {
      this.#loading = null;
      throw problem;
    });
    return this.#loading;
  }

  async #fetch(): Promise<Panel> {
    const settings = this.#settings;
    // A browser may remember that a module could not be fetched, so each further try has an address of its own.
    const again = this.#tries++ ? `?try=${Date.now()}` : "";
    await import(/* @vite-ignore */ `${home || `${settings.server}/`}widget/${__PANEL__}${again}`);
    if (this.#panel) return this.#panel;
    const panel = document.createElement("what-now-panel") as Panel;
    if (typeof panel.begin !== "function") throw new Error("no panel");
    panel.wear(this.#look);
    panel.speak(this.#lang);
    panel.begin(settings, {
      closed: () => {
        this.#button.hidden = false;
        this.#button.setAttribute("aria-expanded", "false");
        this.#button.focus();
        this.#tell("close");
      },
      unread: (count) => {
        this.#unread = count;
        this.#showUnread();
        if (count > 0) this.#tell("unread", count);
      },
      started: () => this.#tell("started"),
      language: (lang) => {
        this.#chosen = lang;
        this.#keep(() => localStorage.setItem(CHOSEN, lang));
        this.#speak();
      },
      site: (theme, languages) => {
        if (!this.hasAttribute("theme") && THEMES.includes(theme)) this.setAttribute("theme", theme);
        this.#offered = languages;
        this.#speak();
      },
    });
    this.#root.append(panel);
    this.#panel = panel;
    return panel;
  }

  #showUnread(): void {
    const count = this.#unread > 0 ? String(this.#unread) : "";
    this.#count.hidden = !count;
    this.#count.replaceChildren(part("span", { "aria-hidden": "true" }, count));
    this.#count.setAttribute("role", "img");
    this.#count.setAttribute("aria-label", this.#said[this.#unread === 1 ? "one" : "many"].replace("{count}", count));
  }

  #apologise(show: boolean, focus = true): void {
    const shown = !this.#away.hidden;
    this.#button.hidden = show;
    this.#away.hidden = !show;
    if (!show) {
      this.#away.replaceChildren();
      if (shown && focus) {
        this.#wanted = false;
        this.#button.focus();
      }
      return;
    }
    const retry = part("button", { type: "button" }, this.#said.retry);
    const close = part("button", { type: "button" }, this.#said.close);
    retry.addEventListener("click", () => {
      this.#loading = null;
      this.#button.hidden = false;
      this.#button.focus();
      void this.open();
    });
    close.addEventListener("click", () => this.#apologise(false));
    this.#away.replaceChildren(part("p", {}, this.#said.away), part("p", {}, this.#said.emergency), retry, close);
    retry.focus();
  }

  /** Tells the page; with a dash as well, which is what earlier versions told. */
  #tell(what: string, detail: unknown = null): void {
    for (const name of [`what-now:${what}`, `what-now-${what}`]) this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

/** Below a body that is moved, enlarged or filtered as a whole, nothing can stand in the corner of the window: then beside it. */
function parent(): HTMLElement {
  const { transform, filter, zoom, perspective } = getComputedStyle(document.body);
  const plain = [transform, filter, perspective].every((value) => !value || value === "none") && (!zoom || Number(zoom) === 1);
  return plain ? document.body : document.documentElement;
}

function insert(): void {
  if (script?.hasAttribute("data-manual") || document.querySelector(NAME)) return;
  const element = document.createElement(NAME);
  for (const name of ATTRIBUTES) {
    const value = script?.getAttribute(`data-${name}`);
    if (value != null) element.setAttribute(name, value);
  }
  parent().append(element);
}

try {
  if (!customElements.get(NAME)) {
    customElements.define(NAME, WhatNowChat);
    if (document.body) insert();
    else document.addEventListener("DOMContentLoaded", insert);
  }
} catch {
  // An old browser or a page that forbids it: the page stays as it was.
}
