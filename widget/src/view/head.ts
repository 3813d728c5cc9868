import { html, nothing, type TemplateResult } from "lit";
import type { Texts } from "../languages/en";
import type { Settings } from "../settings";

/** The bar on top. Without a menu to open there is no button for it. */
export function headView(settings: Settings, menu: { open: boolean; toggle: () => void } | null, close: () => void, texts: Texts): TemplateResult {
  return html`<div class="head">
    <div>
      <h2 id="title" tabindex="-1">${settings.title || texts.title}</h2>
      <span class="small subtitle">${settings.subtitle || texts.subtitle}</span>
    </div>
    ${menu
      ? html`<button type="button" class="menu" aria-label=${texts.menu} aria-expanded=${menu.open ? "true" : "false"} @click=${menu.toggle}>
          <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 7h16M4 12h16M4 17h16" /></svg>
        </button>`
      : nothing}
    <button type="button" class="close" aria-label=${texts.close} @click=${close}>
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18" /></svg>
    </button>
  </div>`;
}
