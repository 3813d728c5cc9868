import { html, nothing, type TemplateResult } from "lit";
import type { PlanEntry, StepState } from "../chat/api";
import { sourcesView } from "./sources";
import type { Texts } from "../languages/en";
import { fill } from "../languages/fill";

const CIRCLE = "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z";
/** Decoration: the state stands beside it in words. */
const SHAPES: Record<StepState, string> = {
  done: `${CIRCLE}M8 12.5l3 3l5-6`,
  now: `${CIRCLE}M10.5 8l4 4l-4 4`,
  blocked: "M6 3h12M6 21h12M8 3c0 6 8 12 8 18M16 3c0 6-8 12-8 18",
  later: `${CIRCLE}M12 7v5.5l3.5 2`,
};

function more(entry: PlanEntry, texts: Texts): TemplateResult | typeof nothing {
  if (!entry.reason && entry.waits_for.length === 0 && entry.sources.length === 0) return nothing;
  return html`<details>
    <summary>${texts.planMore}<span class="vh" lang="en">: ${entry.title}</span></summary>
    ${entry.reason ? html`<p><strong>${texts.planRule}</strong> <span lang="en">${entry.reason}</span></p>` : nothing}
    ${entry.waits_for.length > 0
      ? html`<p><strong>${texts.planWaits}</strong></p>
          <ul lang="en">${entry.waits_for.map((title) => html`<li>${title}</li>`)}</ul>`
      : nothing}
    ${sourcesView(entry.sources, texts)}
  </details>`;
}

/**
 * The steps of a plan as a checklist below the text, folded, because the text names them too. A screen reader announces
 * the text and that so many steps follow; the card itself is silent until somebody reads on.
 */
export function planView(plan: PlanEntry[], texts: Texts): TemplateResult {
  return html`<span class="vh">${plan.length === 1 ? texts.planFollowsOne : fill(texts.planFollows, { count: plan.length })}</span>
    <details class="plan" aria-live="off">
      <summary>${texts.plan}</summary>
      <ol role="list">
        ${plan.map(
          (entry) => html`<li class=${entry.state}>
            <p class="state">
              <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${SHAPES[entry.state]} /></svg>
              <span>${texts.planStates[entry.state]}</span>
              ${entry.late ? html`<span class="late">${texts.planLate}</span>` : nothing}
            </p>
            <p class="step" lang="en">${entry.title}</p>
            ${entry.when ? html`<p class="when" lang="en">${entry.when}</p>` : nothing}
            ${more(entry, texts)}
          </li>`,
        )}
      </ol>
    </details>`;
}
