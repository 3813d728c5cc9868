import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Message, Option } from "../chat/api";
import type { Conversation } from "../chat/conversation";
import type { Texts } from "../languages/en";
import type { Settings } from "../settings";
import { type Choice, type Judging, type PendingActions, messageView, personView } from "./message";
import { thinkingView, typingView } from "./status";
import { introView, welcomeView } from "./welcome";

export interface LogActions {
  say: (text: string) => void;
  choose: (option: Option) => void;
  pending: PendingActions;
}

/** Whether the answers under a message can still be chosen, and which one was. */
function choiceOf(chat: Conversation, message: Message, choose: LogActions["choose"]): Choice {
  const after = chat.messages.slice(chat.messages.indexOf(message) + 1);
  const answer = after.find((other) => other.sender === "person")?.text ?? chat.pending.find((entry) => !entry.arrived && entry.state !== "refused")?.shown;
  const open = answer === undefined && chat.phase !== "ended" && chat.floor.speaker === "bot" && !after.some((other) => other.sender === "bot" && other.options.length > 0);
  return { open, chosen: answer ?? null, choose };
}

function judgingOf(chat: Conversation, message: Message): Judging {
  return { state: chat.judged.get(message.id), judge: (verdict, comment) => void chat.judge(message, verdict, comment) };
}

/** What was said, or what there is to say first. */
export function logView(chat: Conversation, settings: Settings, actions: LogActions, texts: Texts): TemplateResult {
  const how = { texts, server: settings.server };
  const open = chat.pending.length === 0 && !chat.asking;
  return html`${introView(settings, chat.gate.site, texts)}
    ${chat.phase === "loading" ? html`<p class="quiet">${texts.loading}</p>` : chat.messages.length === 0 ? welcomeView(settings, open, actions.say, texts) : nothing}
    ${repeat(
      chat.items,
      (item) => ("sender" in item ? (chat.sentAs.get(item.id) ?? item.id) : item.client_id),
      (item) =>
        !("sender" in item)
          ? personView(item.shown, item, actions.pending, texts)
          : item.sender === "person"
            ? personView(item.text, null, actions.pending, texts)
            : messageView(item, choiceOf(chat, item, actions.choose), judgingOf(chat, item), how),
    )}
    ${thinkingView(chat, texts)}${typingView(chat, texts)}`;
}
