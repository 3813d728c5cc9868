import { describe, expect, it } from "vitest";
import { openStore } from "../src/chat/storage";

function fake(limit = Infinity): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => {
      if (value.length > limit) throw new Error("QuotaExceededError");
      kept.set(key, value);
    },
    removeItem: (key) => void kept.delete(key),
    key: (place) => [...kept.keys()][place] ?? null,
    clear: () => kept.clear(),
    get length() {
      return kept.size;
    },
  };
}

describe.each([
  ["a working storage", () => fake()],
  ["a full one", () => fake(2)],
  ["a blocked one", (): Storage => { throw new Error("SecurityError"); }],
])("with %s", (_, storage) => {
  it("keeps, lists and removes", () => {
    const store = openStore(storage);
    store.set("what-now:x", { id: "1", token: "t" });
    store.set("what-now:x:send:2", [1]);
    store.set("other", true);
    expect(store.get("what-now:x")).toEqual({ id: "1", token: "t" });
    expect(store.keys("what-now:x:send:")).toEqual(["what-now:x:send:2"]);
    store.remove("what-now:x");
    expect(store.get("what-now:x")).toBeNull();
  });
});

it("takes what it cannot read for nothing", () => {
  const storage = fake();
  storage.setItem("what-now:x", "{half");
  expect(openStore(() => storage).get("what-now:x")).toBeNull();
});
