import { record } from "./api";
import type { Gate } from "./gate";
import type { Kept } from "./kept";
import { type Access, Refused, Unreachable, type Wire } from "./wire";

/** Far longer than a browser needs to show one tab what another has written. */
const SETTLE_MS = 1_000;

/** Opens the conversation with the server at the first message, only once for all tabs of a browser. */
export class Opening {
  /** Hands the conversation that another tab opened to our own wait for one. */
  told: ((access: Access) => void) | null = null;

  constructor(
    readonly kept: Kept,
    readonly wire: Wire,
    readonly municipality: string,
    readonly gate: Gate,
    readonly started: () => void,
  ) {}

  async open(signal: AbortSignal): Promise<Access> {
    if (!this.kept.access) await this.gate.pass(signal);
    if (signal.aborted) throw new Unreachable();
    const access = this.kept.access ?? (await (navigator.locks ? this.#alone(signal) : this.#create(signal)));
    if (signal.aborted) throw new Unreachable();
    return access;
  }

  /**
   * Another tab may be opening a conversation at this very moment: the browser's lock lets only one of them do it. What a tab has written
   * may be seen by the others only after its lock is free, so it holds the lock a little longer; those who wait are told meanwhile.
   */
  #alone(signal: AbortSignal): Promise<Access> {
    return new Promise((resolve, reject) => {
      let told = false;
      this.told = (access) => {
        told = true;
        resolve(access);
      };
      const alone = async (): Promise<void> => {
        if (told) return;
        const kept = this.kept.access;
        resolve(kept ?? (await this.#create(signal)));
        if (!kept) await new Promise((settled) => setTimeout(settled, SETTLE_MS));
      };
      navigator.locks.request(this.kept.key, { signal }, alone).catch(reject);
    });
  }

  async #create(signal: AbortSignal): Promise<Access> {
    const { id, token } = record(await this.#ask(signal));
    if (typeof id !== "string" || typeof token !== "string") throw new Unreachable();
    // Where there is no lock, another tab may have been quicker: its conversation is the one to share.
    const access = this.kept.access ?? { id, token };
    if (!signal.aborted) {
      this.kept.keepAccess(access);
      this.started();
    }
    return access;
  }

  async #ask(signal: AbortSignal): Promise<unknown> {
    const { agreed } = this.gate;
    try {
      return await this.wire.call("/conversations", signal, { municipality: this.municipality, ...(agreed ? { consent: agreed } : {}) });
    } catch (problem) {
      // It may be that the text changed since it was read: the next try reads it anew.
      if (problem instanceof Refused) this.gate.renew();
      throw problem;
    }
  }
}
