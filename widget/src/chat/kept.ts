import { record } from "./api";
import type { Pending } from "./sending";
import type { Store } from "./storage";
import type { Access } from "./wire";

/** What this device keeps of the conversation with one town: how to open it, and each message that is not sent yet. */
export class Kept {
  readonly key: string;

  constructor(
    readonly store: Store,
    server: string,
    municipality: string,
  ) {
    // The loader looks for the same key.
    this.key = `what-now:${server}:${municipality}`;
  }

  get access(): Access | null {
    const { id, token, waiting } = record(this.store.get(this.key));
    return typeof id === "string" && typeof token === "string" ? { id, token, waiting: waiting === true } : null;
  }

  keepAccess(access: Access): void {
    this.store.set(this.key, access);
  }

  /** Forgets the conversation, and that its person agreed to anything: the next one here may be somebody else. */
  forgetAccess(): void {
    this.store.remove(this.key);
    this.consent = null;
  }

  /** The version of the text to which somebody agreed here. */
  get consent(): string | null {
    const version = this.store.get(`${this.key}:consent`);
    return typeof version === "string" ? version : null;
  }

  set consent(version: string | null) {
    if (version === null) this.store.remove(`${this.key}:consent`);
    else this.store.set(`${this.key}:consent`, version);
  }

  /** What was written and not sent, oldest first; what belongs to another conversation is forgotten. */
  unsent(conversation: string | undefined): Pending[] {
    const found: Pending[] = [];
    for (const key of this.store.keys(`${this.key}:send:`)) {
      const entry = this.store.get(key) as Pending | null;
      if (entry && (entry.conversation === null || entry.conversation === conversation)) {
        found.push({ ...entry, state: "retrying", arrived: false });
      } else {
        this.store.remove(key);
      }
    }
    return found.sort((one, other) => one.at - other.at);
  }

  keep(entry: Pending): void {
    this.store.set(this.keyOf(entry), entry);
  }

  forget(entry: Pending): void {
    this.store.remove(this.keyOf(entry));
  }

  keyOf(entry: Pending): string {
    return `${this.key}:send:${entry.client_id}`;
  }

  /** Whether another tab removed a message that is not sent yet. */
  wasForgotten(key: string): boolean {
    return key.startsWith(`${this.key}:send:`) && this.store.get(key) === null;
  }
}
