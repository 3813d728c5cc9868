import { record } from "./api";
import { type Access, Ended, Refused, Unreachable, type Wire } from "./wire";

/** What the menu asks of the server: one thing, once, when a person presses a button. */
export class Errands {
  constructor(
    readonly wire: Wire,
    readonly taken: (access: Access) => void,
    readonly ended: () => void,
  ) {}

  /** Whether there is a conversation to ask something for. */
  get possible(): boolean {
    return this.wire.access !== null;
  }

  /** What the server answers; or why it does not, in its own word for it, `often` when it was asked too often, or nothing. */
  async run(path: string, body?: object, method?: string): Promise<Record<string, unknown> | string> {
    try {
      return record(await this.wire.call(path, new AbortController().signal, body, method));
    } catch (problem) {
      if (problem instanceof Ended) this.ended();
      return problem instanceof Refused ? problem.code : problem instanceof Unreachable && problem.often ? "often" : "";
    }
  }
}
