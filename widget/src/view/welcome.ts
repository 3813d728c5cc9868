import { html, nothing, type TemplateResult } from "lit";
import { safeUrl } from "./markup";
import { newTab } from "./sources";
import type { Texts } from "./texts";

/** What stands above every conversation: who answers, what is kept, and where to turn in an emergency. */
export function introView(privacyUrl: string | null, texts: Texts): TemplateResult {
  const privacy = safeUrl(privacyUrl ? new URL(privacyUrl, document.baseURI).href : null);
  return html`<div class="intro" id="intro">
    <p>${texts.privacyKept}</p>
    ${privacy ? html`<p>${newTab(privacy, texts.privacyLink, texts)}</p>` : nothing}
    <p><strong>${texts.emergency}</strong></p>
  </div>`;
}

/** The first words, with questions to begin with. Only while nothing was asked can they be chosen. */
export function welcomeView(open: boolean, say: (text: string) => void, texts: Texts): TemplateResult {
  return html`<div class="message bot">
    <div class="bubble"><span class="vh">${texts.assistant}${texts.says}</span><p>${texts.welcome}</p><p>${texts.welcomeHow}</p></div>
    <div class="options" role="group" aria-label=${texts.options}>
      ${texts.starters.map(
        (starter) =>
          html`<button
            type="button"
            aria-disabled=${open ? "false" : "true"}
            @click=${() => {
              if (open) say(starter);
            }}
          >${starter}</button>`,
      )}
    </div>
  </div>`;
}
