import { css } from "lit";

const dark = css`
  --paper: #13232f;
  --soft: #20384a;
  --ink: #e9f0f4;
  --quiet: #b4c4cf;
  --edge: #8aa0ae;
  --hair: #35505f;
  --link: #93d9de;
  --human: #2c3d63;
  --warn: #40361a;
  --warn-edge: #e3b94f;
  --head: #0b1a26;
  --main-edge: var(--edge);
`;

/** The colours of the light and the dark look; a town may set the accent. */
export const colours = css`
  :host {
    display: block;
    --paper: #ffffff;
    --soft: #eef4f6;
    --ink: #16283a;
    --quiet: #4a5d6c;
    --edge: #5d7383;
    --hair: #d3dee4;
    --link: #0b5561;
    --mine: var(--accent);
    --mine-ink: var(--accent-text);
    --human: #e3eaf8;
    --warn: #fff4d6;
    --warn-edge: #8a6100;
    --head: #12304d;
    --head-ink: #ffffff;
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([theme="light"])) {
      ${dark}
    }
  }
  :host([theme="dark"]) {
    ${dark}
  }
`;
