import { describe, expect, it } from "vitest";
import { readSite } from "../src/chat/site";
import { starters } from "../src/view/welcome";

const nothing = {
  poweredBy: null,
  privacy: { text: "", url: "" },
  consent: null,
  theme: "",
  languages: ["en", "nl", "fr", "de", "es"],
  channels: { telegram: null, whatsapp: null },
};

describe("what a municipality says", () => {
  it("is read", () => {
    const consent = { version: "1", text: "We keep it.", agree: "Yes", decline: "No" };
    const said = {
      municipality: "gent",
      name: "Ghent",
      powered_by: { text: "Made by the town", url: "https://town.example" },
      privacy: { text: "Short", url: "https://town.example/privacy" },
      consent,
      theme: "ghent",
      languages: ["nl-BE", "en", "xx", "nl"],
      channels: { telegram: "https://t.me/x", whatsapp: null },
    };
    expect(readSite(said)).toEqual({
      poweredBy: said.powered_by,
      privacy: said.privacy,
      consent,
      theme: "ghent",
      languages: ["nl", "en"],
      channels: said.channels,
    });
  });

  it.each([null, undefined, "text", [], {}, { consent: {}, powered_by: 3, languages: "nl", channels: [], privacy: null }, { consent: { version: "1" } }])(
    "is nothing special for %o",
    (value) => {
      expect(readSite(value)).toEqual(nothing);
    },
  );
});

describe("the questions to begin with", () => {
  it("are those for everybody without a subject, or with one that is not known", () => {
    expect(starters(null)).toEqual(["arrived", "home", "register"]);
    expect(starters("constructor")).toEqual(["arrived", "home", "register"]);
  });

  it("begin with the subject of the page and name none twice", () => {
    expect(starters("tax")).toEqual(["taxes", "accounts", "arrived", "home"]);
    expect(starters("registration")).toEqual(["register", "police", "arrived", "home"]);
  });
});
