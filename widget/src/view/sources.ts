import { html, nothing, type TemplateResult } from "lit";
import type { Source } from "../chat/api";
import { formatDate, safeUrl } from "./markup";
import type { Texts } from "../languages/en";
import { fill } from "../languages/fill";

/** A link that leaves the chat open; the page it leads to learns nothing of this one. */
export function newTab(url: string, words: string, texts: Texts): TemplateResult {
  return html`<a href=${url} target="_blank" rel="noopener noreferrer">${words}<span class="vh">${texts.opensNewTab}</span></a>`;
}

function sourceView(from: Source, texts: Texts): TemplateResult {
  const url = safeUrl(from.url);
  const details = [from.publisher, from.checked_on ? fill(texts.checkedOn, { date: formatDate(from.checked_on, texts.locale) }) : ""].filter(Boolean).join(", ");
  return html`<li>
    ${url ? newTab(url, from.title, texts) : html`<span class="dead">${from.title}</span>`}
    ${details ? html`<span class="quiet">${details}</span>` : nothing}
  </li>`;
}

/** The official pages behind a message or a step, each with its publisher and the day it was checked. */
export function sourcesView(sources: Source[], texts: Texts): TemplateResult | typeof nothing {
  if (sources.length === 0) return nothing;
  return html`<div class="sources">
    <p>${sources.length > 1 ? texts.sources : texts.source}</p>
    <ul>${sources.map((from) => sourceView(from, texts))}</ul>
  </div>`;
}
