import type { Kept } from "./kept";
import { type Site, readSite } from "./site";
import type { Wire } from "./wire";

/** Nobody waits longer than this for what the municipality says; the chat does without. */
const SITE_MS = 5_000;

/** Stands before the first message: it knows what the municipality says, and lets through who agreed where that is asked. */
export class Gate {
  site: Site = readSite(null);
  declined = false;

  #asked: Promise<void> | null = null;
  #waiting = new Set<() => void>();

  constructor(
    readonly kept: Kept,
    readonly wire: Wire,
    readonly municipality: string,
    readonly changed: () => void,
  ) {}

  /** Fetches what the municipality says, once; when it cannot be had the defaults hold, and the next call asks again. */
  load(): Promise<void> {
    this.#asked ??= this.#fetch();
    return this.#asked;
  }

  async #fetch(): Promise<void> {
    try {
      const path = `/sites/${encodeURIComponent(this.municipality)}`;
      this.site = readSite(await this.wire.call(path, new AbortController().signal, undefined, "GET", SITE_MS));
    } catch {
      this.#asked = null;
    }
    this.changed();
  }

  /** Reads the text anew, because the server did not take the agreement. */
  renew(): void {
    this.kept.consent = null;
    this.#asked = null;
    void this.load();
  }

  /** The version that was agreed to, of the text as it is now. */
  get agreed(): string | null {
    const version = this.site.consent?.version;
    return version !== undefined && this.kept.consent === version ? version : null;
  }

  get needed(): boolean {
    return this.site.consent !== null && this.agreed === null;
  }

  agree(): void {
    this.kept.consent = this.site.consent?.version ?? null;
    this.declined = false;
    this.release();
    this.changed();
  }

  decline(): void {
    this.declined = true;
    this.changed();
  }

  /** Shows the text once more to somebody who declined. */
  reconsider(): void {
    this.declined = false;
    this.changed();
  }

  /** Lets everything pass that waits: somebody agreed, or another tab has opened the conversation. */
  release(): void {
    for (const go of [...this.#waiting]) go();
  }

  /** Waits until a conversation may be opened, or until the signal says that it is no longer wanted. */
  async pass(signal: AbortSignal): Promise<void> {
    await this.load();
    if (!this.needed || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#waiting.delete(go);
        signal.removeEventListener("abort", go);
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener("abort", go);
    });
  }
}
