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
export class Refused extends Error {
  /** @param code what the server calls it. */
  constructor(
    message: string,
    readonly code = "",
  ) {
    super(message);
  }
}
/** The server may want it later. */
export class Unreachable extends Error {
  /**
   * @param after milliseconds that the server asks to wait; it is there then, only busy.
   * @param often it was asked too often.
   */
  constructor(
    readonly after = 0,
    readonly often = false,
  ) {
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

  /**
   * Asks, or sends when there is a body. Paths that begin with `own` are those of the conversation, and only they carry its token.
   * Rejects with `Ended`, `Refused` or `Unreachable`, or as `fetch` does.
   */
  async call(path: string, signal: AbortSignal, body?: object, method = body ? "POST" : "GET", ms = REQUEST_MS): Promise<unknown> {
    const cut = cutBy(signal);
    const timer = setTimeout(cut.stop, ms);
    const ours = this.access !== null && path.startsWith(this.own);
    try {
      const response = await fetch(this.#url(path), {
        method,
        headers: { ...(ours ? this.#headers() : {}), ...(body ? { "Content-Type": "application/json" } : {}) },
        cache: "no-store",
        credentials: "omit",
        signal: cut.signal,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (response.ok) return response.status === 204 ? null : ((await response.json()) as unknown);
      throw await this.#problem(response, ours);
    } finally {
      clearTimeout(timer);
      cut.free();
    }
  }

  async #problem(response: Response, ours: boolean): Promise<Error> {
    const { status } = response;
    if (status >= 500 || status === 408 || status === 425 || status === 429) {
      const after = Number(response.headers.get("retry-after")) || (status === 429 ? 10 : 0);
      return new Unreachable(Math.min(60, after) * 1000, status === 429);
    }
    const problem = record(record(await response.json().catch(() => null)).error);
    const code = text(problem.code);
    // Not every 404 is about the conversation: a server of another version may not know the address at all.
    if (ours && (status === 401 || status === 410 || (status === 404 && (code === "" || code === "conversation_unknown")))) return new Ended();
    return new Refused(text(problem.message), code);
  }

  /**
   * Reads events until the stream ends: `lived` when it brought anything at all, `failed` when it brought nothing. `silent` when it stayed
   * open without a word for longer than the server is ever silent: something between holds it back, and will do so again.
   */
  async stream(after: number, signal: AbortSignal, take: (event: ServerEvent) => void): Promise<"lived" | "failed" | "silent"> {
    const cut = cutBy(signal);
    let end: "lived" | "failed" | "silent" = "failed";
    const fellSilent = (): void => {
      end = "silent";
      cut.stop();
    };
    let watch = setTimeout(fellSilent, FIRST_WORD_MS);
    try {
      const response = await fetch(this.#url(`${this.own}/events`), {
        headers: { ...this.#headers(), Accept: "text/event-stream", "Last-Event-ID": String(after) },
        cache: "no-store",
        credentials: "omit",
        signal: cut.signal,
      });
      if (!response.ok || !response.body || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
        await response.body?.cancel();
        return end;
      }
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      const parser = new EventParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return end;
        end = "lived";
        clearTimeout(watch);
        watch = setTimeout(fellSilent, SILENCE_MS);
        for (const event of parser.feed(decoder.decode(value, { stream: true }))) take(event);
      }
    } catch {
      return end;
    } finally {
      clearTimeout(watch);
      cut.free();
      cut.stop();
    }
  }

  /** The path of the conversation itself. */
  get own(): string {
    return `/conversations/${encodeURIComponent(this.access?.id ?? "")}`;
  }

  #url(path: string): string {
    return `${this.server}/api${path}`;
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
