import { record, text } from "./api";
import { EventParser, type ServerEvent } from "./stream";

/** What opens a conversation on the server. */
export interface Access {
  id: string;
  token: string;
  /** A person is asked or is answering: worth listening on the next page too. */
  waiting?: boolean;
}

/** The conversation is no more, or was never ours. */
export class Ended extends Error {}
/** The server does not want this; its words are the message. */
export class Refused extends Error {}
/** The server may want it later. */
export class Unreachable extends Error {
  /** @param after milliseconds that the server asks to wait; it is there then, only busy. */
  constructor(readonly after = 0) {
    super("unreachable");
  }
}

const REQUEST_MS = 15_000;
/** The server speaks as soon as a stream opens and then at least every 15 seconds; a proxy that holds it back does not. */
const FIRST_WORD_MS = 8_000;
const SILENCE_MS = 25_000;

/** Requests to the server, in the name of one conversation once there is one. */
export class Wire {
  access: Access | null = null;

  constructor(readonly server: string) {}

  /** Asks, or sends when there is a body. Paths of `own` are those of the conversation. */
  async call(path: string, signal: AbortSignal, body?: object): Promise<unknown> {
    const cut = cutBy(signal);
    const timer = setTimeout(cut.stop, REQUEST_MS);
    try {
      const response = await fetch(this.#url(path), {
        method: body ? "POST" : "GET",
        headers: { ...this.#headers(), ...(body ? { "Content-Type": "application/json" } : {}) },
        cache: "no-store",
        credentials: "omit",
        signal: cut.signal,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (response.ok) return (await response.json()) as unknown;
      throw await this.#problem(response);
    } finally {
      clearTimeout(timer);
      cut.free();
    }
  }

  async #problem(response: Response): Promise<Error> {
    const { status } = response;
    if (this.access && (status === 401 || status === 404 || status === 410)) return new Ended();
    if (status >= 500 || status === 408 || status === 425 || status === 429) {
      const after = Number(response.headers.get("retry-after")) || (status === 429 ? 10 : 0);
      return new Unreachable(Math.min(60, after) * 1000);
    }
    const problem = record(record(await response.json().catch(() => null)).error);
    return new Refused(text(problem.message));
  }

  /** Reads events until the stream ends or falls silent. True when it brought anything at all. */
  async stream(after: number, signal: AbortSignal, take: (event: ServerEvent) => void): Promise<boolean> {
    const cut = cutBy(signal);
    let watch = setTimeout(cut.stop, FIRST_WORD_MS);
    let lived = false;
    try {
      const response = await fetch(this.#url(`${this.own}/events`), {
        headers: { ...this.#headers(), Accept: "text/event-stream", "Last-Event-ID": String(after) },
        cache: "no-store",
        credentials: "omit",
        signal: cut.signal,
      });
      if (!response.ok || !response.body || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
        await response.body?.cancel();
        return false;
      }
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      const parser = new EventParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return lived;
        lived = true;
        clearTimeout(watch);
        watch = setTimeout(cut.stop, SILENCE_MS);
        for (const event of parser.feed(decoder.decode(value, { stream: true }))) take(event);
      }
    } catch {
      return lived;
    } finally {
      clearTimeout(watch);
      cut.free();
      cut.stop();
    }
  }

  /** The path of the conversation itself. */
  get own(): string {
    return `/${encodeURIComponent(this.access?.id ?? "")}`;
  }

  #url(path: string): string {
    return `${this.server}/api/conversations${path}`;
  }

  #headers(): Record<string, string> {
    return this.access ? { Authorization: `Bearer ${this.access.token}` } : {};
  }
}

/** A signal of one request that also ends when the conversation does. */
function cutBy(signal: AbortSignal): { signal: AbortSignal; stop: () => void; free: () => void } {
  const cut = new AbortController();
  const stop = (): void => cut.abort();
  signal.addEventListener("abort", stop);
  return { signal: cut.signal, stop, free: () => signal.removeEventListener("abort", stop) };
}
