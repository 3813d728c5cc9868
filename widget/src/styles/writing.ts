import { css } from "lit";

/** Below the messages: the input, its buttons and the question of "Start again". */
export const writing = css`
  .foot {
    flex: none;
    border-top: 1px solid var(--hair);
    padding: 12px 14px max(6px, env(safe-area-inset-bottom));
  }
  form {
    display: flex;
    gap: 8px;
    align-items: flex-end;
  }
  textarea {
    flex: 1;
    min-width: 0;
    min-height: 48px;
    max-height: 8em;
    padding: 11px 12px;
    line-height: 1.45;
    border: 1px solid var(--edge);
    border-radius: 10px;
    background: var(--paper);
    resize: none;
  }
  textarea::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
  form button {
    min-height: 48px;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 8px;
    margin-top: 4px;
  }
  .tools button {
    border-color: transparent;
    background: transparent;
    color: var(--link);
    padding: 8px;
    font-size: 0.9375em;
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .tools button[aria-disabled="true"] {
    color: var(--quiet);
    text-decoration: none;
  }
  .confirm {
    padding-bottom: 8px;
  }
  .confirm p {
    margin: 0 0 10px;
  }
  .confirm div {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
`;
