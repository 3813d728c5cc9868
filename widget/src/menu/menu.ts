/** The menu: the language, and going on in another app. Fetched when somebody opens it; what it imports no other file has. */
import type { TemplateResult } from "lit";
import { CHANNELS, type Channel, type Links, channelsOf } from "../chat/site";
import { type Elsewhere, elsewhere as english } from "../languages/en-elsewhere";
import type { Kit, Menu, Page } from "./kit";
import { type Code, type Linked, Moving, type Trouble } from "./moving";

export { css } from "./style";

const NAMES: Record<Channel, string> = { telegram: "Telegram", whatsapp: "WhatsApp" };

class Sheet implements Menu {
  #moving: Moving;
  #page: Page;
  #code: Code | null = null;
  #linked: Linked[] = [];
  /** What to tell, by the name of its text. */
  #trouble: Trouble | null = null;
  #unlinked: Channel | null = null;
  #busy = false;
  /** The address of the page of one's data. */
  #data = "";
  #asking = false;
  /** The number that was given when the chat was ended; empty while it goes on. */
  #receipt: string | null = null;

  constructor(
    readonly kit: Kit,
    page: Page,
  ) {
    this.#moving = new Moving(kit.errands);
    this.#page = page;
    if (kit.errands.possible && this.#channels.length > 0) void this.#look();
  }

  /** The words of this part; English stands in this file. */
  get #words(): Elsewhere {
    return this.kit.now().texts.elsewhere ?? english;
  }

  get #channels(): Channel[] {
    return channelsOf(this.kit.now().site.channels);
  }

  up(): boolean {
    if (this.#page === "menu") return false;
    this.#go("menu");
    return true;
  }

  #go(page: Page): void {
    this.#page = page;
    this.#trouble = null;
    this.#unlinked = null;
    this.#asking = false;
    this.kit.changed(true);
  }

  async #look(): Promise<void> {
    const found = await this.#moving.linked();
    if (Array.isArray(found)) this.#linked = found;
    this.kit.changed(false);
  }

  /** Does one thing after the other; what fails is told. */
  async #do<T>(work: () => Promise<T | Trouble>, then: (value: T) => void): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#trouble = null;
    this.kit.changed(false);
    const value = await work();
    this.#busy = false;
    if (value === "codeWrong" || value === "tooMany" || value === "failed") this.#trouble = value as Trouble;
    else then(value as T);
    this.kit.changed(false);
  }

  #makeCode(): void {
    this.#code = null;
    void this.#do(
      () => this.#moving.code(),
      (code) => (this.#code = code),
    );
  }

  #makeLink(): void {
    this.#data = "";
    void this.#do(
      () => this.#moving.data(),
      ({ url }) => (this.#data = url),
    );
  }

  #finish(): void {
    void this.#do(
      () => this.#moving.finish(),
      ({ receipt }) => {
        this.#receipt = receipt;
        this.#asking = false;
        this.kit.changed(true);
      },
    );
  }

  #enter(event: Event): void {
    event.preventDefault();
    const code = String(new FormData(event.target as HTMLFormElement).get("code") ?? "").trim();
    if (!code) return;
    void this.#do(
      () => this.#moving.resume(code),
      () => this.kit.back(),
    );
  }

  #unlink(channel: Channel): void {
    void this.#do(
      () => this.#moving.unlink(channel),
      () => {
        this.#linked = this.#linked.filter((one) => one.channel !== channel);
        this.#unlinked = channel;
      },
    );
  }

  view(): TemplateResult {
    const { html } = this.kit;
    const { texts, trouble } = this.kit.now();
    const more = this.#words;
    const said = this.#trouble ? more[this.#trouble] : this.#unlinked ? this.kit.fill(more.unlinked, { channel: NAMES[this.#unlinked] }) : trouble;
    return html`<div class="sheet">
      <button
        type="button"
        class="back"
        @click=${() => {
          if (!this.up()) this.kit.back();
        }}
      >${this.#page === "menu" ? texts.back : texts.menu}</button>
      ${{ menu: () => this.#menu(), code: () => this.#codePage(), enter: () => this.#enterPage(), data: () => this.#dataPage() }[this.#page]()}
      <p role="status" class="said">${said}</p>
    </div>`;
  }

  #menu(): TemplateResult {
    const { html, nothing } = this.kit;
    const { texts } = this.kit.now();
    return html`<h3 tabindex="-1">${texts.menu}</h3>
      ${this.#languages()} ${this.#channels.length > 0 ? this.#elsewhere() : nothing}
      ${this.kit.errands.possible
        ? html`<h4>${this.#words.data}</h4>
            <button
              type="button"
              class="wide"
              @click=${() => {
                this.#go("data");
                this.#makeLink();
              }}
            >${this.#words.dataOr}</button>`
        : nothing}`;
  }

  #dataPage(): TemplateResult {
    const { html, nothing, link, safeUrl, fill } = this.kit;
    const { texts } = this.kit.now();
    const more = this.#words;
    if (this.#receipt !== null) {
      return html`<h3 tabindex="-1">${more.ended}</h3>
        <p>${fill(more.receipt, { number: this.#receipt })}</p>`;
    }
    const url = safeUrl(this.#data);
    return html`<h3 tabindex="-1">${more.data}</h3>
      <p>${more.dataHow}</p>
      <div aria-live="polite">
        ${url ? html`<ul class="links"><li>${link(url, more.dataOpen)}</li></ul>` : this.#busy ? html`<p class="quiet">${texts.menuLoading}</p>` : nothing}
      </div>
      <p class="quiet">${more.dataUntil}</p>
      ${this.#asking
        ? html`<div class="ending" role="group" aria-labelledby="ending">
            <p id="ending">${more.endAsk}</p>
            <button type="button" class="wide" @click=${() => this.#finish()}>${more.endYes}</button>
            <button type="button" class="wide" @click=${() => this.#ask(false)}>${more.endNo}</button>
          </div>`
        : html`<button type="button" class="wide" @click=${() => this.#ask(true)}>${more.end}</button>`}`;
  }

  #ask(asking: boolean): void {
    this.#asking = asking;
    this.kit.changed(false);
  }

  #languages(): unknown {
    const { html, nothing, names } = this.kit;
    const { texts, site, lang } = this.kit.now();
    if (site.languages.length < 2) return nothing;
    return html`<h4 id="languages">${texts.language}</h4>
      <div class="options" role="group" aria-labelledby="languages">
        ${site.languages.map(
          (one) => html`<button type="button" lang=${one} aria-pressed=${one === lang ? "true" : "false"} @click=${() => this.kit.choose(one)}>${names[one]}</button>`,
        )}
      </div>`;
  }

  #elsewhere(): TemplateResult {
    const { html, nothing, fill } = this.kit;
    const { texts, site } = this.kit.now();
    const more = this.#words;
    const [one, other] = this.#channels.map((channel) => NAMES[channel]);
    const title = other ? fill(more.elsewhereOnBoth, { channel: one ?? "", other }) : fill(more.elsewhereOn, { channel: one ?? "" });
    return html`<h4 id="elsewhere">${more.elsewhere}</h4>
      ${this.kit.errands.possible
        ? html`<button
            type="button"
            class="wide"
            @click=${() => {
              this.#go("code");
              this.#makeCode();
            }}
          >${title}</button>`
        : html`<p>${more.elsewhereNew}</p>
            ${this.#links(site.channels)}`}
      <button type="button" class="wide" @click=${() => this.#go("enter")}>${texts.enter}</button>
      ${this.#linked.length > 0 ? this.#linkedView() : nothing}`;
  }

  #linkedView(): TemplateResult {
    const { html, fill, time } = this.kit;
    const more = this.#words;
    return html`<p>${more.linked}</p>
      <ul class="linked">
        ${this.#linked.map(
          ({ channel, since }) => html`<li>
            <span>${fill(more.linkedSince, { channel: NAMES[channel], time: time(since) })}</span>
            <button type="button" @click=${() => this.#unlink(channel)}>${fill(more.unlink, { channel: NAMES[channel] })}</button>
          </li>`,
        )}
      </ul>`;
  }

  #links(links: Links): unknown {
    const { html, nothing, fill, link, safeUrl } = this.kit;
    const more = this.#words;
    const known = CHANNELS.flatMap((channel) => {
      const url = safeUrl(links[channel]);
      return url ? [link(url, fill(more.open, { channel: NAMES[channel] }))] : [];
    });
    return known.length > 0 ? html`<ul class="links">${known.map((one) => html`<li>${one}</li>`)}</ul>` : nothing;
  }

  #codePage(): TemplateResult {
    const { html, nothing, fill, time } = this.kit;
    const { texts } = this.kit.now();
    const more = this.#words;
    return html`<h3 tabindex="-1">${more.code}</h3>
      <div aria-live="polite">
        ${this.#code
          ? html`<p class="code" lang="">${this.#code.code}</p>
              <p>${more.codeHow}</p>
              ${this.#links(this.#code.links)}
              <p class="quiet">${fill(more.codeUntil, { time: time(this.#code.expiresAt) })}</p>`
          : this.#busy
            ? html`<p class="quiet">${texts.menuLoading}</p>`
            : nothing}
      </div>
      <button type="button" class="wide" @click=${() => this.#makeCode()}>${more.codeAgain}</button>`;
  }

  #enterPage(): TemplateResult {
    const { html, nothing } = this.kit;
    const { texts } = this.kit.now();
    const more = this.#words;
    const wrong = this.#trouble === "codeWrong";
    return html`<h3 tabindex="-1">${texts.enter}</h3>
      <p id="how">${more.enterHow} ${this.kit.used() ? more.enterReplaces : ""}</p>
      <form @submit=${(event: Event) => this.#enter(event)}>
        <label for="code">${more.enterLabel}</label>
        <input id="code" name="code" maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false"
          aria-describedby="how" aria-invalid=${wrong ? "true" : nothing} />
        <button class="main">${more.enterGo}</button>
      </form>`;
  }
}

export function makeMenu(kit: Kit, page: Page): Menu {
  return new Sheet(kit, page);
}
