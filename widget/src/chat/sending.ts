import type { Kept } from "./kept";
import type { Pauses } from "./pauses";
import { backoff } from "./stream";
import { Ended, Refused, Unreachable } from "./wire";

/** What a person sent and the server has not confirmed yet. */
export interface Pending {
  client_id: string;
  conversation: string | null;
  body: { text: string } | { payload: string };
  shown: string;
  at: number;
  state: "sending" | "retrying" | "refused";
  /** The newest message when it was written: where it stands when it stays behind. */
  after: number;
  /** The server's words when it refused. */
  reason: string;
  /** The stream showed the stored message before the answer to our own request came: do not show it twice. */
  arrived: boolean;
}

/** What sending asks of the conversation, and tells it. */
export interface Sender {
  deliver: (entry: Pending, signal: AbortSignal) => Promise<void>;
  delivered: () => void;
  refused: () => void;
  lost: () => void;
  ended: () => void;
  changed: () => void;
}

/** `crypto.randomUUID` exists only on secure pages; a town's test site may not be one. */
function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Messages on their way: one at a time, in order, the same client_id until the server has confirmed it. */
export class Sending {
  pending: Pending[] = [];
  /** Somebody is at it. */
  busy = false;

  constructor(
    readonly kept: Kept,
    readonly pauses: Pauses,
    readonly sender: Sender,
  ) {}

  write(body: Pending["body"], shown: string, after: number, conversation: string | null): void {
    const entry: Pending = { client_id: uuid(), conversation, body, shown, at: Date.now(), state: "sending", after, reason: "", arrived: false };
    this.pending = [...this.pending, entry];
    this.kept.keep(entry);
  }

  /** The conversation to which everything that waits belongs from now on. */
  belongTo(conversation: string): void {
    for (const entry of this.pending) {
      entry.conversation = conversation;
      if (entry.state !== "refused") this.kept.keep(entry);
    }
  }

  drop(entry: Pending): void {
    this.kept.forget(entry);
    this.pending = this.pending.filter((other) => other.client_id !== entry.client_id);
  }

  /** Another tab sent it or removed it. True when it was waiting here too. */
  dropKey(key: string): boolean {
    const before = this.pending.length;
    this.pending = this.pending.filter((entry) => this.kept.keyOf(entry) !== key || entry.state === "refused");
    return this.pending.length !== before;
  }

  reset(): void {
    this.busy = false;
    this.pending = [];
  }

  async flush(signal: AbortSignal): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    let attempt = 0;
    while (!signal.aborted) {
      const entry = this.pending.find((one) => one.state !== "refused");
      if (!entry) break;
      try {
        await this.sender.deliver(entry, signal);
        attempt = 0;
        this.sender.delivered();
      } catch (problem) {
        if (signal.aborted) return;
        if (problem instanceof Ended) {
          this.sender.ended();
          return;
        }
        if (problem instanceof Refused) {
          this.#refuse(entry, problem.message);
        } else {
          const after = problem instanceof Unreachable ? problem.after : 0;
          entry.state = "retrying";
          if (after === 0) this.sender.lost();
          this.sender.changed();
          await this.pauses.wait(Math.max(backoff(attempt++), after), signal);
          continue;
        }
      }
      this.sender.changed();
    }
    if (!signal.aborted) this.busy = false;
  }

  #refuse(entry: Pending, reason: string): void {
    this.kept.forget(entry);
    entry.state = "refused";
    entry.reason = reason;
    this.sender.refused();
  }
}
