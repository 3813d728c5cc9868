/** The look of the menu. */
export const css = `
  .sheet {
    padding-top: 8px;
  }
  .sheet p {
    margin: 8px 0;
  }
  .sheet .options {
    margin: 0;
  }
  .sheet .options button[aria-pressed="true"] {
    background: var(--soft);
    border-width: 2px;
    font-weight: 700;
  }
  .wide {
    display: block;
    width: 100%;
    margin: 0 0 8px;
    border-color: var(--link);
    color: var(--link);
    font-weight: 500;
  }
  .wide + p {
    margin-top: 20px;
  }
  .back {
    padding-inline: 0;
    border-color: transparent;
    background: transparent;
    color: var(--link);
  }
  .back::before {
    content: "←" / "";
    padding-inline-end: 6px;
  }
  .code {
    padding: 12px;
    border: 2px solid var(--edge);
    border-radius: 10px;
    background: var(--soft);
    font: 700 1.75em/1.3 ui-monospace, Consolas, "Liberation Mono", monospace;
    letter-spacing: 0.06em;
    text-align: center;
    user-select: all;
  }
  .links,
  .linked {
    margin: 8px 0;
    padding: 0;
    list-style: none;
  }
  .links a {
    display: inline-block;
    padding: 10px 0;
    font-weight: 600;
  }
  .linked li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
    margin-bottom: 8px;
  }
  .sheet form {
    display: grid;
    gap: 8px;
    justify-items: start;
  }
  label {
    font-weight: 600;
  }
  input {
    width: 100%;
    min-height: 48px;
    margin: 0;
    padding: 8px 12px;
    border: 1px solid var(--edge);
    border-radius: 10px;
    background: var(--paper);
    color: inherit;
    font: 600 1.25em/1.3 ui-monospace, Consolas, "Liberation Mono", monospace;
    letter-spacing: 0.06em;
    text-transform: uppercase;
  }
  .news {
    flex: none;
    margin: 0;
    padding: 0 18px;
  }
  .news button {
    margin-bottom: 12px;
  }
  h4 {
    margin: 20px 0 8px;
    font-size: 1em;
  }
  @media (forced-colors: active) {
    .back {
      padding-inline: 12px;
    }
    .wide,
    .code,
    .sheet .options button {
      border: 2px solid ButtonText;
    }
    .sheet .options button[aria-pressed="true"] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
