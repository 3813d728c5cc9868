import { css } from "lit";

/** The window itself and what surrounds the messages: head, status lines, the list and the way to its end. */
export const frame = css`
  dialog {
    position: fixed;
    inset: auto var(--what-now-side, 16px) var(--what-now-bottom, 16px) auto;
    width: var(--what-now-width, 25em);
    max-width: calc(100vw - 32px);
    height: var(--what-now-height, 42em);
    max-height: calc(100vh - 32px);
    max-height: calc(100dvh - 32px);
    margin: 0;
    padding: 0;
    border: 1px solid var(--edge);
    border-radius: 14px;
    overflow: hidden;
    background: var(--paper);
    color: var(--ink);
    box-shadow: 0 8px 40px rgb(10 30 50 / 30%);
    overflow-wrap: anywhere;
  }
  :host([position="left"]) dialog {
    inset: auto auto var(--what-now-bottom, 16px) var(--what-now-side, 16px);
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  dialog.full {
    inset: 0 auto auto 0;
    width: 100%;
    max-width: none;
    height: 100%;
    height: var(--view-height, 100dvh);
    top: var(--view-top, 0);
    max-height: none;
    border: 0;
    border-radius: 0;
    box-shadow: none;
  }
  dialog::backdrop {
    background: transparent;
  }
  dialog:focus {
    outline: none;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 8px;
    flex: none;
    padding: 8px 8px 8px 18px;
    background: var(--head);
    color: var(--head-ink);
    border-bottom: 1px solid transparent;
  }
  .head div {
    flex: 1;
    min-width: 0;
    line-height: 1.3;
  }
  .head button {
    background: transparent;
    color: inherit;
    border-color: transparent;
    display: grid;
    place-items: center;
    padding: 0;
  }
  .head button:focus-visible,
  h2:focus-visible {
    outline-color: var(--head-ink);
    outline-offset: -3px;
  }
  .status {
    display: flex;
    align-items: center;
    gap: 12px;
    flex: none;
    padding: 10px 18px;
    background: var(--human);
    border-bottom: 1px solid var(--hair);
    font-size: 0.9375em;
  }
  .status.warn {
    background: var(--warn);
    border-bottom-color: var(--warn-edge);
  }
  .status.none {
    padding: 0;
    border: 0;
  }
  .status p {
    flex: 1;
    margin: 0;
  }
  .status button {
    flex: none;
  }
  .log,
  .sheet {
    flex: 1 1 auto;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 16px 18px 20px;
    position: relative;
  }
  .below {
    flex: none;
    height: 0;
    position: relative;
    text-align: center;
  }
  .below button {
    position: absolute;
    bottom: 8px;
    left: 50%;
    transform: translateX(-50%);
    white-space: nowrap;
    border-radius: 999px;
    box-shadow: 0 2px 10px rgb(10 30 50 / 30%);
  }
`;
