/** The look of the button. The marks of importance keep it so whatever a host page's style sheet says. */
const dark = "--surface: #13232f !important; --text: #e9f0f4 !important; --line: #8aa0ae !important;";

export const css = `
:host {
  all: initial !important;
  position: fixed !important;
  inset-block: auto var(--what-now-bottom, 16px) !important;
  inset-inline: auto var(--what-now-side, 16px) !important;
  z-index: var(--what-now-layer, 2147483000) !important;
  display: block !important;
  direction: ltr !important;
  font: medium/1.5 var(--what-now-font, var(--type, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif)) !important;
  color-scheme: light dark !important;
  --accent: var(--what-now-accent, #0b5f68) !important;
  --accent-text: var(--what-now-accent-text, #ffffff) !important;
  --surface: #ffffff !important;
  --text: #16283a !important;
  --line: #5d7383 !important;
}
:host([theme="ghent"]) { --accent: var(--what-now-accent, #0340c7) !important; --type: "Fira Sans", system-ui, "Segoe UI", Roboto, Arial, sans-serif !important; }
:host([theme="flanders"]) { --accent: var(--what-now-accent, #0055cc) !important; --type: "Flanders Art Sans", system-ui, "Segoe UI", Roboto, Arial, sans-serif !important; }
:host([position="left"]) { inset-inline: var(--what-now-side, 16px) auto !important; }
:host([scheme="light"]) { color-scheme: light !important; }
:host([scheme="dark"]) { color-scheme: dark !important; }
:host([hidden]) { display: none !important; }
@media print { :host { display: none !important; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button {
  font: inherit;
  min-height: 44px;
  min-width: 44px;
  cursor: pointer;
  border-radius: 999px;
  border: 2px solid transparent;
  padding: 8px 16px;
  margin: 0;
  background: var(--accent);
  color: var(--accent-text);
}
button:hover { text-decoration: underline; }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; box-shadow: 0 0 0 2px var(--surface); }
.launcher {
  display: flex;
  align-items: center;
  gap: 10px;
  min-height: 52px;
  padding: 8px 20px 8px 16px;
  font-weight: 600;
  border-color: #ffffff;
  box-shadow: 0 2px 10px rgb(10 30 50 / 30%);
  max-width: calc(100vw - 32px);
}
.launcher svg { width: 24px; height: 24px; flex: none; }
.count {
  min-width: 24px;
  padding: 0 7px;
  border-radius: 12px;
  background: #ffffff;
  color: #16283a;
  font-size: 14px;
  line-height: 24px;
  text-align: center;
}
.away {
  position: absolute;
  bottom: 0;
  right: 0;
  width: min(320px, calc(100vw - 32px));
  padding: 16px;
  border: 1px solid var(--line);
  border-radius: 12px;
  background: var(--surface);
  color: var(--text);
  box-shadow: 0 4px 24px rgb(10 30 50 / 30%);
}
:host([position="left"]) .away { right: auto; left: 0; }
.away p { margin: 0 0 12px; }
.away button + button { margin-inline-start: 8px; background: transparent; color: inherit; border-color: var(--line); }
@media (prefers-color-scheme: dark) { :host(:not([scheme="light"])) { ${dark} } }
:host([scheme="dark"]) { ${dark} }
@media (forced-colors: active) { .count { border: 1px solid ButtonText; } }
`;
