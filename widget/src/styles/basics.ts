import { css } from "lit";

/** What holds everywhere: sizes of text are in em from the browser's own text size, so they follow the reader's settings and no page's. */
export const basics = css`
  * {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  button,
  textarea {
    font: inherit;
    color: inherit;
    margin: 0;
  }
  button {
    min-height: 44px;
    min-width: 44px;
    padding: 8px 14px;
    border: 1px solid var(--edge);
    border-radius: 10px;
    background: var(--paper);
    cursor: pointer;
    text-align: start;
    touch-action: manipulation;
  }
  button:hover {
    text-decoration: underline;
  }
  button[aria-disabled="true"] {
    color: var(--quiet);
    background: transparent;
    border-style: dashed;
    cursor: default;
    text-decoration: none;
  }
  button.main {
    background: var(--mine);
    color: var(--mine-ink);
    border-color: var(--main-edge, transparent);
    font-weight: 600;
  }
  a {
    color: var(--link);
    text-underline-offset: 2px;
  }
  a:hover {
    text-decoration-thickness: 2px;
  }
  button:focus-visible,
  a:focus-visible,
  summary:focus-visible,
  textarea:focus-visible,
  h2:focus-visible,
  h3:focus-visible,
  input:focus-visible,
  [tabindex]:focus-visible {
    outline: 3px solid var(--link);
    outline-offset: 2px;
  }
  .log:focus-visible {
    outline-offset: -4px;
  }
  textarea:focus-visible,
  input:focus-visible,
  .words:focus-visible {
    outline-offset: -2px;
  }
  .vh {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  h2 {
    margin: 0;
    font-size: 1.125em;
    font-weight: 700;
  }
  .small {
    font-size: 0.875em;
  }
  .quiet {
    color: var(--quiet);
    font-size: 0.9375em;
  }
  svg {
    width: 24px;
    height: 24px;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
  }
`;
