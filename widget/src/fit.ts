const NARROW = "(max-width: 480px), (max-height: 480px)";

/** What fitting asks of the panel. */
export interface Fitted {
  dialog: () => HTMLDialogElement | null;
  focused: () => HTMLElement | null;
  /** Runs the change and keeps the end of the list in view when it was. */
  keepEnd: (change: () => void) => void;
  /** The panel fills the screen now, or floats again. */
  changed: () => void;
}

/** How the panel fits the screen: floating beside the page or filling it, and above a phone's keyboard. */
export class Fit {
  #narrow = window.matchMedia(NARROW);
  full = this.#narrow.matches;
  /** The dialog closes only to be opened in the other way. */
  switching = false;

  constructor(readonly panel: Fitted) {}

  watch(): void {
    this.#narrow.addEventListener("change", () => this.#turn());
    for (const kind of ["resize", "scroll"]) window.visualViewport?.addEventListener(kind, () => this.#aboveKeyboard());
  }

  /** A full-screen panel must hold the focus, a floating one must not: they are opened differently. */
  open(dialog: HTMLDialogElement): void {
    this.#look();
    if (this.full) dialog.showModal();
    else dialog.show();
    this.#aboveKeyboard();
  }

  #look(): void {
    if (this.#narrow.matches === this.full) return;
    this.full = this.#narrow.matches;
    this.panel.changed();
  }

  #turn(): void {
    const dialog = this.panel.dialog();
    if (this.#narrow.matches === this.full) return;
    if (!dialog?.open) return this.#look();
    const focused = this.panel.focused();
    this.switching = true;
    dialog.close();
    this.open(dialog);
    focused?.focus();
    setTimeout(() => (this.switching = false));
  }

  #aboveKeyboard(): void {
    const view = window.visualViewport;
    const dialog = this.panel.dialog();
    if (!view || !dialog?.open) return;
    if (this.full && Math.abs(view.scale - 1) < 0.02) {
      this.panel.keepEnd(() => {
        dialog.style.setProperty("--view-height", `${view.height}px`);
        dialog.style.setProperty("--view-top", `${view.offsetTop}px`);
      });
    } else {
      dialog.style.removeProperty("--view-height");
      dialog.style.removeProperty("--view-top");
    }
  }
}
