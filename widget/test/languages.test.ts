import { describe, expect, it } from "vitest";
import { LANGUAGES, choose } from "../src/languages/choose";
import { texts as de } from "../src/languages/de";
import { english } from "../src/languages/en";
import { elsewhere } from "../src/languages/en-elsewhere";
import { texts as es } from "../src/languages/es";
import { fill } from "../src/languages/fill";
import { texts as fr } from "../src/languages/fr";
import { texts as nl } from "../src/languages/nl";
import { words } from "../src/languages/words";

/** Every text by its path, with the places that it leaves open. */
function open(value: unknown, path = ""): Record<string, string[]> {
  if (typeof value === "string") return { [path]: [...value.matchAll(/\{\w+\}/g)].map(([place]) => place).sort() };
  return Object.assign({}, ...Object.entries(value as object).map(([key, inner]) => open(inner, `${path}.${key}`))) as Record<string, string[]>;
}

const whole = { ...english, elsewhere };
const others = { nl, fr, de, es };

describe.each(Object.entries(others))("the texts in %s", (lang, texts) => {
  it("have the keys and the open places of the English ones", () => {
    expect(open(texts)).toEqual(open(whole));
  });

  it("name their own language", () => {
    expect(texts.lang).toBe(lang);
    expect(texts.locale.startsWith(`${lang}-`)).toBe(true);
    expect(texts.dir).toBe("ltr");
  });

  it("say that the answers are English, and are empty nowhere", () => {
    expect(texts.welcomeEnglish).not.toBe("");
    const empty = Object.entries(texts).filter(([, value]) => typeof value === "string" && value.trim() === "");
    expect(empty).toEqual([]);
  });

  it("are not left in English", () => {
    for (const key of ["welcome", "send", "person", "restart", "consent", "privacyKept", "ended"] as const) expect(texts[key]).not.toBe(english[key]);
  });
});

it("has the words of the button in every language", () => {
  expect(Object.keys(words)).toEqual([...LANGUAGES]);
  for (const lang of LANGUAGES) expect(open(words[lang])).toEqual(open(words.en));
});

describe("the language that is spoken", () => {
  it.each([
    [null, null, ["nl-BE"], "fr", "en"],
    [null, "nl", ["fr"], "fr", "nl"],
    [null, "auto", ["pl", "fr-BE", "nl"], "de", "fr"],
    [null, "auto", ["pl"], "de-AT", "de"],
    [null, "auto", ["pl"], "uk", "en"],
    [null, "xx", ["nl"], "nl", "en"],
    ["es", "nl", ["fr"], "fr", "es"],
    ["broken", "auto", ["nl_BE"], "", "nl"],
  ])("chosen %o, asked for %o, browser %o, page %o: %s", (chosen, asked, browser, page, lang) => {
    expect(choose(chosen, asked, browser, page)).toBe(lang);
  });
});

it.each([
  ["nl", "auto", ["fr"], ["fr", "en"], "fr"],
  [null, "nl", ["de"], ["fr", "en"], "fr"],
  [null, "nl", ["de"], ["fr", "es"], "fr"],
] as const)("is one that the municipality offers: chosen %o, asked for %o", (chosen, asked, browser, offered, lang) => {
  expect(choose(chosen, asked, browser, "", [...offered])).toBe(lang);
});

it("fills what is known and leaves the rest", () => {
  expect(fill("{a} of {b}, {a}", { a: 1 })).toBe("1 of {b}, 1");
});
