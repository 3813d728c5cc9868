import type { Conversation } from "./chat/conversation";
import type { Place } from "./place";

/** Keeps in view what is new without taking anybody away from what is being read. */
export class Reading {
  /** Something new stands below what is in view. */
  moreBelow = false;
  #shown = 0;
  #atEnd = true;

  constructor(
    readonly place: Place,
    readonly chat: () => Conversation | null,
    readonly changed: () => void,
  ) {}

  /** A first visit begins at the top, with what is kept and what the assistant is for. */
  toEnd(): void {
    const chat = this.chat();
    if (!chat || chat.messages.length + chat.pending.length === 0) this.place.toTop();
    else this.place.toEnd();
    this.#nothingBelow();
  }

  /** Somebody scrolled. */
  scrolled(): void {
    if (this.place.nearEnd) this.#nothingBelow();
  }

  restart(): void {
    this.#shown = 0;
    this.#nothingBelow();
  }

  /** Before something is drawn. */
  before(): void {
    this.#atEnd = this.place.nearEnd;
  }

  /** After it was drawn. `seen`: the newest message that was seen. */
  after(chat: Conversation, isOpen: boolean, seen: number): void {
    const items = chat.messages.length + chat.pending.length;
    if (items > this.#shown && isOpen) {
      const newest = chat.messages[chat.messages.length - 1];
      const own = chat.pending.length > 0 || newest?.sender === "person";
      if (own || this.#shown === 0) this.toEnd();
      else if (this.#atEnd) this.place.toMessage(chat.messages.find((message) => message.id > seen)?.id);
      else {
        this.moreBelow = true;
        this.changed();
      }
    } else if (this.#atEnd && isOpen) {
      this.toEnd();
    }
    this.#shown = items;
  }

  #nothingBelow(): void {
    if (!this.moreBelow) return;
    this.moreBelow = false;
    this.changed();
  }
}
