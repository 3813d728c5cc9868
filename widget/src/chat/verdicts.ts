import type { Message, Verdict } from "./api";
import { Ended, type Wire } from "./wire";

/** What a person says of answers, one after the other. */
export class Verdicts {
  /** How far the feedback on an answer has come, by message. */
  readonly judged = new Map<number, "kept" | "commented" | "failed">();
  #last: Promise<void> = Promise.resolve();

  constructor(
    readonly wire: Wire,
    readonly changed: () => void,
    readonly ended: () => void,
  ) {}

  judge(message: Message, verdict: Verdict, comment: string | undefined, signal: AbortSignal): Promise<void> {
    this.#last = this.#last.then(() => this.#judge(message, verdict, comment, signal));
    return this.#last;
  }

  async #judge(message: Message, verdict: Verdict, comment: string | undefined, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const before = message.feedback;
    message.feedback = { verdict, comment: comment ?? before?.comment ?? "" };
    this.judged.delete(message.id);
    this.changed();
    try {
      const path = `${this.wire.own}/messages/${message.id}/feedback`;
      await this.wire.call(path, signal, { verdict, ...(comment === undefined ? {} : { comment }) });
      this.judged.set(message.id, comment ? "commented" : "kept");
    } catch (problem) {
      if (signal.aborted) return;
      if (problem instanceof Ended) return this.ended();
      message.feedback = before;
      this.judged.set(message.id, "failed");
    }
    this.changed();
  }
}
