import { css } from "lit";

/** What a person may press at a message: answers to choose and feedback. */
export const choices = css`
  .options {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 10px;
  }
  .options button {
    border-color: var(--link);
    color: var(--link);
    font-weight: 500;
  }
  .options button[aria-disabled="true"] {
    border-color: var(--edge);
    color: var(--quiet);
    font-weight: 400;
  }
  .options button[aria-pressed="true"] {
    border-style: solid;
    color: var(--ink);
  }
  .feedback {
    display: flex;
    flex-wrap: wrap;
    gap: 0 4px;
    margin-top: 4px;
    font-size: 0.9375em;
  }
  .feedback > button {
    padding: 8px;
    border-color: transparent;
    background: transparent;
    color: var(--quiet);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .feedback > button[aria-pressed="true"] {
    color: var(--ink);
    border-color: var(--edge);
    font-weight: 600;
    text-decoration: none;
  }
  .feedback p {
    width: 100%;
    margin: 4px 2px;
  }
  .feedback p:empty {
    margin: 0;
  }
  .feedback form {
    display: grid;
    gap: 6px;
    justify-items: start;
    width: 100%;
    margin-top: 4px;
  }
  .feedback textarea {
    width: 100%;
  }
`;
