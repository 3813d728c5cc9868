import { html, nothing, type TemplateResult } from "lit";
import type { Conversation } from "../chat/conversation";
import type { Site } from "../chat/site";
import { type Texts, said } from "../languages/en";
import { safeUrl } from "./markup";
import { newTab } from "./sources";

export interface FooterActions {
  submit: (event: Event) => void;
  typed: (event: KeyboardEvent) => void;
  grow: () => void;
  say: (text: string) => void;
  confirm: () => void;
  unconfirm: () => void;
  restart: () => void;
  /** The way to enter a code, where there is one. */
  enter: (() => void) | null;
}

function confirmView(actions: FooterActions, texts: Texts): TemplateResult {
  return html`<div class="confirm" role="group" aria-labelledby="ask">
    <p id="ask">${texts.restartAsk}</p>
    <div>
      <button type="button" class="main" @click=${actions.restart}>${texts.restartYes}</button>
      <button type="button" @click=${actions.unconfirm}>${texts.restartNo}</button>
    </div>
  </div>`;
}

function toolsView(chat: Conversation, actions: FooterActions, texts: Texts): TemplateResult {
  const asked = chat.floor.speaker !== "bot";
  const person = chat.floor.speaker === "agent" ? texts.personWith : asked ? texts.personAsked : texts.person;
  return html`<div class="tools">
    <button
      type="button"
      class="human"
      aria-disabled=${asked ? "true" : "false"}
      @click=${() => {
        if (!asked) actions.say(said.person);
      }}
    >${person}</button>
    ${chat.phase === "new" && chat.pending.length === 0
      ? nothing
      : html`<button type="button" class="again" @click=${actions.confirm}>${texts.restart}</button>`}
  </div>`;
}

/** Who made the assistant, in the municipality's words. */
export function poweredView(site: Site, texts: Texts): TemplateResult | typeof nothing {
  if (!site.poweredBy) return nothing;
  const url = safeUrl(site.poweredBy.url);
  return html`<p class="powered">${url ? newTab(url, site.poweredBy.text, texts) : site.poweredBy.text}</p>`;
}

/**
 * The input and what stands below it. While a person is asked whether to start again, or to agree to something (`asked`), it keeps what was
 * typed.
 */
export function footerView(
  chat: Conversation,
  confirming: boolean,
  asked: TemplateResult | typeof nothing,
  actions: FooterActions,
  texts: Texts,
): TemplateResult {
  if (chat.phase === "ended") {
    return html`<div class="tools">
      <button type="button" class="main again" @click=${actions.restart}>${texts.endedNew}</button>
      ${actions.enter ? html`<button type="button" @click=${actions.enter}>${texts.enter}</button>` : nothing}
    </div>`;
  }
  return html`${asked}<form @submit=${actions.submit} ?hidden=${confirming || asked !== nothing}>
      <textarea
        rows="1"
        aria-label=${texts.inputLabel}
        placeholder=${texts.inputHint}
        enterkeyhint="send"
        autocomplete="off"
        dir="auto"
        @keydown=${actions.typed}
        @input=${actions.grow}
      ></textarea>
      <button class="main">${texts.send}</button>
    </form>
    ${confirming ? confirmView(actions, texts) : asked === nothing ? toolsView(chat, actions, texts) : nothing}`;
}
