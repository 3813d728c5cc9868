import { type Lang, LANGUAGES, known } from "../languages/choose";
import { record, text } from "./api";

/** A text to which somebody must agree before anything is sent, in the municipality's own words. */
export interface Consent {
  version: string;
  text: string;
  agree: string;
  decline: string;
}
export type Channel = "telegram" | "whatsapp";
export const CHANNELS: readonly Channel[] = ["telegram", "whatsapp"];
export type Links = Record<Channel, string | null>;

/** What a municipality says of its chat. */
export interface Site {
  poweredBy: { text: string; url: string } | null;
  privacy: { text: string; url: string };
  consent: Consent | null;
  theme: string;
  /** The languages of the interface that it offers; the first one is for those whose language is not among them. */
  languages: readonly Lang[];
  channels: Links;
}

export function readLinks(value: unknown): Links {
  const { telegram, whatsapp } = record(value);
  return { telegram: text(telegram) || null, whatsapp: text(whatsapp) || null };
}

/** Without what a municipality did not say, or said in a way that this version does not know, the chat does well. */
export function readSite(value: unknown): Site {
  const from = record(value);
  const powered = record(from.powered_by);
  const privacy = record(from.privacy);
  const consent = record(from.consent);
  const offered = (Array.isArray(from.languages) ? from.languages : []).map((tag) => known(text(tag)));
  const languages = [...new Set(offered)].filter((lang) => lang !== undefined);
  return {
    poweredBy: text(powered.text) ? { text: text(powered.text), url: text(powered.url) } : null,
    privacy: { text: text(privacy.text), url: text(privacy.url) },
    consent:
      text(consent.version) && text(consent.text)
        ? { version: text(consent.version), text: text(consent.text), agree: text(consent.agree), decline: text(consent.decline) }
        : null,
    theme: text(from.theme),
    languages: languages.length > 0 ? languages : LANGUAGES,
    channels: readLinks(from.channels),
  };
}

/** The apps in which this conversation may go on. */
export function channelsOf(links: Links): Channel[] {
  return CHANNELS.filter((channel) => links[channel] !== null);
}
