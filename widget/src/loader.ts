/**
 * The small script a town's page embeds. It draws the button and nothing else; the chat itself is fetched when somebody opens it.
 * Nothing in here may throw into the page that hosts it.
 */
import { ATTRIBUTES, type Settings } from "./settings";

interface Panel extends HTMLElement {
  begin(settings: Settings, returnFocus: () => void): void;
  show(): void;
  hide(): void;
  readonly isOpen: boolean;
}

const NAME = "what-now-chat";
const SLOW_MS = 8000;
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
/** The server's address, from the script's own: `…/widget.js`, or `…/widget/widget.js` beside the panel. */
const home = script?.src ? new URL(".", script.src).href.replace(/\/widget\/$/, "/") : "";

const texts = {
  label: "What now? Ask us",
  opening: "Opening…",
  unread: (count: number) => `${count} new ${count === 1 ? "message" : "messages"}`,
  away: "Sorry, the assistant cannot be reached right now. Please try again in a moment.",
  emergency: "In an emergency, call 112.",
  retry: "Try again",
  close: "Close",
};

const css = `
:host {
  all: initial !important;
  position: fixed !important;
  inset-block: auto var(--what-now-bottom, 16px) !important;
  inset-inline: auto var(--what-now-side, 16px) !important;
  z-index: var(--what-now-layer, 2147483000) !important;
  display: block !important;
  direction: ltr !important;
  font: medium/1.5 var(--what-now-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif) !important;
  color-scheme: light dark !important;
  --accent: var(--what-now-accent, #0b5f68) !important;
  --accent-text: var(--what-now-accent-text, #ffffff) !important;
  --surface: #ffffff !important;
  --text: #16283a !important;
  --line: #5d7383 !important;
}
:host([position="left"]) { inset-inline: var(--what-now-side, 16px) auto !important; }
:host([theme="light"]) { color-scheme: light !important; }
:host([theme="dark"]) { color-scheme: dark !important; }
:host([hidden]) { display: none !important; }
@media print { :host { display: none !important; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button {
  font: inherit;
  min-height: 44px;
  min-width: 44px;
  cursor: pointer;
  border-radius: 999px;
  border: 2px solid transparent;
  padding: 8px 16px;
  margin: 0;
  background: var(--accent);
  color: var(--accent-text);
}
button:hover { text-decoration: underline; }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; box-shadow: 0 0 0 2px var(--surface); }
.launcher {
  display: flex;
  align-items: center;
  gap: 10px;
  min-height: 52px;
  padding: 8px 20px 8px 16px;
  font-weight: 600;
  border-color: #ffffff;
  box-shadow: 0 2px 10px rgb(10 30 50 / 30%);
  max-width: calc(100vw - 32px);
}
.launcher svg { width: 24px; height: 24px; flex: none; }
.count {
  min-width: 24px;
  padding: 0 7px;
  border-radius: 12px;
  background: #ffffff;
  color: #16283a;
  font-size: 14px;
  line-height: 24px;
  text-align: center;
}
.away {
  position: absolute;
  bottom: 0;
  right: 0;
  width: min(320px, calc(100vw - 32px));
  padding: 16px;
  border: 1px solid var(--line);
  border-radius: 12px;
  background: var(--surface);
  color: var(--text);
  box-shadow: 0 4px 24px rgb(10 30 50 / 30%);
}
:host([position="left"]) .away { right: auto; left: 0; }
.away p { margin: 0 0 12px; }
.away button + button { margin-inline-start: 8px; background: transparent; color: inherit; border-color: var(--line); }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { --surface: #13232f !important; --text: #e9f0f4 !important; --line: #8aa0ae !important; } }
:host([theme="dark"]) { --surface: #13232f !important; --text: #e9f0f4 !important; --line: #8aa0ae !important; }
`;

function part<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function icon(): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2", "aria-hidden": "true" })) {
    svg.setAttribute(name, value);
  }
  for (const line of ["M4 5h16v11H11l-5 4v-4H4z", "M8 9h8M8 12.5h5"]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", line);
    path.setAttribute("stroke-linejoin", "round");
    path.setAttribute("stroke-linecap", "round");
    svg.append(path);
  }
  return svg;
}

class WhatNowChat extends HTMLElement {
  static observedAttributes = ["label"];

  #root = this.attachShadow({ mode: "open" });
  #words = part("span", {}, texts.label);
  #count = part("span", { class: "count", hidden: "" });
  #button = part("button", { type: "button", class: "launcher", part: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false" }, icon(), this.#words, this.#count);
  #away = part("div", { class: "away", role: "alert", hidden: "" });
  #panel: Panel | null = null;
  #loading: Promise<Panel> | null = null;
  #tries = 0;
  #wanted = false;

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
    // What is typed in the chat is no shortcut of the host page.
    for (const kind of ["keydown", "keypress", "keyup"]) this.addEventListener(kind, (event) => event.stopPropagation());
  }

  connectedCallback(): void {
    this.attributeChangedCallback();
    // Somebody who waits for a colleague, or whose message could not be sent, is told on the next page too, without opening the chat.
    if (this.#unfinished()) this.#load().catch(() => undefined);
  }

  attributeChangedCallback(): void {
    this.#words.textContent = this.getAttribute("label") || texts.label;
  }

  get #settings(): Settings {
    const server = this.getAttribute("server");
    return {
      server: (server ? new URL(server, document.baseURI).href : home || new URL("/", document.baseURI).href).replace(/\/+$/, ""),
      municipality: this.getAttribute("municipality") || "gent",
      privacyUrl: this.getAttribute("privacy-url"),
    };
  }

  #unfinished(): boolean {
    try {
      const { server, municipality } = this.#settings;
      const key = `what-now:${server}:${municipality}`;
      if (/"waiting":true/.test(localStorage.getItem(key) ?? "")) return true;
      return Object.keys(localStorage).some((name) => name.startsWith(`${key}:send:`));
    } catch {
      return false;
    }
  }

  /** Opens the chat; also for the host page to call. */
  async open(): Promise<void> {
    this.#wanted = true;
    this.#apologise(false, false);
    this.#busy(true);
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
      this.#busy(false);
    }
  }

  /** Closes the chat; also for the host page to call. */
  close(): void {
    this.#wanted = false;
    this.#panel?.hide();
  }

  #busy(busy: boolean): void {
    this.#words.textContent = busy ? texts.opening : this.getAttribute("label") || texts.label;
    this.#button.setAttribute("aria-busy", String(busy));
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
    panel.begin(settings, () => {
      this.#button.hidden = false;
      this.#button.setAttribute("aria-expanded", "false");
      this.#button.focus();
      this.#tell("close");
    });
    panel.addEventListener("unread", (event) => this.#unread((event as CustomEvent<number>).detail));
    this.#root.append(panel);
    this.#panel = panel;
    return panel;
  }

  #unread(count: number): void {
    this.#count.hidden = count === 0;
    this.#count.replaceChildren(part("span", { "aria-hidden": "true" }, String(count)));
    this.#count.setAttribute("role", "img");
    this.#count.setAttribute("aria-label", texts.unread(count));
    if (count > 0) this.#tell("unread", count);
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
    const retry = part("button", { type: "button" }, texts.retry);
    const close = part("button", { type: "button" }, texts.close);
    retry.addEventListener("click", () => {
      this.#loading = null;
      this.#button.hidden = false;
      this.#button.focus();
      void this.open();
    });
    close.addEventListener("click", () => this.#apologise(false));
    this.#away.replaceChildren(part("p", {}, texts.away), part("p", {}, texts.emergency), retry, close);
    retry.focus();
  }

  #tell(what: string, detail: unknown = null): void {
    this.dispatchEvent(new CustomEvent(`what-now-${what}`, { detail, bubbles: true }));
  }
}

function insert(): void {
  if (script?.hasAttribute("data-manual") || document.querySelector(NAME)) return;
  const element = document.createElement(NAME);
  for (const name of ATTRIBUTES) {
    const value = script?.getAttribute(`data-${name}`);
    if (value != null) element.setAttribute(name, value);
  }
  document.body.append(element);
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
