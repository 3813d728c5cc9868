/** As low as a window enlarged to 400 %: there is no room for a list between two bars, so everything scrolls together. */
const LOW = "(max-height: 320px)";
/** How near to its end the list must be scrolled for arriving messages to move it. */
const NEAR_END_PX = 80;

/** Where in the messages somebody reads. Nothing here moves by itself or is animated. */
export class Place {
  #low = window.matchMedia(LOW);

  constructor(
    readonly log: () => HTMLElement | null,
    readonly dialog: () => HTMLElement | null,
  ) {}

  get #scroller(): HTMLElement | null {
    return this.#low.matches ? this.dialog() : this.log();
  }

  get nearEnd(): boolean {
    const list = this.#scroller;
    return !list || list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
  }

  toTop(): void {
    const list = this.#scroller;
    if (list) list.scrollTop = 0;
  }

  toEnd(): void {
    const list = this.#scroller;
    if (list) list.scrollTop = list.scrollHeight;
  }

  /** A long answer is read from its first line, so that line stays in view. */
  toMessage(id: number | undefined): void {
    const log = this.log();
    const list = this.#scroller ?? log;
    if (!log || !list) return;
    const element = id === undefined ? null : log.querySelector<HTMLElement>(`[data-id="${id}"]`);
    const end = list.scrollHeight - list.clientHeight;
    list.scrollTop = element ? Math.min(end, element.offsetTop + (list === log ? 0 : log.offsetTop) - 12) : end;
  }
}
