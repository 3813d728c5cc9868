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
  --head-own: #0b1a26;
  --head-ink-own: #ffffff;
  --main-edge: var(--edge);
`;

/** Ghent: the dark grey, blue and white of the city's published style. */
const ghentDark = css`
  --paper: #16232a;
  --soft: #23333a;
  --ink: #f0f4f6;
  --quiet: #b9c6cc;
  --edge: #8fa3ad;
  --hair: #3c5058;
  --link: #7fc8f0;
  --human: #26386b;
  --head-own: #0d171c;
`;

/** Flanders: yellow, near black and blue. */
const flandersDark = css`
  --paper: #1f1f1f;
  --soft: #333332;
  --ink: #f4f4f2;
  --quiet: #c4c4c0;
  --edge: #9a9a96;
  --hair: #4d4d4a;
  --link: #8fbcff;
  --human: #2b3a5c;
  --head-own: #333332;
  --head-ink-own: #ffe615;
`;

/** The colours of each theme, light and dark; a town may set the accent and the bar on top. */
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
    --head: var(--what-now-head, var(--head-own));
    --head-ink: var(--what-now-head-text, var(--head-ink-own));
    --head-own: #12304d;
    --head-ink-own: #ffffff;
  }
  :host([theme="ghent"]) {
    --soft: #eef2f4;
    --ink: #23333a;
    --quiet: #4b5d66;
    --edge: #5f727b;
    --hair: #d3dce0;
    --link: #0340c7;
    --human: #e2ebfc;
    --head-own: #23333a;
  }
  :host([theme="flanders"]) {
    --soft: #f3f3f1;
    --ink: #333332;
    --quiet: #575755;
    --edge: #6f6f6c;
    --hair: #d8d8d4;
    --link: #0055cc;
    --human: #e4ecf9;
    --head-own: #ffe615;
    --head-ink-own: #333332;
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([scheme="light"])) {
      ${dark}
    }
    :host([theme="ghent"]:not([scheme="light"])) {
      ${ghentDark}
    }
    :host([theme="flanders"]:not([scheme="light"])) {
      ${flandersDark}
    }
  }
  :host([scheme="dark"]) {
    ${dark}
  }
  :host([theme="ghent"][scheme="dark"]) {
    ${ghentDark}
  }
  :host([theme="flanders"][scheme="dark"]) {
    ${flandersDark}
  }
`;
