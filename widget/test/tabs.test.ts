import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Conversation } from "../src/chat/conversation";
import type { Store } from "../src/chat/storage";

/** What one tab writes, another sees (and is told) only this much later: longer than it takes to pass on a lock. */
const LATE_MS = 50;
const settings = { server: "https://what-now.example", municipality: "gent", privacyUrl: null };

/** Tabs of one browser, each with its own view of the storage they share. */
class Tabs {
  readonly #tabs: { kept: Map<string, string>; chat: Conversation }[] = [];

  open(): Conversation {
    const kept = new Map<string, string>();
    const store: Store = {
      get: (key) => JSON.parse(kept.get(key) ?? "null") as unknown,
      set: (key, value) => this.#write(kept, key, JSON.stringify(value)),
      remove: (key) => this.#write(kept, key, null),
      keys: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
    };
    const chat = new Conversation(settings, store, () => undefined);
    this.#tabs.push({ kept, chat });
    chat.start();
    return chat;
  }

  #write(own: Map<string, string>, key: string, text: string | null): void {
    const write = (kept: Map<string, string>): void => void (text === null ? kept.delete(key) : kept.set(key, text));
    write(own);
    for (const { kept, chat } of this.#tabs.filter((tab) => tab.kept !== own)) {
      setTimeout(() => {
        write(kept);
        chat.storageChanged(key);
      }, LATE_MS);
    }
  }

  stop(): void {
    for (const { chat } of this.#tabs) chat.stop();
  }
}

/** Locks as the browser gives them: one at a time, in the order they were asked for. */
function locks(): { request: (name: string, options: object, work: () => Promise<unknown>) => Promise<unknown> } {
  let last: Promise<unknown> = Promise.resolve();
  return { request: (_name, _options, work) => (last = last.catch(() => undefined).then(work)) };
}

/** A server that keeps what was sent, by conversation; a stream cannot be had. */
class Server {
  readonly conversations = new Map<string, { id: number; sender: string; text: string; client_id: string }[]>();
  failing = 0;
  #next = 0;

  readonly fetch = async (url: string, options: RequestInit): Promise<Response> => {
    await new Promise((go) => setTimeout(go, 5));
    if (this.failing > 0 && this.failing--) return new Response("", { status: 503 });
    if (url.includes("/sites/")) return new Response("", { status: 404 });
    const [, id, what] = /conversations(?:\/([^/]+)\/(\w+))?/.exec(url) ?? [];
    const messages = this.conversations.get(id ?? "");
    if (!messages) {
      const made = `c${this.conversations.size + 1}`;
      this.conversations.set(made, []);
      return Response.json({ id: made, token: "t" });
    }
    if (what !== "messages") return new Response("", { status: 502 });
    if (!options.body) return Response.json({ messages, speaker: "bot", agent: null });
    const sent = JSON.parse(options.body as string) as { text: string; client_id: string };
    const stored = messages.find((one) => one.client_id === sent.client_id) ?? { id: ++this.#next, sender: "person", ...sent };
    if (!messages.includes(stored)) messages.push(stored);
    return Response.json(stored);
  };
}

describe("two tabs that start at once", () => {
  let tabs: Tabs;
  let server: Server;

  beforeEach(() => {
    vi.useFakeTimers();
    tabs = new Tabs();
    server = new Server();
    vi.stubGlobal("fetch", server.fetch);
    vi.stubGlobal("document", { hidden: false });
    vi.stubGlobal("navigator", { locks: locks() });
  });

  afterEach(() => {
    tabs.stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const shown = (chat: Conversation): string[] => chat.items.map((item) => ("sender" in item ? item.text : item.shown)).sort();

  it.each([0, 3, 8, 20, 60, 500])("share one conversation, the second %i ms later", async (later) => {
    const [one, other] = [tabs.open(), tabs.open()];
    one.send({ text: "first" }, "first");
    await vi.advanceTimersByTimeAsync(later);
    other.send({ text: "second" }, "second");
    await vi.advanceTimersByTimeAsync(8_000);
    expect([...server.conversations.values()].map((said) => said.map((one) => one.text).sort())).toEqual([["first", "second"]]);
    expect([shown(one), shown(other)]).toEqual([["first", "second"], ["first", "second"]]);
  });

  it("do not make the second wait until the first lets go", async () => {
    const [one, other] = [tabs.open(), tabs.open()];
    one.send({ text: "first" }, "first");
    other.send({ text: "second" }, "second");
    await vi.advanceTimersByTimeAsync(LATE_MS + 50);
    expect(server.conversations.get("c1")).toHaveLength(2);
  });

  it("share one conversation when the first fails to open it", async () => {
    server.failing = 1;
    const [one, other] = [tabs.open(), tabs.open()];
    one.send({ text: "first" }, "first");
    other.send({ text: "second" }, "second");
    await vi.advanceTimersByTimeAsync(8_000);
    expect([...server.conversations.values()].map((said) => said.map((one) => one.text).sort())).toEqual([["first", "second"]]);
    expect([shown(one), shown(other)]).toEqual([["first", "second"], ["first", "second"]]);
  });
});
