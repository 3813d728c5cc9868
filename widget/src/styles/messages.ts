import { css } from "lit";

/** What was said, by whom, and how far it has come. */
export const messages = css`
  .message {
    margin: 0 0 16px;
    max-width: 100%;
  }
  .bubble {
    width: fit-content;
    max-width: 94%;
    padding: 11px 15px;
    border: 1px solid transparent;
    border-radius: 14px 14px 14px 4px;
    background: var(--soft);
  }
  .person .bubble {
    margin-inline-start: auto;
    max-width: 86%;
    border-radius: 14px 14px 4px 14px;
    background: var(--mine);
    color: var(--mine-ink);
    white-space: pre-wrap;
  }
  .pending .bubble {
    background: transparent;
    color: var(--ink);
    border: 1px dashed var(--edge);
  }
  .agent .bubble {
    background: var(--human);
  }
  .system {
    text-align: center;
  }
  .system .bubble {
    margin-inline: auto;
    background: transparent;
    color: var(--quiet);
    font-size: 0.9375em;
  }
  .tag {
    margin: 0 0 4px 2px;
    color: var(--quiet);
    font-size: 0.875em;
  }
  .tag b {
    color: var(--ink);
  }
  .bubble p,
  .bubble ul {
    margin: 0 0 10px;
  }
  .bubble ul {
    padding-inline-start: 1.2em;
  }
  .bubble li + li {
    margin-top: 4px;
  }
  .bubble > :last-child,
  .said > :last-child,
  .intro > :last-child {
    margin-bottom: 0;
  }
  .sources {
    margin-top: 12px;
    padding-top: 10px;
    border-top: 1px solid var(--edge);
    font-size: 0.9375em;
  }
  .sources p {
    margin: 0;
    font-weight: 600;
  }
  .sources ul {
    list-style: none;
    padding: 0;
    margin: 0;
  }
  .sources a,
  .sources .dead {
    display: inline-block;
    padding: 4px 0;
  }
  .sources .quiet {
    display: block;
    margin-top: -2px;
  }
  .note {
    margin: 6px 2px 0;
    font-size: 0.875em;
    color: var(--quiet);
    text-align: end;
  }
  .note button {
    margin: 6px 0 0 6px;
  }
  .refused .note {
    color: var(--ink);
  }
  .intro {
    margin: 0 0 20px;
    padding: 12px 14px;
    border: 1px solid var(--hair);
    border-radius: 10px;
    font-size: 0.9375em;
  }
  .intro p {
    margin: 0 0 8px;
  }
  .intro a {
    display: inline-block;
    padding: 4px 0;
  }
  .thinking {
    display: flex;
    align-items: center;
    gap: 10px;
    color: var(--quiet);
    padding: 2px;
  }
  .dots {
    display: inline-flex;
    gap: 4px;
    flex: none;
  }
  .dots i {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--link);
    animation: wait 1.4s infinite ease-in-out;
  }
  .dots i:nth-child(2) {
    animation-delay: 0.2s;
  }
  .dots i:nth-child(3) {
    animation-delay: 0.4s;
  }
  @keyframes wait {
    0%,
    70%,
    100% {
      opacity: 0.3;
    }
    35% {
      opacity: 1;
    }
  }
`;
