let tries = 0;

/**
 * Fetches a part of the chat that not everybody needs: a language, or the menu. Such a part imports nothing, so that a panel that had to
 * be fetched under a second address is never fetched twice. Rejects when it cannot be had; the next call asks again.
 */
export async function piece<T>(name: string): Promise<T> {
  const address = new URL(__PIECES__[name] ?? name, import.meta.url);
  address.search = tries ? `?try=${Date.now()}` : "";
  try {
    return (await import(/* @vite-ignore */ address.href)) as T;
  } catch (problem) {
    // A browser may remember that it failed.
    tries += 1;
    throw problem;
  }
}
