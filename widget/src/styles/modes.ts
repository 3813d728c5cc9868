import { css } from "lit";

/** Less motion, forced colours, and windows without room. */
export const modes = css`
  @media (prefers-reduced-motion: reduce) {
    .dots i {
      animation: none;
      opacity: 0.8;
    }
  }
  @media (forced-colors: active) {
    .bubble,
    .status:not(.none),
    .intro,
    .head,
    .foot,
    .below button {
      border: 1px solid CanvasText;
    }
    .person .bubble {
      border-width: 3px;
    }
    .dots i {
      background: CanvasText;
    }
    button.main,
    .feedback > button[aria-pressed="true"],
    .options button {
      border: 2px solid ButtonText;
    }
    button[aria-disabled="true"] {
      color: GrayText;
      border-color: GrayText;
    }
  }
  @media (max-height: 320px) {
    dialog[open] {
      display: block;
      overflow-y: auto;
    }
    .log,
    .sheet,
    .words {
      overflow: visible;
      max-height: none;
    }
  }
  @media (max-height: 480px) {
    .head {
      padding-block: 0;
    }
    .subtitle {
      display: none;
    }
    .foot {
      padding-top: 6px;
    }
  }
`;
