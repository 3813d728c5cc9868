const KINDS = ["keydown", "keypress", "keyup"] as const;

/**
 * Keeps what is typed in the chat away from the page, whose shortcuts would answer to it and whose key filters would swallow it.
 * It listens where every key passes first; those inside the chat get a copy, and what they prevent is prevented.
 */
export function keepKeys(element: HTMLElement): () => void {
  const guard = (event: Event): void => {
    const path = event.composedPath();
    if (!event.isTrusted || !path.includes(element)) return;
    event.stopImmediatePropagation();
    const { key, code, shiftKey, ctrlKey, altKey, metaKey, isComposing, keyCode } = event as KeyboardEvent;
    const copy = new KeyboardEvent(event.type, {
      bubbles: true,
      cancelable: true,
      ...{ key, code, shiftKey, ctrlKey, altKey, metaKey, isComposing, keyCode },
    });
    if (path[0] && !path[0].dispatchEvent(copy)) event.preventDefault();
  };
  for (const kind of KINDS) window.addEventListener(kind, guard, true);
  return () => {
    for (const kind of KINDS) window.removeEventListener(kind, guard, true);
  };
}
