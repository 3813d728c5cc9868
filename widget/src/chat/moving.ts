import { record, text } from "./api";
import { CHANNELS, type Channel, type Links, readLinks } from "./site";
import { type Access, Ended, Refused, Unreachable, type Wire } from "./wire";

/** What somebody sends in the other app, so that the conversation goes on there. */
export interface Code {
  code: string;
  expiresAt: string;
  links: Links;
}
export interface Linked {
  channel: Channel;
  since: string;
}
/** What went wrong, by the name of its text. */
export type Trouble = "codeWrong" | "tooMany" | "failed";

/** A conversation that goes on in another app, or comes from there. */
export class Moving {
  constructor(
    readonly wire: Wire,
    readonly taken: (access: Access) => void,
    readonly ended: () => void,
  ) {}

  /** Whether there is a conversation that can go on elsewhere. */
  get possible(): boolean {
    return this.wire.access !== null;
  }

  /** A new code; the one before no longer works. */
  code(): Promise<Code | Trouble> {
    return this.#try(async (signal) => {
      const made = record(await this.wire.call(`${this.wire.own}/code`, signal, {}));
      if (!text(made.code)) throw new Unreachable();
      return { code: text(made.code), expiresAt: text(made.expires_at), links: readLinks(made.links) };
    });
  }

  /** Goes on here with the conversation to which a code belongs. */
  resume(code: string): Promise<true | Trouble> {
    return this.#try(async (signal) => {
      const { id, token } = record(await this.wire.call("/resume", signal, { code: code.trim().toUpperCase() }));
      if (typeof id !== "string" || typeof token !== "string") throw new Unreachable();
      this.taken({ id, token });
      return true as const;
    });
  }

  /** The apps in which this conversation goes on as well. */
  linked(): Promise<Linked[] | Trouble> {
    return this.#try(async (signal) => {
      const { channels } = record(await this.wire.call(`${this.wire.own}/channels`, signal));
      const found = (Array.isArray(channels) ? channels : []).map(record);
      return found.flatMap(({ channel, since }) => CHANNELS.filter((known) => known === channel).map((known) => ({ channel: known, since: text(since) })));
    });
  }

  unlink(channel: Channel): Promise<true | Trouble> {
    return this.#try(async (signal) => {
      try {
        await this.wire.call(`${this.wire.own}/channels/${channel}`, signal, undefined, "DELETE");
      } catch (problem) {
        // Unlinked already, perhaps in another tab.
        if (!(problem instanceof Refused && problem.code === "channel_unknown")) throw problem;
      }
      return true as const;
    });
  }

  /** A new address of the page of one's data. */
  data(): Promise<{ url: string } | Trouble> {
    return this.#try(async (signal) => {
      const url = text(record(await this.wire.call(`${this.wire.own}/mydata`, signal, {})).url);
      if (!url) throw new Unreachable();
      return { url };
    });
  }

  /** Ends the conversation for good; gives the number of the receipt. */
  finish(): Promise<{ receipt: string } | Trouble> {
    return this.#try(async (signal) => {
      const { receipt } = record(await this.wire.call(this.wire.own, signal, undefined, "DELETE"));
      this.ended();
      return { receipt: text(receipt) };
    });
  }

  async #try<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | Trouble> {
    try {
      return await work(new AbortController().signal);
    } catch (problem) {
      if (problem instanceof Ended) this.ended();
      if (problem instanceof Refused && (problem.code === "code_wrong" || problem.code === "invalid")) return "codeWrong";
      return problem instanceof Unreachable && problem.often ? "tooMany" : "failed";
    }
  }
}
