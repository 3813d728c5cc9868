/**
 * The little markup a message may use: blank lines part paragraphs, a line that begins with `- ` is a list item,
 * `**…**` is a label and `[…](…/plan/…)` and `[…](…/mydata/…)` are links to the person's own plan and data. Everything else is plain text, whatever it looks like.
 */
export interface Span {
  text: string;
  label: boolean;
  /** The path of the person's own page, `plan/…` or `mydata/…`, on the words of a link. */
  page?: string;
}
export type Block = { kind: "paragraph"; lines: Span[][] } | { kind: "list"; items: Span[][] };

const MARKED = /\*\*(?=\S)([^*]+?)\*\*|\[([^[\]]+)\]\((?:https?:\/\/[^\s()/?#]+)?(?:\/[\w.~-]+)*\/((?:plan|mydata)\/[\w-]+(?:\.[\w-]+)*)\)/g;

export function spans(line: string): Span[] {
  const found: Span[] = [];
  let rest = 0;
  for (const match of line.matchAll(MARKED)) {
    const [whole, label, words, page] = match;
    if (match.index > rest) found.push({ text: line.slice(rest, match.index), label: false });
    found.push(label === undefined ? { text: words as string, label: false, page: page as string } : { text: label, label: true });
    rest = match.index + whole.length;
  }
  if (rest < line.length) found.push({ text: line.slice(rest), label: false });
  return found;
}

export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let open: Block | null = null;
  for (const raw of text.replace(/\r\n?/g, "\n").split("\n")) {
    const line = raw.trim();
    if (line === "") {
      open = null;
    } else if (line.startsWith("- ")) {
      if (open?.kind !== "list") found.push((open = { kind: "list", items: [] }));
      open.items.push(spans(line.slice(2).trim()));
    } else {
      if (open?.kind !== "paragraph") found.push((open = { kind: "paragraph", lines: [] }));
      open.lines.push(spans(line));
    }
  }
  return found;
}

/** The address if it is one a browser may safely follow, else null. */
export function safeUrl(address: unknown): string | null {
  if (typeof address !== "string") return null;
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** `2026-03-01` as "1 March 2026"; what is not a date stays as it is. */
export function formatDate(value: string, locale: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(value);
  if (!parts) return value;
  const day = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(day);
}

/** "14:05" today, "3 May, 14:05" on another day; empty when it is not a time. */
export function formatTime(value: string, locale: string, now = new Date()): string {
  const when = new Date(value);
  if (Number.isNaN(when.getTime())) return "";
  const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  const today = when.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(locale, today ? time : { day: "numeric", month: "long", ...time }).format(when);
}
