import { html, nothing, type TemplateResult } from "lit";
import type { Gate } from "../chat/gate";
import type { Texts } from "../languages/en";
import { fill } from "../languages/fill";
import type { Settings } from "../settings";
import { safeUrl } from "./markup";
import { newTab } from "./sources";
import { pageUrl } from "./welcome";

export interface ConsentActions {
  agree: () => void;
  decline: () => void;
  reconsider: () => void;
}

/** What to do instead, for those who declined. */
function declinedView(settings: Settings, actions: ConsentActions, texts: Texts): TemplateResult {
  const page = pageUrl(settings.contactUrl);
  const phone = settings.contactPhone;
  return html`<section class="consent" aria-labelledby="asked">
    <p id="asked" tabindex="-1">${texts.declined}</p>
    ${phone ? html`<p><a href="tel:${phone.replace(/[^\d+]/g, "")}">${fill(texts.declinedCall, { phone })}</a></p>` : nothing}
    ${page ? html`<p>${newTab(page, texts.declinedPage, texts)}</p>` : nothing}
    <div><button type="button" @click=${actions.reconsider}>${texts.declinedBack}</button></div>
  </section>`;
}

/** The municipality's text with its two answers, neither more tempting than the other, in place of the input. Its words are in the language in which they were written. */
export function consentView(gate: Gate, settings: Settings, actions: ConsentActions, texts: Texts): TemplateResult | typeof nothing {
  const { consent, privacy } = gate.site;
  if (!consent) return nothing;
  if (gate.declined) return declinedView(settings, actions, texts);
  const link = pageUrl(settings.privacyUrl) ?? safeUrl(privacy.url);
  return html`<section class="consent" aria-labelledby="asked">
    <h3 id="asked" tabindex="-1">${texts.consent}</h3>
    <div class="words" tabindex="0" role="group" aria-labelledby="asked">${consent.text.split(/\n\s*\n/).map((part) => html`<p lang="">${part}</p>`)}</div>
    ${link ? html`<p>${newTab(link, texts.privacyLink, texts)}</p>` : nothing}
    <div>
      <button type="button" @click=${actions.agree}>${consent.agree || texts.agree}</button>
      <button type="button" @click=${actions.decline}>${consent.decline || texts.decline}</button>
    </div>
  </section>`;
}
