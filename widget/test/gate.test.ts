import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Conversation } from "../src/chat/conversation";
import { openStore } from "../src/chat/storage";

const settings = { server: "https://what-now.example", municipality: "gent", privacyUrl: null };
const consent = { version: "2", text: "We keep it.", agree: "", decline: "" };

/** What went over the wire, and a server that says so much of itself. */
function server(site: Response | Error): { sent: { path: string; body: Record<string, unknown> }[] } {
  const sent: { path: string; body: Record<string, unknown> }[] = [];
  vi.stubGlobal("fetch", (url: string, options: RequestInit) => {
    const path = new URL(url).pathname;
    if (path.startsWith("/api/sites/")) return site instanceof Error ? Promise.reject(site) : Promise.resolve(site.clone());
    if (options.method === "POST") sent.push({ path, body: JSON.parse(options.body as string) as Record<string, unknown> });
    if (path === "/api/conversations") return Promise.resolve(Response.json({ id: "c1", token: "t" }));
    if (options.method === "POST") return Promise.resolve(Response.json({ id: sent.length, sender: "person", text: "Hello" }));
    return Promise.resolve(new Response("", { status: 502 }));
  });
  return { sent };
}

const chats: Conversation[] = [];
function chat(): Conversation {
  const made = new Conversation(settings, openStore(() => { throw new Error("none"); }), () => undefined);
  chats.push(made);
  made.start();
  return made;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { hidden: false });
  vi.stubGlobal("navigator", {});
});
afterEach(() => {
  for (const one of chats.splice(0)) one.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("where the municipality asks for agreement", () => {
  it("nothing is sent before, and the agreement goes along", async () => {
    const { sent } = server(Response.json({ consent }));
    const one = chat();
    one.send({ text: "Hello" }, "Hello");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
    expect(one.asking).toBe(true);
    one.gate.agree();
    await vi.advanceTimersByTimeAsync(100);
    expect(sent[0]).toEqual({ path: "/api/conversations", body: { municipality: "gent", consent: "2" } });
    expect(sent[1]?.body.text).toBe("Hello");
    expect(one.asking).toBe(false);
  });

  it("somebody who declines gets the words back and nothing is sent", async () => {
    const { sent } = server(Response.json({ consent }));
    const one = chat();
    one.send({ text: "Hello" }, "Hello");
    await vi.advanceTimersByTimeAsync(100);
    expect(one.decline()).toBe("Hello");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
    expect(one.items).toEqual([]);
    one.gate.reconsider();
    one.gate.agree();
    one.send({ text: "Hello again" }, "Hello again");
    await vi.advanceTimersByTimeAsync(100);
    expect(sent.map(({ body }) => body.text ?? body.consent)).toEqual(["2", "Hello again"]);
  });

  it("somebody who starts again is asked again", async () => {
    server(Response.json({ consent }));
    const one = chat();
    await one.gate.load();
    one.gate.agree();
    expect(one.asking).toBe(false);
    one.restart();
    expect(one.asking).toBe(true);
  });
});

describe("where it asks nothing", () => {
  it.each([
    ["because it says so", () => Response.json({ consent: null })],
    ["because it cannot be reached", () => new Error("away")],
    ["because the server knows no sites", () => new Response("", { status: 404 })],
  ])("%s, the first message goes out", async (_, said) => {
    const { sent } = server(said());
    chat().send({ text: "Hello" }, "Hello");
    await vi.advanceTimersByTimeAsync(100);
    expect(sent.map(({ path, body }) => [path, body.consent])).toEqual([
      ["/api/conversations", undefined],
      ["/api/conversations/c1/messages", undefined],
    ]);
  });
});
