/** localStorage where the browser allows it; memory, for as long as the page lives, where it does not. */
export interface Store {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  remove(key: string): void;
  keys(prefix: string): string[];
}

export function openStore(storage: () => Storage): Store {
  const memory = new Map<string, string>();
  let kept: Storage | null = null;
  try {
    kept = storage();
    kept.setItem("what-now:probe", "1");
    kept.removeItem("what-now:probe");
  } catch {
    kept = null;
  }
  return {
    get(key) {
      try {
        const text = memory.get(key) ?? kept?.getItem(key);
        return text ? (JSON.parse(text) as unknown) : null;
      } catch {
        return null;
      }
    },
    set(key, value) {
      const text = JSON.stringify(value);
      try {
        if (!kept) throw new Error("no storage");
        kept.setItem(key, text);
        memory.delete(key);
      } catch {
        memory.set(key, text);
      }
    },
    remove(key) {
      memory.delete(key);
      try {
        kept?.removeItem(key);
      } catch {
        // Storage was taken away while the page was open: nothing is left to remove.
      }
    },
    keys(prefix) {
      const found = new Set([...memory.keys()]);
      try {
        for (let place = 0; place < (kept?.length ?? 0); place += 1) found.add(kept?.key(place) ?? "");
      } catch {
        // As above.
      }
      return [...found].filter((key) => key.startsWith(prefix)).sort();
    },
  };
}
