/** Waits that anything may cut short: a person who writes, a network that is back, the end of the conversation. */
export class Pauses {
  #wakers = new Set<() => void>();

  wake(): void {
    for (const go of [...this.#wakers]) go();
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
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
