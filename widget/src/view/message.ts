import { html, nothing, type TemplateResult } from "lit";
import type { Message, Option, Verdict } from "../chat/api";
import type { Pending } from "../chat/sending";
import { type Span, blocks, formatTime } from "./markup";
import { planView } from "./plan";
import { newTab, sourcesView } from "./sources";
import type { Texts } from "../languages/en";

/** How a message is put into words and links. */
export interface Reading {
  texts: Texts;
  /** Address of the assistant's server, where the person's own pages are. */
  server: string;
}

function inline(parts: Span[], { texts, server }: Reading) {
  return parts.map(({ text, label, page }) =>
    page !== undefined ? newTab(`${server}/${page}`, text, texts) : label ? html`<strong>${text}</strong>` : text,
  );
}

function rich(text: string, how: Reading): TemplateResult[] {
  return blocks(text).map((block) =>
    block.kind === "list"
      ? html`<ul>${block.items.map((item) => html`<li>${inline(item, how)}</li>`)}</ul>`
      : html`<p>${block.lines.map((line, place) => (place > 0 ? [html`<br />`, inline(line, how)] : inline(line, how)))}</p>`,
  );
}

function sender(message: Message, texts: Texts): string {
  return { person: texts.you, bot: texts.assistant, agent: texts.colleague, system: texts.service }[message.sender];
}

export interface Choice {
  /** Only the newest options can still be chosen. */
  open: boolean;
  /** The title that was chosen here, when one was. */
  chosen: string | null;
  choose: (option: Option) => void;
}

/** What a person may say of an answer. Without a comment an earlier one stays. */
export interface Judging {
  state: "kept" | "commented" | "failed" | undefined;
  judge: (verdict: Verdict, comment?: string) => void;
}

/** Two quiet buttons; a comment may follow. What the screen reader hears is the state, not the buttons of every answer. */
function feedbackView(message: Message, judging: Judging, texts: Texts): TemplateResult {
  const given = message.feedback;
  const button = (verdict: Verdict, title: string) =>
    html`<button type="button" aria-pressed=${given?.verdict === verdict ? "true" : "false"} @click=${() => judging.judge(verdict)}>${title}</button>`;
  const said = { kept: texts.feedbackKept, commented: texts.feedbackCommented, failed: texts.feedbackFailed };
  const id = `comment-${message.id}`;
  const send = (event: Event): void => {
    event.preventDefault();
    const written = new FormData(event.target as HTMLFormElement).get("comment");
    if (given) judging.judge(given.verdict, String(written ?? "").trim());
  };
  return html`<div class="feedback" role="group" aria-label=${texts.feedback} aria-live="off">
    ${button("helped", texts.helped)}${button("not_helped", texts.notHelped)}
    <p role="status">${judging.state ? said[judging.state] : ""}</p>
    ${given
      ? html`<form @submit=${send}>
          <label for=${id}>${texts.feedbackAsk}</label>
          <textarea id=${id} name="comment" rows="2" maxlength="500" dir="auto" aria-describedby="${id}-hint" .defaultValue=${given.comment}></textarea>
          <p class="quiet" id="${id}-hint">${texts.feedbackHint}</p>
          <button>${texts.feedbackSend}</button>
        </form>`
      : nothing}
  </div>`;
}

export function messageView(message: Message, choice: Choice, judging: Judging, how: Reading): TemplateResult {
  const { texts } = how;
  const name = sender(message, texts);
  return html`<div class="message ${message.sender}" data-id=${message.id}>
    ${message.sender === "agent" ? html`<p class="tag" aria-hidden="true"><b>${name}</b>${message.agent ? ` ${message.agent}` : ""}, ${formatTime(message.created_at, texts.locale)}</p>` : nothing}
    <div class="bubble">
      <span class="vh">${message.agent ? `${name} ${message.agent}` : name}${texts.says}</span><div class="said" lang="en">${rich(message.text, how)}</div>
      ${sourcesView(message.sources, texts)}
    </div>
    ${message.plan.length > 0 ? planView(message.plan, texts) : nothing}
    ${message.sender === "bot" && message.article ? feedbackView(message, judging, texts) : nothing}
    ${message.options.length > 0
      ? html`<div class="options" role="group" aria-label=${texts.options}>
          ${message.options.map(
            (option) =>
              html`<button
                type="button"
                lang="en"
                aria-disabled=${choice.open ? "false" : "true"}
                aria-pressed=${choice.chosen === option.title ? "true" : nothing}
                @click=${() => {
                  if (choice.open) choice.choose(option);
                }}
              >${option.title}</button>`,
          )}
        </div>`
      : nothing}
  </div>`;
}

export interface PendingActions {
  /** What was written waits for the person's agreement. */
  readonly held: boolean;
  edit: (entry: Pending) => void;
  remove: (entry: Pending) => void;
}

/** What the person wrote: on its way, refused or stored. One template for all, so that a screen reader hears it once. */
export function personView(text: string, entry: Pending | null, actions: PendingActions, texts: Texts): TemplateResult {
  const note = entry && { sending: actions.held ? texts.notYet : texts.sending, retrying: texts.retrying, refused: `${texts.notSent} ${entry.reason || texts.refused}` }[entry.state];
  return html`<div class="message person ${entry ? `pending ${entry.state}` : ""}">
    <div class="bubble"><span class="vh">${texts.you}${texts.says}</span><span dir="auto">${text}</span></div>
    ${entry && note
      ? html`<div class="note" aria-hidden=${entry.state === "sending" && !actions.held ? "true" : nothing}>
          ${note}
          ${entry.state === "refused"
            ? html`<div>
                ${"text" in entry.body ? html`<button type="button" @click=${() => actions.edit(entry)}>${texts.edit}</button>` : nothing}
                <button type="button" @click=${() => actions.remove(entry)}>${texts.remove}</button>
              </div>`
            : nothing}
        </div>`
      : nothing}
  </div>`;
}
