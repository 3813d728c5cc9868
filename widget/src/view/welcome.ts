import { html, nothing, type TemplateResult } from "lit";
import { type StarterId, type Texts, said } from "../languages/en";
import type { Site } from "../chat/site";
import type { Settings } from "../settings";
import { safeUrl } from "./markup";
import { newTab } from "./sources";

/** The questions to begin with, by the subject of the page; those for everybody follow. */
const TOPICS: Record<string, StarterId[]> = {
  registration: ["register", "police"],
  housing: ["home", "deposit"],
  permits: ["permit", "renew"],
  tax: ["taxes", "accounts"],
  work: ["work", "business"],
  family: ["family", "childcare"],
  health: ["insurance", "doctor"],
  language: ["dutch"],
  mobility: ["licence"],
  money: ["bank"],
};
const FOR_ALL: StarterId[] = ["arrived", "home", "register"];
const MOST = 4;

/** Which questions are offered to begin with; a subject that is not known is none. */
export function starters(topic: string | null | undefined): StarterId[] {
  const own = topic && Object.hasOwn(TOPICS, topic) ? (TOPICS[topic] as StarterId[]) : [];
  return [...new Set([...own, ...FOR_ALL])].slice(0, MOST);
}

/** An address of the page, however it was written there. */
export function pageUrl(address: string | null | undefined): string | null {
  try {
    return address ? safeUrl(new URL(address, document.baseURI).href) : null;
  } catch {
    return null;
  }
}

/** What stands above every conversation: who answers, what is kept, and where to turn in an emergency. */
export function introView(settings: Settings, site: Site, texts: Texts): TemplateResult {
  const privacy = pageUrl(settings.privacyUrl) ?? safeUrl(site.privacy.url);
  return html`<div class="intro" id="intro">
    <p>${texts.privacyKept}</p>
    ${site.privacy.text ? html`<p lang="">${site.privacy.text}</p>` : nothing}
    ${privacy ? html`<p>${newTab(privacy, texts.privacyLink, texts)}</p>` : nothing}
    <p><strong>${texts.emergency}</strong></p>
  </div>`;
}

/** The first words, with questions to begin with. Only while nothing was asked can they be chosen; English is what is sent. */
export function welcomeView(settings: Settings, open: boolean, say: (text: string) => void, texts: Texts): TemplateResult {
  return html`<div class="message bot">
    <div class="bubble">
      <span class="vh">${texts.assistant}${texts.says}</span>
      <p>${settings.welcome || texts.welcome}</p>
      ${texts.welcomeEnglish ? html`<p>${texts.welcomeEnglish}</p>` : nothing}
      <p>${texts.welcomeHow}</p>
    </div>
    <div class="options" role="group" aria-label=${texts.options}>
      ${starters(settings.topic).map(
        (id) =>
          html`<button
            type="button"
            aria-disabled=${open ? "false" : "true"}
            @click=${() => {
              if (open) say(said.starters[id]);
            }}
          >${texts.starters[id]}</button>`,
      )}
    </div>
  </div>`;
}
