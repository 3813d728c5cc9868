/** Server-Sent Events read from a `fetch` body: `EventSource` cannot send the conversation's token in a header. */
export interface ServerEvent {
  event: string;
  data: string;
  id: string | null;
}

/** Feed it text as it arrives; it returns the events that text completed. */
export class EventParser {
  #rest = "";
  #event = "";
  #data: string[] = [];
  #id: string | null = null;

  feed(chunk: string): ServerEvent[] {
    const found: ServerEvent[] = [];
    this.#rest += chunk;
    for (;;) {
      const end = /\r\n|\n|\r(?=[^])/.exec(this.#rest);
      if (!end) return found;
      const line = this.#rest.slice(0, end.index);
      this.#rest = this.#rest.slice(end.index + end[0].length);
      if (line === "") {
        if (this.#data.length > 0) found.push({ event: this.#event || "message", data: this.#data.join("\n"), id: this.#id });
        this.#event = "";
        this.#data = [];
        this.#id = null;
        continue;
      }
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") this.#event = value;
      else if (field === "data") this.#data.push(value);
      else if (field === "id") this.#id = value;
    }
  }
}

/** Milliseconds before try number `attempt` (from 0): doubles up to a ceiling; half of it is chance, so that many widgets do not return at once. */
export function backoff(attempt: number, chance = Math.random(), first = 1000, ceiling = 30_000): number {
  const full = Math.min(ceiling, first * 2 ** Math.min(attempt, 20));
  return full / 2 + (full / 2) * chance;
}
