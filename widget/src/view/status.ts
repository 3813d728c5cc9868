import { html, nothing, type TemplateResult } from "lit";
import type { Conversation } from "../chat/conversation";
import type { Texts } from "../languages/en";
import { fill } from "../languages/fill";

export const THINKING_LONG_MS = 20_000;

/** The lines on top: who answers now, and what is wrong. */
export function statusView(chat: Conversation, texts: Texts): TemplateResult {
  const { speaker, agent } = chat.floor;
  const trouble = chat.phase === "ended" ? texts.ended : chat.offline ? texts.offline : "";
  const said = trouble ? "" : speaker === "queue" ? texts.floorQueue : speaker === "agent" ? agent ? fill(texts.floorAgent, { name: agent }) : texts.floorSomebody : "";
  return html`<div class="status ${said ? "" : "none"}"><p role="status">${said}</p></div>
    <div class="status warn ${trouble ? "" : "none"}">
      <p role="status">${trouble}</p>
      ${chat.offline ? html`<button type="button" @click=${() => chat.wake()}>${texts.tryNow}</button>` : nothing}
    </div>`;
}

/** That the colleague types. Not spoken: what they write is, once it is there. */
export function typingView(chat: Conversation, texts: Texts): TemplateResult {
  const types = chat.typing.colleague && chat.floor.speaker === "agent" && !chat.offline;
  return html`<div aria-live="off">
    ${types
      ? html`<div class="thinking">
          <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
          <span>${fill(texts.typing, { name: chat.floor.agent ?? texts.colleague })}</span>
        </div>`
      : nothing}
  </div>`;
}

/** That an answer is on its way, or takes long. */
export function thinkingView(chat: Conversation, texts: Texts): TemplateResult {
  const since = chat.offline || chat.asking ? null : chat.awaitingSince;
  return html`<div role="status">
    ${since === null
      ? nothing
      : html`<div class="thinking">
          <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
          <span>${Date.now() - since > THINKING_LONG_MS ? texts.thinkingLong : texts.thinking}</span>
        </div>`}
  </div>`;
}
