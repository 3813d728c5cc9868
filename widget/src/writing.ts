const HIGHEST_PX = 160;

/** The field in which a person writes. */
export class Writing {
  constructor(
    readonly field: () => HTMLTextAreaElement | null,
    readonly drawn: () => Promise<unknown>,
  ) {}

  get text(): string {
    return this.field()?.value ?? "";
  }

  /** As high as its lines, up to a limit. */
  grow(): void {
    const field = this.field();
    if (!field) return;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, HIGHEST_PX)}px`;
  }

  /** Takes the words out; the focus stays. Empty when there were none. */
  take(): string {
    const field = this.field();
    const text = field?.value.trim() ?? "";
    if (field && text !== "") {
      field.value = "";
      this.grow();
    }
    field?.focus();
    return text;
  }

  /** Puts words in once everything is drawn. */
  async put(text: string, focus = true): Promise<void> {
    await this.drawn();
    const field = this.field();
    if (!field) return;
    field.value = text;
    this.grow();
    if (focus) field.focus();
  }
}
