/** What the web API says, read with care: of a server of another version a widget understands what it can. */
export interface Option {
  title: string;
  payload: string;
}
export interface Source {
  title: string;
  url: string;
  publisher?: string | null;
  checked_on?: string | null;
}
export type StepState = "done" | "now" | "blocked" | "later";
/** One step of a plan, in the server's words. */
export interface PlanEntry {
  title: string;
  state: StepState;
  /** The legal day has passed. */
  late: boolean;
  when: string;
  reason: string;
  waits_for: string[];
  sources: Source[];
}
export type Verdict = "helped" | "not_helped";
export interface Feedback {
  verdict: Verdict;
  comment: string;
}
export interface Message {
  id: number;
  sender: "person" | "bot" | "agent" | "system";
  text: string;
  sources: Source[];
  /** The steps to show below the text; empty when the message is about no plan. */
  plan: PlanEntry[];
  options: Option[];
  created_at: string;
  /** The colleague's name, on messages of the sender `agent`. */
  agent: string;
  /** Under which name this or another tab sent it, on messages of the sender `person`. */
  client_id: string;
  /** The article that answers; empty when the message is no answer. */
  article: string;
  /** What the person said of the answer. */
  feedback: Feedback | null;
}
export interface Floor {
  speaker: "bot" | "queue" | "agent";
  agent: string | null;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const record = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});

export function readMessage(value: unknown): Message | null {
  const from = record(value);
  const id = Number(from.id);
  const sender = from.sender;
  if (!Number.isFinite(id) || (sender !== "person" && sender !== "bot" && sender !== "agent" && sender !== "system")) return null;
  return {
    id,
    sender,
    text: text(from.text),
    sources: list(from.sources).map(readSource),
    plan: list(from.plan).map(readEntry).filter((entry) => entry !== null),
    options: list(from.options)
      .map((option) => ({ title: text(record(option).title), payload: text(record(option).payload) }))
      .filter((option) => option.title !== ""),
    created_at: text(from.created_at),
    agent: text(from.agent),
    client_id: text(from.client_id),
    article: text(from.article),
    feedback: readFeedback(from.feedback),
  };
}

function readSource(value: unknown): Source {
  const { title, url, publisher, checked_on } = record(value);
  return { title: text(title) || text(url), url: text(url), publisher: text(publisher), checked_on: text(checked_on) };
}

/** A step without a title, or in a state that this version does not know, stands in the text only. */
function readEntry(value: unknown): PlanEntry | null {
  const from = record(value);
  const title = text(from.title);
  const { state } = from;
  if (title === "" || (state !== "done" && state !== "now" && state !== "blocked" && state !== "later")) return null;
  return {
    title,
    state,
    late: from.late === true,
    when: text(from.when),
    reason: text(from.reason),
    waits_for: list(from.waits_for).map(text).filter(Boolean),
    sources: list(from.sources).map(readSource),
  };
}

function readFeedback(value: unknown): Feedback | null {
  const { verdict, comment } = record(value);
  return verdict === "helped" || verdict === "not_helped" ? { verdict, comment: text(comment) } : null;
}

export function readFloor(value: unknown): Floor | null {
  const { speaker, agent } = record(value);
  if (speaker !== "bot" && speaker !== "queue" && speaker !== "agent") return null;
  return { speaker, agent: text(agent) || null };
}
