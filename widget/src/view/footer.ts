import { html, nothing, type TemplateResult } from "lit";
import type { Conversation } from "../chat/conversation";
import type { Texts } from "./texts";

export interface FooterActions {
  submit: (event: Event) => void;
  typed: (event: KeyboardEvent) => void;
  grow: () => void;
  say: (text: string) => void;
  confirm: () => void;
  unconfirm: () => void;
  restart: () => void;
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
        if (!asked) actions.say(texts.personMessage);
      }}
    >${person}</button>
    ${chat.phase === "new" && chat.pending.length === 0
      ? nothing
      : html`<button type="button" class="again" @click=${actions.confirm}>${texts.restart}</button>`}
  </div>`;
}

/** The input and what stands below it. While a person is asked whether to start again, it keeps what was typed. */
export function footerView(chat: Conversation, confirming: boolean, actions: FooterActions, texts: Texts): TemplateResult {
  if (chat.phase === "ended") {
    return html`<div class="tools"><button type="button" class="main again" @click=${actions.restart}>${texts.endedNew}</button></div>`;
  }
  return html`<form @submit=${actions.submit} ?hidden=${confirming}>
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
    ${confirming ? confirmView(actions, texts) : toolsView(chat, actions, texts)}`;
}
