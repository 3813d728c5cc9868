import type { Floor } from "./api";
import type { Wire } from "./wire";

const EVERY_MS = 3_000;

/** Who types at this moment. Told now and then while a colleague is asked or answers; never what is typed. */
export class Typing {
  /** The colleague types. */
  colleague = false;
  #told = 0;

  constructor(readonly wire: Wire) {}

  /** The person types. */
  tell(floor: Floor, signal: AbortSignal): void {
    if (!this.wire.access || floor.speaker === "bot" || Date.now() - this.#told < EVERY_MS) return;
    this.#told = Date.now();
    this.wire.call(`${this.wire.own}/typing`, signal, {}).catch(() => undefined);
  }

  /** The person sent what they typed: the next words are told at once. */
  sent(): void {
    this.#told = 0;
  }
}
