import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Listening } from "../src/chat/listening";
import { Pauses } from "../src/chat/pauses";
import { Ended, Refused, Unreachable, Wire } from "../src/chat/wire";

const never = new AbortController().signal;

function wire(): Wire {
  const made = new Wire("https://what-now.example");
  made.access = { id: "c1", token: "secret" };
  return made;
}

/** A stream that speaks once, or never, and then stays open. */
function open(first: string | null, signal: AbortSignal | null | undefined): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (first !== null) controller.enqueue(new TextEncoder().encode(first));
      signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a stream behind a proxy that holds it back", () => {
  it.each([
    ["before the first word", null, 8_000],
    ["after the first word", ": open\n\n", 25_000],
  ])("is silent %s", async (_, first, patience) => {
    vi.stubGlobal("fetch", (_url: string, options: RequestInit) => Promise.resolve(open(first, options.signal)));
    const end = wire().stream(0, never, () => undefined);
    const before = vi.fn();
    void end.then(before);
    await vi.advanceTimersByTimeAsync(patience - 500);
    expect(before).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await end).toBe("silent");
  });

  it("is alive as long as the server's pings come", async () => {
    let speak: () => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        speak = () => controller.enqueue(new TextEncoder().encode(": ping\n\n"));
      },
    });
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } })));
    const end = vi.fn();
    void wire().stream(0, never, () => undefined).then(end);
    for (let minute = 0; minute < 8; minute += 1) {
      speak();
      await vi.advanceTimersByTimeAsync(15_000);
    }
    expect(end).not.toHaveBeenCalled();
  });

  it("is left at once for asking every few seconds, and tried again after a minute", async () => {
    vi.stubGlobal("document", { hidden: false });
    const asked = { lists: 0, streams: 0 };
    vi.stubGlobal("fetch", (url: string, options: RequestInit) => {
      if (url.endsWith("/events")) {
        asked.streams += 1;
        return Promise.resolve(open(": open\n\n", options.signal));
      }
      asked.lists += 1;
      return Promise.resolve(Response.json({ messages: [], speaker: "bot", agent: null }));
    });
    const told = { heard: vi.fn(), floor: vi.fn(), typing: vi.fn(), upToDate: vi.fn(), lost: vi.fn(), ended: vi.fn(), changed: vi.fn() };
    const stop = new AbortController();
    void new Listening(wire(), new Pauses(), told).listen(stop.signal);
    await vi.advanceTimersByTimeAsync(55_000);
    expect(asked.streams).toBe(1);
    expect(asked.lists).toBeGreaterThan(6);
    await vi.advanceTimersByTimeAsync(35_000);
    expect(asked.streams).toBe(2);
    expect(told.lost).not.toHaveBeenCalled();
    stop.abort();
  });
});

describe("an answer that is an error", () => {
  const answers = (status: number, code = ""): void => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ error: { code, message: "Words" } }, { status })));
  };

  it("ends the conversation only where it is about the conversation", async () => {
    for (const code of ["conversation_unknown", ""]) {
      answers(404, code);
      await expect(wire().call("/conversations/c1/messages", never)).rejects.toBeInstanceOf(Ended);
    }
    for (const code of ["channel_unknown", "http"]) {
      answers(404, code);
      await expect(wire().call("/conversations/c1/channels/telegram", never)).rejects.toBeInstanceOf(Refused);
    }
    answers(404, "code_wrong");
    const wrong = await wire().call("/resume", never, { code: "x" }).catch((problem: unknown) => problem);
    expect(wrong).toBeInstanceOf(Refused);
    expect((wrong as Refused).code).toBe("code_wrong");
  });

  it("tells too often from away", async () => {
    answers(429);
    const often = await wire().call("/resume", never, {}).catch((problem: unknown) => problem);
    expect((often as Unreachable).often).toBe(true);
    answers(503);
    const away = await wire().call("/resume", never, {}).catch((problem: unknown) => problem);
    expect((away as Unreachable).often).toBe(false);
  });
});

it("gives the token to nothing but the conversation", async () => {
  const seen: Record<string, string | undefined> = {};
  vi.stubGlobal("fetch", (url: string, options: RequestInit) => {
    seen[new URL(url).pathname] = (options.headers as Record<string, string>).Authorization;
    return Promise.resolve(Response.json({}));
  });
  await wire().call("/conversations/c1/channels", never);
  await wire().call("/sites/gent", never);
  await wire().call("/resume", never, {});
  expect(seen).toEqual({ "/api/conversations/c1/channels": "Bearer secret", "/api/sites/gent": undefined, "/api/resume": undefined });
});
