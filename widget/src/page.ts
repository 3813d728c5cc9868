import type { Conversation } from "./chat/conversation";

/** Lets the conversation know what happens to the page: other tabs, a network that is back, somebody who looks again. */
export function followPage(chat: Conversation): void {
  window.addEventListener("storage", (event) => chat.storageChanged(event.key));
  window.addEventListener("online", () => chat.wake());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) chat.wake();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) chat.wake();
  });
}
