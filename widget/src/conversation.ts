import type { Settings } from "./settings";
import type { Store } from "./storage";
import { EventParser, backoff } from "./stream";

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
/** What a person sent and the server has not confirmed yet. */
export interface Pending {
  client_id: string;
  conversation: string | null;
  body: { text: string } | { payload: string };
  shown: string;
  at: number;
  state: "sending" | "retrying" | "refused";
  /** The newest message when it was written: where it stands when it stays behind. */
  after: number;
  /** The server's words when it refused. */
  reason: string;
  /** The stream showed the stored message before the answer to our own request came: do not show it twice. */
  arrived: boolean;
}
interface Access {
  id: string;
  token: string;
  /** A person is asked or is answering: worth listening on the next page too. */
  waiting?: boolean;
}

class Ended extends Error {}
class Refused extends Error {}
class Unreachable extends Error {
  /** @param after milliseconds that the server asks to wait; it is there then, only busy. */
  constructor(readonly after = 0) {
    super("unreachable");
  }
}

const REQUEST_MS = 15_000;
/** The server speaks as soon as a stream opens and then at least every 15 seconds; a proxy that holds it back does not. */
const FIRST_WORD_MS = 8_000;
const SILENCE_MS = 25_000;
/** A list at least this long may have been cut by the server. */
const PAGE = 100;
const POLL_MS = 3_000;
const POLL_HIDDEN_MS = 15_000;
const NUDGE_MS = 5_000;
const FRESH_MS = 60_000;
const GIVE_UP_THINKING_MS = 120_000;
const STREAM_TRIES = 3;
const STREAM_AGAIN_MS = 60_000;
/** Far longer than a browser needs to show one tab what another has written. */
const SETTLE_MS = 1_000;

const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const record = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});

export function readMessage(value: unknown): Message | null {
  const from = record(value);
  const id = Number(from.id);
  const sender = from.sender;
  if (!Number.isFinite(id) || (sender !== "person" && sender !== "bot" && sender !== "agent" && sender !== "system")) return null;
  return {
    id,
    sender,
    text: text(from.text),
    sources: list(from.sources).map((source) => {
      const { title, url, publisher, checked_on } = record(source);
      return { title: text(title) || text(url), url: text(url), publisher: text(publisher), checked_on: text(checked_on) };
    }),
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

function readFeedback(value: unknown): Feedback | null {
  const { verdict, comment } = record(value);
  return verdict === "helped" || verdict === "not_helped" ? { verdict, comment: text(comment) } : null;
}

function readFloor(value: unknown): Floor | null {
  const { speaker, agent } = record(value);
  if (speaker !== "bot" && speaker !== "queue" && speaker !== "agent") return null;
  return { speaker, agent: text(agent) || null };
}

/** `crypto.randomUUID` exists only on secure pages; a town's test site may not be one. */
function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * One conversation with the server: what was said, what is still to be sent and who has the floor. It knows nothing of the page;
 * `changed` is called whenever something that is shown may be different.
 */
export class Conversation {
  messages: Message[] = [];
  pending: Pending[] = [];
  floor: Floor = { speaker: "bot", agent: null };
  phase: "new" | "loading" | "ready" | "ended" = "new";
  offline = false;
  /** When the person's last message went out, while the assistant owes an answer. */
  awaitingSince: number | null = null;

  /** How far the feedback on an answer has come, by message. */
  readonly judged = new Map<number, "kept" | "commented" | "failed">();

  /** Which of our sends a stored message is, so that what is shown stays the same element. */
  readonly sentAs = new Map<number, string>();

  #access: Access | null = null;
  #life = new AbortController();
  #sending = false;
  #wakers = new Set<() => void>();
  #base: string;
  #cursor = 0;
  #nudging: ReturnType<typeof setTimeout> | undefined;
  #judging: Promise<void> = Promise.resolve();
  /** Hands the conversation that another tab opened to our own wait for one. */
  #told: ((access: Access) => void) | null = null;

  constructor(
    readonly settings: Settings,
    readonly store: Store,
    readonly changed: () => void,
  ) {
    this.#base = storageKey(settings.server, settings.municipality);
  }

  start(): void {
    const kept = this.#stored();
    const unsent: Pending[] = [];
    for (const key of this.store.keys(`${this.#base}:send:`)) {
      const entry = this.store.get(key) as Pending | null;
      if (entry && (entry.conversation === null || entry.conversation === kept?.id)) {
        unsent.push({ ...entry, state: "retrying", arrived: false });
      } else {
        this.store.remove(key);
      }
    }
    this.pending = unsent.sort((one, other) => one.at - other.at);
    if (kept) {
      this.phase = "loading";
      this.#join(kept);
    }
    this.changed();
    void this.#flush();
  }

  send(body: Pending["body"], shown: string): void {
    const entry: Pending = {
      client_id: uuid(),
      conversation: this.#access?.id ?? null,
      body,
      shown,
      at: Date.now(),
      state: "sending",
      after: this.messages[this.messages.length - 1]?.id ?? 0,
      reason: "",
      arrived: false,
    };
    this.pending = [...this.pending, entry];
    this.#keep(entry);
    if (this.floor.speaker === "bot") this.awaitingSince = Date.now();
    this.changed();
    this.wake();
    void this.#flush();
  }

  /** Says whether an answer helped: shown at once, and taken back when the server cannot keep it. Without a comment an earlier one stays. */
  judge(message: Message, verdict: Verdict, comment?: string): Promise<void> {
    this.#judging = this.#judging.then(() => this.#judge(message, verdict, comment));
    return this.#judging;
  }

  async #judge(message: Message, verdict: Verdict, comment?: string): Promise<void> {
    const { signal } = this.#life;
    const before = message.feedback;
    message.feedback = { verdict, comment: comment ?? before?.comment ?? "" };
    this.judged.delete(message.id);
    this.changed();
    try {
      const path = `/${encodeURIComponent(this.#access?.id ?? "")}/messages/${message.id}/feedback`;
      await this.#call(path, signal, { verdict, ...(comment === undefined ? {} : { comment }) });
      this.judged.set(message.id, comment ? "commented" : "kept");
    } catch (problem) {
      if (signal.aborted) return;
      if (problem instanceof Ended) return this.#end();
      message.feedback = before;
      this.judged.set(message.id, "failed");
    }
    this.changed();
  }

  discard(entry: Pending): void {
    this.#drop(entry);
    this.changed();
  }

  /** Leaves this conversation and forgets it on this device. Returns the words that were never sent. */
  restart(): string {
    const unsent = this.pending.find((entry) => "text" in entry.body && entry.state !== "refused")?.shown ?? "";
    for (const entry of this.pending) this.store.remove(this.#keyOf(entry));
    this.store.remove(this.#base);
    this.#reset();
    this.changed();
    return unsent;
  }

  /** Everything to show, in order: a refused message stays where it was written, what is on its way comes last. */
  get items(): (Message | Pending)[] {
    const shown: (Message | Pending)[] = [...this.messages];
    for (const entry of this.pending) {
      if (entry.arrived) continue;
      const place = entry.state === "refused" ? shown.findIndex((item) => "sender" in item && item.id > entry.after) : -1;
      shown.splice(place < 0 ? shown.length : place, 0, entry);
    }
    return shown;
  }

  /** Try again at once whatever is waiting for its next try. */
  wake(): void {
    for (const go of [...this.#wakers]) go();
  }

  /** Another tab changed what is kept on this device. */
  storageChanged(key: string | null): void {
    if (key === null || key === this.#base) {
      const kept = this.#stored();
      if (kept?.id === this.#access?.id) return;
      if (kept && this.#access === null && this.#sending) return this.#told?.(kept);
      this.#reset();
      this.start();
    } else if (key.startsWith(`${this.#base}:send:`) && this.store.get(key) === null) {
      const before = this.pending.length;
      this.pending = this.pending.filter((entry) => this.#keyOf(entry) !== key || entry.state === "refused");
      if (this.pending.length !== before) this.changed();
    }
  }

  stop(): void {
    this.#life.abort();
    this.wake();
  }

  #reset(): void {
    this.stop();
    this.#life = new AbortController();
    this.#access = null;
    this.#sending = false;
    this.#cursor = 0;
    clearTimeout(this.#nudging);
    this.messages = [];
    this.pending = [];
    this.sentAs.clear();
    this.judged.clear();
    this.floor = { speaker: "bot", agent: null };
    this.phase = "new";
    this.offline = false;
    this.awaitingSince = null;
  }

  // --- what is kept on the device ---

  #stored(): Access | null {
    const { id, token, waiting } = record(this.store.get(this.#base));
    return typeof id === "string" && typeof token === "string" ? { id, token, waiting: waiting === true } : null;
  }

  #keyOf(entry: Pending): string {
    return `${this.#base}:send:${entry.client_id}`;
  }

  #keep(entry: Pending): void {
    this.store.set(this.#keyOf(entry), entry);
  }

  #drop(entry: Pending): void {
    this.store.remove(this.#keyOf(entry));
    this.pending = this.pending.filter((other) => other.client_id !== entry.client_id);
  }

  // --- sending: one at a time, in order, the same client_id until the server has confirmed it ---

  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    const { signal } = this.#life;
    let attempt = 0;
    for (;;) {
      const entry = this.pending.find((one) => one.state !== "refused");
      if (!entry || signal.aborted || this.phase === "ended") break;
      try {
        await this.#deliver(entry, signal);
        attempt = 0;
        this.offline = false;
      } catch (problem) {
        if (signal.aborted) return;
        if (problem instanceof Ended) {
          this.#end();
        } else if (problem instanceof Refused) {
          this.store.remove(this.#keyOf(entry));
          entry.state = "refused";
          entry.reason = problem.message;
          this.awaitingSince = null;
        } else {
          entry.state = "retrying";
          if (!(problem instanceof Unreachable && problem.after > 0)) this.offline = true;
          this.changed();
          await this.#pause(Math.max(backoff(attempt++), problem instanceof Unreachable ? problem.after : 0), signal);
          continue;
        }
      }
      this.changed();
    }
    if (!signal.aborted) this.#sending = false;
  }

  async #deliver(entry: Pending, signal: AbortSignal): Promise<void> {
    const access = this.#access ?? (await this.#open(signal));
    const body = { ...entry.body, client_id: entry.client_id };
    const stored = readMessage(await this.#call(`/${encodeURIComponent(access.id)}/messages`, signal, body));
    if (!stored) throw new Unreachable();
    this.sentAs.set(stored.id, entry.client_id);
    this.#drop(entry);
    this.#add([stored]);
    this.#owe(stored, signal);
  }

  async #open(signal: AbortSignal): Promise<Access> {
    const access = this.#stored() ?? (await (navigator.locks ? this.#openAlone(signal) : this.#create(signal)));
    if (signal.aborted) throw new Unreachable();
    for (const entry of this.pending) {
      entry.conversation = access.id;
      if (entry.state !== "refused") this.#keep(entry);
    }
    this.#join(access);
    return access;
  }

  /**
   * Another tab may be opening a conversation at this very moment: the browser's lock lets only one of them do it. What a tab has written
   * may be seen by the others only after its lock is free, so it holds the lock a little longer; those who wait are told by `storageChanged`.
   */
  #openAlone(signal: AbortSignal): Promise<Access> {
    return new Promise((resolve, reject) => {
      let told = false;
      this.#told = (access) => {
        told = true;
        resolve(access);
      };
      const alone = async (): Promise<void> => {
        if (told) return;
        const kept = this.#stored();
        resolve(kept ?? (await this.#create(signal)));
        if (!kept) await new Promise((settled) => setTimeout(settled, SETTLE_MS));
      };
      navigator.locks.request(this.#base, { signal }, alone).catch(reject);
    });
  }

  async #create(signal: AbortSignal): Promise<Access> {
    const { id, token } = record(await this.#call("", signal, { municipality: this.settings.municipality }));
    if (typeof id !== "string" || typeof token !== "string") throw new Unreachable();
    // Where there is no lock, another tab may have been quicker: its conversation is the one to share.
    const access = this.#stored() ?? { id, token };
    if (!signal.aborted) this.store.set(this.#base, access);
    return access;
  }

  // --- receiving: the stream, and asking again where a stream cannot be had ---

  #join(access: Access): void {
    this.#access = access;
    if (this.phase === "new") this.phase = "ready";
    void this.#listen(this.#life.signal);
  }

  async #listen(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let broken = 0;
    let streamAgain = 0;
    while (!signal.aborted) {
      try {
        await this.#catchUp(signal);
        failures = 0;
        this.offline = false;
        if (this.phase === "loading") {
          this.phase = "ready";
          const newest = this.messages[this.messages.length - 1];
          if (newest && Date.now() - Date.parse(newest.created_at) < FRESH_MS) this.#owe(newest, signal);
        }
        this.changed();
      } catch (problem) {
        if (signal.aborted) return;
        if (problem instanceof Ended) return this.#end();
        this.offline = true;
        this.changed();
        await this.#pause(backoff(failures++), signal);
        continue;
      }
      if (broken < STREAM_TRIES || Date.now() >= streamAgain) {
        const lived = await this.#stream(signal).catch(() => false);
        if (signal.aborted) return;
        broken = lived ? 0 : broken + 1;
        if (broken >= STREAM_TRIES) streamAgain = Date.now() + STREAM_AGAIN_MS;
        await this.#pause(backoff(broken, Math.random(), 400), signal);
      } else {
        await this.#pause(document.hidden ? POLL_HIDDEN_MS : POLL_MS, signal);
      }
    }
  }

  async #catchUp(signal: AbortSignal): Promise<void> {
    for (;;) {
      const answer = record(await this.#call(`/${encodeURIComponent(this.#access?.id ?? "")}/messages?after=${this.#cursor}`, signal));
      if (!Array.isArray(answer.messages)) throw new Unreachable();
      if (signal.aborted) return;
      this.#hear(readFloor(answer));
      const before = this.#cursor;
      this.#fed(answer.messages.map(readMessage));
      if (answer.messages.length < PAGE || this.#cursor === before) return;
    }
  }

  /** Reads until the stream ends or falls silent. True when it brought anything at all. */
  async #stream(signal: AbortSignal): Promise<boolean> {
    const cut = new AbortController();
    const stop = (): void => cut.abort();
    signal.addEventListener("abort", stop);
    let watch = setTimeout(stop, FIRST_WORD_MS);
    let lived = false;
    try {
      const response = await fetch(this.#url(`/${encodeURIComponent(this.#access?.id ?? "")}/events`), {
        headers: { ...this.#headers(), Accept: "text/event-stream", "Last-Event-ID": String(this.#cursor) },
        cache: "no-store",
        credentials: "omit",
        signal: cut.signal,
      });
      if (!response.ok || !response.body || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
        await response.body?.cancel();
        return false;
      }
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      const parser = new EventParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return lived;
        lived = true;
        clearTimeout(watch);
        watch = setTimeout(stop, SILENCE_MS);
        for (const event of parser.feed(decoder.decode(value, { stream: true }))) this.#take(event.event, event.data);
      }
    } catch {
      return lived;
    } finally {
      clearTimeout(watch);
      signal.removeEventListener("abort", stop);
      cut.abort();
    }
  }

  #take(event: string, data: string): void {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return;
    }
    if (event === "message") this.#fed([readMessage(value)]);
    else if (event === "floor") this.#hear(readFloor(value));
    this.changed();
  }

  #hear(floor: Floor | null): void {
    if (!floor) return;
    this.floor = floor;
    if (floor.speaker !== "bot") this.awaitingSince = null;
    const waiting = floor.speaker !== "bot";
    if (this.#access && (this.#access.waiting ?? false) !== waiting && this.#stored()?.id === this.#access.id) {
      this.#access.waiting = waiting;
      this.store.set(this.#base, this.#access);
    }
  }

  /** From the stream or a list, which hold every message in order: only these move the place from which to go on. */
  #fed(incoming: (Message | null)[]): void {
    this.#add(incoming);
    for (const message of incoming) this.#cursor = Math.max(this.#cursor, message?.id ?? 0);
  }

  #add(incoming: (Message | null)[]): void {
    const known = new Set(this.messages.map((message) => message.id));
    for (const message of incoming) {
      if (!message || known.has(message.id)) continue;
      known.add(message.id);
      this.messages = [...this.messages, message].sort((one, other) => one.id - other.id);
      if (message.sender === "person") {
        const own = this.pending.find((entry) => entry.client_id === message.client_id);
        if (own) {
          own.arrived = true;
          this.sentAs.set(message.id, own.client_id);
        }
      } else {
        this.awaitingSince = null;
      }
    }
  }

  /** The assistant owes an answer to this message, unless it came already or a person has the floor. */
  #owe(message: Message, signal: AbortSignal): void {
    const answered = this.messages.some((other) => other.id > message.id && other.sender !== "person");
    this.awaitingSince = answered || message.sender !== "person" || this.floor.speaker !== "bot" ? null : Date.now();
    if (this.awaitingSince !== null) this.#nudge(signal);
  }

  /** While an answer is owed, ask for it too: some proxies hold a stream back. */
  #nudge(signal: AbortSignal): void {
    clearTimeout(this.#nudging);
    this.#nudging = setTimeout(() => {
      const since = this.awaitingSince;
      if (signal.aborted || since === null || this.phase === "ended") return;
      if (Date.now() - since > GIVE_UP_THINKING_MS) {
        this.awaitingSince = null;
        this.changed();
        return;
      }
      this.#catchUp(signal).then(this.changed, () => undefined);
      this.#nudge(signal);
    }, NUDGE_MS);
  }

  #end(): void {
    this.phase = "ended";
    this.offline = false;
    this.awaitingSince = null;
    this.#life.abort();
    this.changed();
  }

  // --- the wire ---

  #url(path: string): string {
    return `${this.settings.server}/api/conversations${path}`;
  }

  #headers(): Record<string, string> {
    return this.#access ? { Authorization: `Bearer ${this.#access.token}` } : {};
  }

  async #call(path: string, signal: AbortSignal, body?: object): Promise<unknown> {
    const cut = new AbortController();
    const stop = (): void => cut.abort();
    signal.addEventListener("abort", stop);
    const timer = setTimeout(stop, REQUEST_MS);
    try {
      const response = await fetch(this.#url(path), {
        method: body ? "POST" : "GET",
        headers: { ...this.#headers(), ...(body ? { "Content-Type": "application/json" } : {}) },
        cache: "no-store",
        credentials: "omit",
        signal: cut.signal,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (response.ok) return (await response.json()) as unknown;
      const { status } = response;
      if (this.#access && (status === 401 || status === 404 || status === 410)) throw new Ended();
      if (status >= 500 || status === 408 || status === 425 || status === 429) {
        const after = Number(response.headers.get("retry-after")) || (status === 429 ? 10 : 0);
        throw new Unreachable(Math.min(60, after) * 1000);
      }
      const problem = record(record(await response.json().catch(() => null)).error);
      throw new Refused(text(problem.message));
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(go);
        signal.removeEventListener("abort", go);
        resolve();
      };
      const timer = setTimeout(go, ms);
      this.#wakers.add(go);
      signal.addEventListener("abort", go);
    });
  }
}

/** The same key in the loader and in the panel. */
export function storageKey(server: string, municipality: string): string {
  return `what-now:${server}:${municipality}`;
}
