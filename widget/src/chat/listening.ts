import { type Floor, type Message, readFloor, readMessage, record } from "./api";
import type { Pauses } from "./pauses";
import { type ServerEvent, backoff } from "./stream";
import { Ended, Unreachable, type Wire } from "./wire";

/** A list at least this long may have been cut by the server. */
const PAGE = 100;
const POLL_MS = 3_000;
const POLL_HIDDEN_MS = 15_000;
const STREAM_TRIES = 3;
const STREAM_AGAIN_MS = 60_000;

/** What listening tells the conversation. */
export interface Listener {
  /** Messages that may be known already. */
  heard: (messages: (Message | null)[]) => void;
  floor: (floor: Floor | null) => void;
  /** Whether the colleague types at this moment. */
  typing: (types: boolean) => void;
  upToDate: (signal: AbortSignal) => void;
  lost: () => void;
  ended: () => void;
  changed: () => void;
}

/** Receives: by the stream, and by asking again where a stream cannot be had. */
export class Listening {
  #cursor = 0;

  constructor(
    readonly wire: Wire,
    readonly pauses: Pauses,
    readonly listener: Listener,
  ) {}

  reset(): void {
    this.#cursor = 0;
  }

  async listen(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let broken = 0;
    let streamAgain = 0;
    while (!signal.aborted) {
      try {
        await this.catchUp(signal);
        failures = 0;
        this.listener.upToDate(signal);
      } catch (problem) {
        if (signal.aborted) return;
        if (problem instanceof Ended) return this.listener.ended();
        this.listener.lost();
        await this.pauses.wait(backoff(failures++), signal);
        continue;
      }
      if (broken < STREAM_TRIES || Date.now() >= streamAgain) {
        const end = await this.wire.stream(this.#cursor, signal, (event) => this.#take(event));
        if (signal.aborted) return;
        broken = end === "lived" ? 0 : end === "silent" ? STREAM_TRIES : broken + 1;
        if (broken >= STREAM_TRIES) streamAgain = Date.now() + STREAM_AGAIN_MS;
        await this.pauses.wait(backoff(broken, Math.random(), 400), signal);
      } else {
        await this.pauses.wait(document.hidden ? POLL_HIDDEN_MS : POLL_MS, signal);
      }
    }
  }

  /** Asks for everything after the last message that is known. */
  async catchUp(signal: AbortSignal): Promise<void> {
    for (;;) {
      const answer = record(await this.wire.call(`${this.wire.own}/messages?after=${this.#cursor}`, signal));
      if (!Array.isArray(answer.messages)) throw new Unreachable();
      if (signal.aborted) return;
      this.listener.floor(readFloor(answer));
      const before = this.#cursor;
      this.#feed(answer.messages.map(readMessage));
      if (answer.messages.length < PAGE || this.#cursor === before) return;
    }
  }

  #take({ event, data }: ServerEvent): void {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return;
    }
    if (event === "message") this.#feed([readMessage(value)]);
    else if (event === "floor") this.listener.floor(readFloor(value));
    else if (event === "typing") this.listener.typing(record(value).colleague === true);
    this.listener.changed();
  }

  /** A stream and a list hold every message in order: only these move the place from which to go on. */
  #feed(messages: (Message | null)[]): void {
    this.listener.heard(messages);
    for (const message of messages) this.#cursor = Math.max(this.#cursor, message?.id ?? 0);
  }
}
