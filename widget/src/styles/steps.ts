import { css } from "lit";

/** The card with the steps of a plan. */
export const steps = css`
  .plan {
    margin-top: 10px;
    border: 1px solid var(--edge);
    border-radius: 10px;
    overflow: hidden;
  }
  .plan p,
  .plan ul {
    margin: 0;
  }
  .plan > summary {
    padding: 10px 14px;
    background: var(--soft);
    font-weight: 700;
    min-height: 24px;
  }
  .plan[open] > summary {
    border-bottom: 1px solid var(--edge);
  }
  .plan ol {
    margin: 0;
    padding: 0 14px;
    list-style: none;
    counter-reset: step;
  }
  .plan ol > li {
    counter-increment: step;
    position: relative;
    padding: 12px 0 12px 34px;
  }
  .plan li + li {
    border-top: 1px solid var(--hair);
  }
  .plan li li {
    border: 0;
  }
  .plan .state {
    margin-bottom: 2px;
  }
  .state {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 8px;
    color: var(--quiet);
    font-size: 0.875em;
    font-weight: 600;
  }
  .state svg {
    position: absolute;
    left: 0;
    top: 12px;
  }
  .now .state,
  .done .state {
    color: var(--link);
  }
  .late {
    padding: 0 8px;
    border: 1px solid var(--warn-edge);
    border-radius: 6px;
    background: var(--warn);
    color: var(--ink);
    font-weight: 700;
  }
  .step {
    font-weight: 600;
  }
  li:not(:only-child) > .step::before {
    content: counter(step) ". ";
  }
  .done .step,
  .later .step {
    font-weight: 400;
  }
  .when::first-letter {
    text-transform: uppercase;
  }
  summary {
    width: fit-content;
    min-width: 44px;
    min-height: 44px;
    padding: 10px 4px 10px 0;
    color: var(--link);
    cursor: pointer;
    touch-action: manipulation;
  }
  summary:hover {
    text-decoration: underline;
  }
  details {
    margin-bottom: -8px;
  }
  details[open] {
    margin-bottom: 0;
  }
  .plan details > * + * {
    margin-top: 8px;
  }
  .plan details > ul {
    padding-inline-start: 1.2em;
    list-style: disc;
  }
  .plan .sources {
    padding: 0;
    border: 0;
  }
`;
