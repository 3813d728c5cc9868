import type { Conversation } from "./chat/conversation";

/** Which messages were seen, and how many came while nobody looked. */
export class Unread {
  /** The newest message that was seen. */
  seen = 0;
  #count = 0;
  #counted = false;

  constructor(readonly tell: (count: number) => void) {}

  markSeen(chat: Conversation | null, isOpen: boolean): void {
    const newest = chat?.messages[chat.messages.length - 1];
    if (newest) this.seen = newest.id;
    this.count(chat, isOpen);
  }

  /** Tells the number when it is another one than before. */
  count(chat: Conversation | null, isOpen: boolean): void {
    if (!chat || chat.phase === "loading") return;
    // What was there before this page was opened counts as read.
    if (!this.#counted) {
      this.#counted = true;
      this.seen = Math.max(this.seen, chat.messages[chat.messages.length - 1]?.id ?? 0);
    }
    const unread = isOpen ? 0 : chat.messages.filter((message) => message.id > this.seen && message.sender !== "person").length;
    if (unread === this.#count) return;
    this.#count = unread;
    this.tell(unread);
  }
}
