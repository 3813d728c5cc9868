// The desk by keyboard: single keys outside of fields, two keys after one another, and a list of all of them. They can be
// switched off, which this browser remembers. Keys only do what a link, a button or a field of the page does anyway.
"use strict";

(() => {
  const STORE = "desk-keys";
  const SECOND_WITHIN = 1500;
  const PLACES = { q: "/", d: "/dossiers", s: "/search", t: "/tasks", k: "/knowledge" };
  const LIST = [
    ["j, k", "next, previous in a list"],
    ["Enter or o", "open it"],
    ["t", "take it"],
    ["r", "write the answer"],
    ["e", "go to closing the conversation"],
    ["/", "search"],
    ["g, then q", "queue"],
    ["g, then d", "dossiers"],
    ["g, then s", "search page"],
    ["g, then t", "tasks"],
    ["g, then k", "knowledge"],
    ["Esc", "leave a field or this list"],
    ["?", "this list"],
  ];
  const base = document.querySelector(".brand a")?.getAttribute("href")?.replace(/\/$/, "");
  if (base === undefined || !document.getElementById("log-out")) return;

  const isOn = () => localStorage.getItem(STORE) !== "off";
  let first = 0; // when “g” was pressed

  // --- what a key does ---

  function typing(target) {
    return target.isContentEditable || target.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [role=textbox]");
  }

  const shown = (element) => Boolean(element && element.getClientRects().length && !element.closest("[hidden]"));

  const items = () => [...document.querySelectorAll("[data-keys=list] .row")].filter(shown);

  const handle = (row) => row.querySelector("h3 a, a, button, summary");

  const current = () => document.activeElement?.closest("[data-keys=list] .row");

  function move(by) {
    const all = items();
    if (!all.length) return false;
    const at = all.indexOf(current());
    const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[Math.min(all.length - 1, Math.max(0, at + by))];
    handle(next)?.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  function use(element) {
    if (!shown(element)) return false;
    if (element.matches("input, textarea, select")) element.focus();
    else if (element.matches("summary")) {
      element.parentElement.open = true;
      element.focus();
    } else element.click();
    return true;
  }

  // What stands on the page under this key, else what every page has.
  function marked(key) {
    const places = document.querySelectorAll("[data-key]");
    return [...places].find((place) => place.dataset.key === key && shown(place));
  }

  function focus(element) {
    if (!shown(element)) return false;
    element.focus();
    return true;
  }

  const ACTIONS = {
    j: () => move(1),
    k: () => move(-1),
    o: () => use(current() && handle(current())),
    t: () => use(current()?.querySelector("[id^=take-]")) || use(document.getElementById("take")),
    r: () => focus(document.getElementById("text")),
    e: () => focus(document.getElementById("close")),
    "/": () => focus([...document.querySelectorAll("input[type=search]")].find(shown)) || go("/search") || go("/dossiers"),
    "?": () => open(),
  };

  function go(path) {
    const link = [...document.querySelectorAll("nav a")].find((one) => one.getAttribute("href") === `${base}${path}`);
    if (!link) return false;
    link.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && typing(event.target)) {
      event.target.blur();
      return;
    }
    if (!isOn() || typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : "";
    if (!key) return;
    const second = Date.now() - first < SECOND_WITHIN;
    first = 0;
    if (second && key in PLACES) {
      if (go(PLACES[key])) event.preventDefault();
      return;
    }
    if (key === "g") {
      first = Date.now();
      return;
    }
    if (event.repeat && key !== "j" && key !== "k") return;
    const place = marked(key);
    if (place ? use(place) : ACTIONS[key]?.()) event.preventDefault();
  });

  // --- the list ---

  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  dialog.setAttribute("aria-labelledby", "keys-title");

  function make(tag, text, parent, more = {}) {
    const element = Object.assign(document.createElement(tag), more);
    if (text) element.textContent = text;
    parent?.append(element);
    return element;
  }

  function build() {
    make("h2", "Keys", dialog, { id: "keys-title" });
    const table = make("tbody", "", make("table", "", dialog));
    for (const [keys, does] of LIST) {
      const row = make("tr", "", table);
      make("kbd", keys, make("th", "", row, { scope: "row" }));
      make("td", does, row);
    }
    make("p", "Keys do nothing while you write in a field.", dialog, { className: "quiet small" });
    const label = make("label", "", dialog);
    const box = make("input", "", label, { type: "checkbox", id: "keys-on", checked: isOn() });
    make("span", "Use these keys in this browser", label);
    box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "on" : "off"));
    const close = make("button", "Close", make("p", "", dialog), { type: "button", className: "second" });
    close.addEventListener("click", () => dialog.close());
    document.body.append(dialog);
  }

  function open() {
    if (!dialog.isConnected) build();
    dialog.showModal();
    return true;
  }

  const button = make("button", "Keys", null, { type: "button", className: "plain keys-open" });
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", open);
  document.getElementById("log-out").before(button);
})();
