import type { Settings } from "../settings";
import { type Floor, type Message, type Verdict, readMessage } from "./api";
import { Errands } from "./errands";
import { Gate } from "./gate";
import { Kept } from "./kept";
import { Listening } from "./listening";
import { Opening } from "./opening";
import { Pauses } from "./pauses";
import { type Pending, Sending } from "./sending";
import type { Store } from "./storage";
import { Typing } from "./typing";
import { Verdicts } from "./verdicts";
import { type Access, Unreachable, Wire } from "./wire";

const NUDGE_MS = 5_000;
const FRESH_MS = 60_000;
const GIVE_UP_THINKING_MS = 120_000;

/**
 * One conversation with the server: what was said, what is still to be sent and who has the floor. It knows nothing of the page;
 * `changed` is called whenever something that is shown may be different.
 */
export class Conversation {
  messages: Message[] = [];
  floor: Floor = { speaker: "bot", agent: null };
  phase: "new" | "loading" | "ready" | "ended" = "new";
  offline = false;
  /** When the person's last message went out, while the assistant owes an answer. */
  awaitingSince: number | null = null;

  /** Which of our sends a stored message is, so that what is shown stays the same element. */
  readonly sentAs = new Map<number, string>();

  #life = new AbortController();
  #nudging: ReturnType<typeof setTimeout> | undefined;

  /** What the municipality wants to be read and agreed to before anything is sent. */
  readonly gate: Gate;
  /** What the menu asks of the server. */
  readonly errands: Errands;
  readonly typing: Typing;

  readonly #kept: Kept;
  readonly #wire: Wire;
  readonly #pauses = new Pauses();
  readonly #opening: Opening;
  readonly #sending: Sending;
  readonly #listening: Listening;
  readonly #verdicts: Verdicts;

  constructor(
    settings: Settings,
    store: Store,
    readonly changed: () => void,
    started: () => void = () => undefined,
  ) {
    this.#kept = new Kept(store, settings.server, settings.municipality);
    this.#wire = new Wire(settings.server);
    this.typing = new Typing(this.#wire);
    this.gate = new Gate(this.#kept, this.#wire, settings.municipality, changed);
    this.#opening = new Opening(this.#kept, this.#wire, settings.municipality, this.gate, started);
    const ended = (): void => this.#end();
    this.#verdicts = new Verdicts(this.#wire, changed, ended);
    this.errands = new Errands(this.#wire, (access) => this.#take(access), ended);
    this.#sending = new Sending(this.#kept, this.#pauses, {
      deliver: (entry, signal) => this.#deliver(entry, signal),
      delivered: () => (this.offline = false),
      refused: () => (this.awaitingSince = null),
      lost: () => (this.offline = true),
      ended,
      changed,
    });
    this.#listening = new Listening(this.#wire, this.#pauses, {
      heard: (messages) => this.#add(messages),
      floor: (floor) => this.#hear(floor),
      typing: (types) => (this.typing.colleague = types),
      upToDate: (signal) => this.#upToDate(signal),
      lost: () => {
        this.offline = true;
        this.typing.colleague = false;
        changed();
      },
      ended,
      changed,
    });
  }

  get pending(): Pending[] {
    return this.#sending.pending;
  }

  start(): void {
    const access = this.#kept.access;
    this.#sending.pending = this.#kept.unsent(access?.id);
    if (access) {
      this.phase = "loading";
      this.#join(access);
    }
    this.changed();
    void this.#sending.flush(this.#life.signal);
  }

  send(body: Pending["body"], shown: string): void {
    this.typing.sent();
    this.#sending.write(body, shown, this.messages[this.messages.length - 1]?.id ?? 0, this.#wire.access?.id ?? null);
    if (this.floor.speaker === "bot") this.awaitingSince = Date.now();
    this.changed();
    this.wake();
    void this.#sending.flush(this.#life.signal);
  }

  /** Tells a colleague who is asked, or answers, that the person types. */
  types(): void {
    if (this.phase === "ready") this.typing.tell(this.floor, this.#life.signal);
  }

  /** Says whether an answer helped: shown at once, and taken back when the server cannot keep it. Without a comment an earlier one stays. */
  judge(message: Message, verdict: Verdict, comment?: string): Promise<void> {
    return this.#verdicts.judge(message, verdict, comment, this.#life.signal);
  }

  /** How far the feedback on an answer has come, by message. */
  get judged(): Verdicts["judged"] {
    return this.#verdicts.judged;
  }

  discard(entry: Pending): void {
    this.#sending.drop(entry);
    this.changed();
  }

  /** Leaves this conversation and forgets it on this device. Returns the words that were never sent. */
  restart(): string {
    const unsent = this.pending.find((entry) => "text" in entry.body && entry.state !== "refused")?.shown ?? "";
    for (const entry of this.pending) this.#kept.forget(entry);
    this.#kept.forgetAccess();
    this.#reset();
    this.changed();
    return unsent;
  }

  /** Says no to what the municipality asks: what waited to be sent is forgotten. Returns its words. */
  decline(): string {
    const words = this.pending.map((entry) => entry.shown).join("\n");
    this.gate.decline();
    this.restart();
    return words;
  }

  /** Whether somebody must agree to something before this conversation can begin. */
  get asking(): boolean {
    return this.phase === "new" && this.gate.needed;
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
    this.#pauses.wake();
  }

  /** Another tab changed what is kept on this device. */
  storageChanged(key: string | null): void {
    if (key === null || key === this.#kept.key) {
      const access = this.#kept.access;
      if (access?.id === this.#wire.access?.id) return;
      if (access && this.#wire.access === null && this.#sending.busy) {
        this.gate.release();
        return this.#opening.told?.(access);
      }
      this.#reset();
      this.start();
    } else if (this.#kept.wasForgotten(key) && this.#sending.dropKey(key)) {
      this.changed();
    }
  }

  stop(): void {
    this.#life.abort();
    this.wake();
  }

  #reset(): void {
    this.stop();
    this.#life = new AbortController();
    this.#wire.access = null;
    this.#sending.reset();
    this.#listening.reset();
    clearTimeout(this.#nudging);
    this.messages = [];
    this.sentAs.clear();
    this.#verdicts.judged.clear();
    this.floor = { speaker: "bot", agent: null };
    this.phase = "new";
    this.offline = false;
    this.awaitingSince = null;
    this.typing.colleague = false;
  }

  /** Goes on here with a conversation that was elsewhere. */
  #take(access: Access): void {
    for (const entry of this.pending) this.#kept.forget(entry);
    this.#kept.keepAccess(access);
    this.#reset();
    this.start();
  }

  #join(access: Access): void {
    this.#wire.access = access;
    if (this.phase === "new") this.phase = "ready";
    void this.#listening.listen(this.#life.signal);
  }

  #end(): void {
    this.phase = "ended";
    this.offline = false;
    this.awaitingSince = null;
    this.#life.abort();
    this.changed();
  }

  // --- what sending and listening bring ---

  async #deliver(entry: Pending, signal: AbortSignal): Promise<void> {
    if (!this.#wire.access) {
      const access = await this.#opening.open(signal);
      this.#sending.belongTo(access.id);
      this.#join(access);
    }
    const stored = readMessage(await this.#wire.call(`${this.#wire.own}/messages`, signal, { ...entry.body, client_id: entry.client_id }));
    if (!stored) throw new Unreachable();
    this.sentAs.set(stored.id, entry.client_id);
    this.#sending.drop(entry);
    this.#add([stored]);
    this.#owe(stored, signal);
  }

  #upToDate(signal: AbortSignal): void {
    this.offline = false;
    if (this.phase === "loading") {
      this.phase = "ready";
      const newest = this.messages[this.messages.length - 1];
      if (newest && Date.now() - Date.parse(newest.created_at) < FRESH_MS) this.#owe(newest, signal);
    }
    this.changed();
  }

  #hear(floor: Floor | null): void {
    if (!floor) return;
    this.floor = floor;
    if (floor.speaker !== "agent") this.typing.colleague = false;
    const waiting = floor.speaker !== "bot";
    if (waiting) this.awaitingSince = null;
    const { access } = this.#wire;
    if (access && (access.waiting ?? false) !== waiting && this.#kept.access?.id === access.id) {
      access.waiting = waiting;
      this.#kept.keepAccess(access);
    }
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
        this.typing.colleague = false;
      }
    }
  }

  // --- the answer that is owed ---

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
      this.#listening.catchUp(signal).then(this.changed, () => undefined);
      this.#nudge(signal);
    }, NUDGE_MS);
  }
}
