import { describe, expect, it } from "vitest";
import { readMessage } from "../src/chat/api";

const message = (plan: unknown) => readMessage({ id: 1, sender: "bot", text: "Your plan", plan })?.plan;

describe("the plan of a message", () => {
  it("is read step by step", () => {
    const step = {
      title: "Register",
      state: "now",
      late: true,
      when: "by 2 December 2026",
      reason: "Within eight days.",
      waits_for: ["Arrive"],
      sources: [{ title: "Page", url: "https://x.example", publisher: "Town", checked_on: "2026-11-20" }],
    };
    expect(message([{ ...step, step: "register", by: "2026-12-02", facts: ["f"] }])).toEqual([step]);
  });

  it("keeps what it can of an incomplete step", () => {
    expect(message([{ title: "Register", state: "later", late: "yes", waits_for: [1, "", "Arrive"] }])).toEqual([
      { title: "Register", state: "later", late: false, when: "", reason: "", waits_for: ["Arrive"], sources: [] },
    ]);
  });

  it.each([undefined, null, "text", {}, [null, 3, []], [{ title: "x", state: "lost" }], [{ state: "now" }]])("is empty for %o", (plan) => {
    expect(message(plan)).toEqual([]);
  });
});
