import { css } from "lit";

/** What somebody must agree to, in place of the input, and the line at the very bottom. */
export const agreeing = css`
  h3 {
    margin: 12px 0 8px;
    font-size: 1.0625em;
  }
  .consent h3 {
    margin-top: 0;
  }
  .consent p {
    margin: 0 0 10px;
  }
  .consent a {
    display: inline-block;
    padding: 4px 0;
  }
  .words {
    max-height: 11em;
    overflow-y: auto;
  }
  .consent > div:last-child {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding-bottom: 6px;
  }
  .consent > div:last-child button {
    border: 2px solid var(--link);
    color: var(--link);
    font-weight: 600;
  }
  .powered {
    margin: 2px 0 4px;
    color: var(--quiet);
    font-size: 0.8125em;
    text-align: center;
  }
  .powered a {
    display: inline-block;
    padding: 4px 8px;
    color: inherit;
  }
`;
