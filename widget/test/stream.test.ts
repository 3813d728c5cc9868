import { describe, expect, it } from "vitest";
import { EventParser, backoff } from "../src/chat/stream";

const STREAM = ': hello\r\n\r\nid: 7\r\nevent: message\r\ndata: {"a":\r\ndata: 1}\r\n\r\nevent: floor\ndata: {"speaker":"bot"}\n\ndata:bare\n\nevent: empty\n\n';
const EVENTS = [
  { event: "message", data: '{"a":\n1}', id: "7" },
  { event: "floor", data: '{"speaker":"bot"}', id: null },
  { event: "message", data: "bare", id: null },
];

describe("EventParser", () => {
  it("reads a stream in one piece", () => {
    expect(new EventParser().feed(STREAM)).toEqual(EVENTS);
  });
  it.each([1, 2, 3, 5, 7, 11])("reads it in pieces of %i", (size) => {
    const parser = new EventParser();
    const found = [];
    for (let at = 0; at < STREAM.length; at += size) found.push(...parser.feed(STREAM.slice(at, at + size)));
    expect(found).toEqual(EVENTS);
  });
  it("keeps what is not complete", () => {
    const parser = new EventParser();
    expect(parser.feed("data: half")).toEqual([]);
    expect(parser.feed(" and half\n")).toEqual([]);
    expect(parser.feed("\n")).toEqual([{ event: "message", data: "half and half", id: null }]);
  });
});

describe("backoff", () => {
  it("doubles up to its ceiling, half of it by chance", () => {
    expect([0, 1, 2, 3].map((attempt) => backoff(attempt, 1))).toEqual([1000, 2000, 4000, 8000]);
    expect(backoff(50, 1)).toBe(30_000);
    expect(backoff(50, 0)).toBe(15_000);
    expect(backoff(0, 0)).toBe(500);
  });
});
