// What htmx leaves open on every page: waiting times that move on, a lost connection, an article whose typed text survives.
// Nothing here ever moves the focus. The conversation has conversation.js and answer.js.
"use strict";

(() => {
  const connection = document.getElementById("connection");

  // --- waiting times, in the words of formats.waited ---

  function waited(since) {
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 60000));
    if (minutes < 1) return "less than 1 min";
    if (minutes < 60) return `${minutes} min`;
    if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
    const days = Math.floor(minutes / 1440);
    return days === 1 ? "1 day" : `${days} days`;
  }

  function tick() {
    for (const place of document.querySelectorAll("[data-since]")) {
      const text = waited(place.dataset.since);
      if (place.textContent !== text) place.textContent = text;
    }
  }

  setInterval(tick, 15000);
  document.addEventListener("visibilitychange", tick);

  // --- the page's title tells how many wait ---

  const title = document.title;
  function count() {
    const waiting = document.querySelector("[data-waiting]")?.dataset.waiting;
    document.title = Number(waiting) > 0 ? `(${waiting}) ${title}` : title;
  }
  count();

  // --- the stream: what says the same as before is left alone, so that the focus stays where it is ---

  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    const place = event.target;
    if (place.dataset.steady === undefined) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = event.detail.data;
    const now = document.createElement("template");
    now.innerHTML = place.innerHTML;
    if (words(fresh.content) === words(now.content)) event.preventDefault();
  });

  function words(content) {
    const state = content.querySelector("[data-mine], [data-free]")?.dataset;
    return content.textContent.replace(/\s+/g, " ").trim() + (state?.mine ?? "") + (state?.free ?? "");
  }

  document.addEventListener("htmx:sseMessage", () => {
    tick();
    count();
  });

  document.addEventListener("htmx:sseError", () => say(connection.dataset.lost));
  document.addEventListener("htmx:sseOpen", () => {
    if (connection.textContent !== connection.dataset.lost) return;
    say(connection.dataset.back);
    setTimeout(() => connection.textContent === connection.dataset.back && say(""), 10000);
  });

  function say(text) {
    if (connection.textContent !== text) connection.textContent = text;
  }

  // --- an article that is being edited: typed text survives a lost session, a closed connection and a reload ---

  const editor = document.querySelector("form.editor");
  const editKey = `desk-edit-${location.pathname.replace(/\/(edit|draft)$/, "")}`;

  if (editor) {
    const basedOn = editor.elements.namedItem("based_on").value;
    const mode = editor.elements.namedItem("mode").value;
    const fields = () => [...editor.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit" && !field.hidden);
    const kept = JSON.parse(sessionStorage.getItem(editKey) ?? "null");
    if (kept && kept.basedOn === basedOn && kept.mode === mode) {
      let changed = false;
      for (const field of fields()) {
        if (field.name in kept.values && field.value !== kept.values[field.name]) {
          field.value = kept.values[field.name];
          changed = true;
        }
      }
      document.getElementById("kept").hidden = !changed;
    }
    editor.addEventListener("input", () => {
      const values = Object.fromEntries(fields().map((field) => [field.name, field.value]));
      sessionStorage.setItem(editKey, JSON.stringify({ basedOn, mode, values }));
    });
  } else if (location.pathname.endsWith("/draft") && new URLSearchParams(location.search).get("note") === "saved") {
    sessionStorage.removeItem(editKey);
  }

  // --- drafts leave this computer with the agent ---

  document.getElementById("log-out")?.addEventListener("submit", () => sessionStorage.clear());
})();
