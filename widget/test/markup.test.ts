import { describe, expect, it } from "vitest";
import { blocks, formatDate, formatTime, safeUrl } from "../src/view/markup";

const plain = (text: string) => ({ text, label: false });
const label = (text: string) => ({ text, label: true });

describe("blocks", () => {
  it("parts paragraphs at blank lines and keeps single line breaks", () => {
    expect(blocks("One\nstill one\r\n\r\nTwo")).toEqual([
      { kind: "paragraph", lines: [[plain("One")], [plain("still one")]] },
      { kind: "paragraph", lines: [[plain("Two")]] },
    ]);
  });

  it("makes a list right after a label", () => {
    expect(blocks("**Bring**\n- your passport\n- **two** photos\nThen wait")).toEqual([
      { kind: "paragraph", lines: [[label("Bring")]] },
      { kind: "list", items: [[plain("your passport")], [label("two"), plain(" photos")]] },
      { kind: "paragraph", lines: [[plain("Then wait")]] },
    ]);
  });

  it.each(["2 ** 3 ** 4", "**", "**open", "a - b", "-not a list", "<b>bold</b>", "[link](https://x.example)", "# title"])("leaves %s as it is", (text) => {
    expect(blocks(text)).toEqual([{ kind: "paragraph", lines: [[plain(text)]] }]);
  });

  it("makes a link to a plan or to own data, whatever server it names", () => {
    const link = (text: string, page: string) => ({ text, label: false, page });
    expect(blocks("**Plan** [Your plan](https://x.example:8000/plan/aB.x-_9.Zk), [again](/plan/b)\n- [there](https://x.example/chat/mydata/c)")).toEqual([
      { kind: "paragraph", lines: [[label("Plan"), plain(" "), link("Your plan", "plan/aB.x-_9.Zk"), plain(", "), link("again", "plan/b")]] },
      { kind: "list", items: [[link("there", "mydata/c")]] },
    ]);
  });

  it.each(["https://x.example/plan/", "https://x.example/plan/a/b", "https://x.example/plan/..", "https://x.example/plan/a..b", "https://x.example/plan/a?b", "https://x.example/../plan/a%2F", "javascript:/plan/a", "//x.example/plan/a b", "https://x.example?/plan/a", "plan/a"])(
    "makes no link to %s",
    (address) => {
      expect(blocks(`[words](${address})`)).toEqual([{ kind: "paragraph", lines: [[plain(`[words](${address})`)]] }]);
    },
  );

  it("has nothing to show for nothing", () => {
    expect(blocks(" \n\n ")).toEqual([]);
  });
});

describe("safeUrl", () => {
  it.each(["https://stad.gent/en", "http://127.0.0.1:8000/x?y=1#z"])("follows %s", (url) => {
    expect(safeUrl(url)).toBe(url);
  });
  it.each(["javascript:alert(1)", " JavaScript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//x.example", "page", "", null, 7, {}])(
    "refuses %s",
    (url) => {
      expect(safeUrl(url)).toBeNull();
    },
  );
});

describe("dates", () => {
  it("writes a date in words, whatever the time zone", () => {
    expect(formatDate("2026-03-01", "en-GB")).toBe("1 March 2026");
    expect(formatDate("2026-03-01T23:59:59Z", "en-GB")).toBe("1 March 2026");
    expect(formatDate("soon", "en-GB")).toBe("soon");
  });
  it("leaves the day out when it is today", () => {
    const now = new Date(2026, 4, 3, 18, 0);
    expect(formatTime(new Date(2026, 4, 3, 14, 5).toISOString(), "en-GB", now)).toBe("14:05");
    expect(formatTime(new Date(2026, 4, 2, 14, 5).toISOString(), "en-GB", now)).toMatch(/^2 May(,| at) 14:05$/);
    expect(formatTime("", "en-GB", now)).toBe("");
  });
});
