import type { Lang } from "./languages/choose";

/** What the page that embeds the chat may set. Each is an attribute of the element, or `data-…` on the script tag. */
export interface Settings {
  /** Origin (and path, when it has one) of the assistant's server, without a slash at the end. */
  server: string;
  /** Slug of the municipality whose counters and rules apply first. */
  municipality: string;
  /** The municipality's own privacy notice; no link is shown without it. */
  privacyUrl: string | null;
  /** The subject of the page: which questions to begin with are offered first. */
  topic?: string | null;
  /** The page's own words, in its own language, instead of ours. */
  title?: string | null;
  subtitle?: string | null;
  welcome?: string | null;
  /** Other ways to the town, for those who do not want to use the chat. */
  contactPhone?: string | null;
  contactUrl?: string | null;
}

/** How it looks and where it stands. */
export interface Look {
  theme: string | null;
  scheme: string | null;
  position: string | null;
}

/** What the panel tells the loader. */
export interface Host {
  closed: () => void;
  unread: (count: number) => void;
  started: () => void;
  /** The person chose a language. */
  language: (lang: Lang) => void;
  /** What the municipality wants: a look, unless the page says otherwise, and these languages. */
  site: (theme: string, languages: readonly Lang[]) => void;
}

/** What the loader may ask of the panel. */
export interface Panel extends HTMLElement {
  begin(settings: Settings, host: Host): void;
  wear(look: Look): void;
  speak(lang: Lang): void;
  show(): void;
  hide(): void;
}

export const THEMES = ["neutral", "ghent", "flanders"];

export const ATTRIBUTES = [
  "server",
  "municipality",
  "privacy-url",
  "position",
  "theme",
  "scheme",
  "lang",
  "topic",
  "label",
  "title",
  "subtitle",
  "welcome",
  "contact-phone",
  "contact-url",
] as const;
