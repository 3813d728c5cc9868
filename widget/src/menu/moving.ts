import { text } from "../chat/api";
import type { Errands } from "../chat/errands";
import { CHANNELS, type Channel, type Links, readLinks } from "../chat/site";

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

const TROUBLES: Record<string, Trouble> = { code_wrong: "codeWrong", invalid: "codeWrong", often: "tooMany" };

/** A conversation that goes on in another app or comes from there; the page of one's data; the end of it all. */
export class Moving {
  constructor(readonly errands: Errands) {}

  /** A new code; the one before no longer works. */
  code(): Promise<Code | Trouble> {
    return this.#ask("/code", ({ code, expires_at, links }) =>
      text(code) ? { code: text(code), expiresAt: text(expires_at), links: readLinks(links) } : "failed",
    );
  }

  /** Goes on here with the conversation to which a code belongs. */
  async resume(code: string): Promise<true | Trouble> {
    const found = await this.errands.run("/resume", { code: code.trim().toUpperCase() });
    if (typeof found === "string") return TROUBLES[found] ?? "failed";
    const id = text(found.id);
    const token = text(found.token);
    if (!id || !token) return "failed";
    this.errands.taken({ id, token });
    return true;
  }

  /** The apps in which this conversation goes on as well. */
  linked(): Promise<Linked[] | Trouble> {
    return this.#ask(
      "/channels",
      ({ channels }) =>
        (Array.isArray(channels) ? (channels as Record<string, unknown>[]) : []).flatMap((one) =>
          CHANNELS.filter((known) => known === one?.channel).map((channel) => ({ channel, since: text(one?.since) })),
        ),
      "GET",
    );
  }

  /** Ends it in one app. It may be at an end already, perhaps in another tab. */
  async unlink(channel: Channel): Promise<true | Trouble> {
    const done = await this.errands.run(`${this.errands.wire.own}/channels/${channel}`, undefined, "DELETE");
    return typeof done !== "string" || done === "channel_unknown" ? true : (TROUBLES[done] ?? "failed");
  }

  /** A new address of the page of one's data. */
  data(): Promise<{ url: string } | Trouble> {
    return this.#ask("/mydata", ({ url }) => (text(url) ? { url: text(url) } : "failed"));
  }

  /** Ends the conversation for good; gives the number of the receipt. */
  finish(): Promise<{ receipt: string } | Trouble> {
    return this.#ask(
      "",
      ({ receipt }) => {
        this.errands.ended();
        return { receipt: text(receipt) };
      },
      "DELETE",
    );
  }

  /** Asks at a path below that of the conversation. */
  async #ask<T>(path: string, read: (answer: Record<string, unknown>) => T | Trouble, method = "POST"): Promise<T | Trouble> {
    const answer = await this.errands.run(this.errands.wire.own + path, method === "POST" ? {} : undefined, method);
    return typeof answer === "string" ? (TROUBLES[answer] ?? "failed") : read(answer);
  }
}
