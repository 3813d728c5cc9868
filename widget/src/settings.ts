/** What the page that embeds the chat may set. Each is an attribute of the element, or `data-…` on the script tag. */
export interface Settings {
  /** Origin (and path, when it has one) of the assistant's server, without a slash at the end. */
  server: string;
  /** Slug of the municipality whose counters and rules apply first. */
  municipality: string;
  /** The municipality's own privacy notice; no link is shown without it. */
  privacyUrl: string | null;
}

export const ATTRIBUTES = ["server", "municipality", "privacy-url", "position", "theme", "label"] as const;
