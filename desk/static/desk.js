// What htmx leaves open: waiting times that move on, messages that come once, a reply whose draft and identity survive a reload,
// an article whose typed text does, and telling an agent who has lost the conversation. Nothing here ever moves the focus.
"use strict";

(() => {
  const reply = document.getElementById("reply");
  const transcript = document.getElementById("transcript");
  const newer = document.getElementById("newer");
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

  // --- the stream ---

  function atEnd() {
    if (transcript.scrollHeight > transcript.clientHeight + 1 && getComputedStyle(transcript).overflowY === "auto") {
      return transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 120;
    }
    return transcript.getBoundingClientRect().bottom < window.innerHeight + 120;
  }

  function toEnd() {
    transcript.scrollTop = transcript.scrollHeight;
    newer.hidden = true;
    if (getComputedStyle(transcript).overflowY !== "auto") transcript.lastElementChild.lastElementChild?.scrollIntoView({ block: "nearest" });
  }

  let wasAtEnd = true;
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    const place = event.target;
    const data = event.detail.data;
    const id = /\bid="(message-\d+)"/.exec(data)?.[1];
    if (place.id === "messages" && id) {
      if (document.getElementById(id)) event.preventDefault();
      wasAtEnd = atEnd();
    } else if (place.dataset.steady !== undefined) {
      const fresh = document.createElement("template");
      fresh.innerHTML = data;
      const now = document.createElement("template");
      now.innerHTML = place.innerHTML;
      if (words(fresh.content) === words(now.content)) event.preventDefault();
    }
  });

  function words(content) {
    const state = content.querySelector("[data-mine], [data-free]")?.dataset;
    return content.textContent.replace(/\s+/g, " ").trim() + (state?.mine ?? "") + (state?.free ?? "");
  }

  document.addEventListener("htmx:sseMessage", (event) => {
    if (event.target.id === "messages") {
      if (wasAtEnd) toEnd();
      else newer.hidden = false;
    }
    if (event.target.id === "floor" || event.target.id === "window") floor();
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

  newer?.addEventListener("click", toEnd);
  transcript?.addEventListener("scroll", () => {
    if (atEnd()) newer.hidden = true;
  });
  if (transcript && !location.hash) transcript.scrollTo({ top: transcript.scrollHeight, behavior: "instant" });

  // --- who has the floor ---

  const send = document.getElementById("send");
  const lost = document.getElementById("lost");

  const isMine = () => document.querySelector("#floor [data-mine]")?.dataset.mine === "yes";
  const isFree = () => document.querySelector("#window [data-free]")?.dataset.free !== "no";

  function floor() {
    const mine = isMine();
    if (mine) reply.hidden = false;
    lost.hidden = mine || reply.hidden;
    send.setAttribute("aria-disabled", String(!mine || !isFree()));
  }

  // --- the reply ---

  if (reply) {
    const text = reply.elements.namedItem("text");
    const clientId = reply.elements.namedItem("client_id");
    const problem = document.getElementById("reply-problem");
    const key = `desk-draft-${reply.dataset.conversation}`;

    function keep() {
      if (text.value) sessionStorage.setItem(key, JSON.stringify({ text: text.value, clientId: clientId.value }));
      else sessionStorage.removeItem(key);
    }

    function complain(sentence) {
      problem.textContent = sentence;
      problem.hidden = !sentence;
    }

    function newId() {
      clientId.value = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
    }

    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
    if (kept) {
      text.value = kept.text;
      clientId.value = kept.clientId;
      reply.hidden = false;
    }
    send.setAttribute("aria-disabled", String(!isMine() || !isFree()));

    text.addEventListener("input", keep);
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        reply.requestSubmit();
      }
    });

    reply.addEventListener("htmx:beforeRequest", (event) => {
      keep();
      if (send.getAttribute("aria-disabled") === "true") {
        event.preventDefault();
        complain(isMine() ? "Your own words are not taken now: the reason is above. Your draft is kept." : "You do not have this conversation now. Take it first; your draft is kept.");
      }
    });
    let sentText = "";
    reply.addEventListener("htmx:configRequest", () => {
      sentText = text.value;
      send.setAttribute("aria-busy", "true");
    });
    reply.addEventListener("htmx:afterRequest", (event) => {
      send.removeAttribute("aria-busy");
      const xhr = event.detail.xhr;
      if (event.detail.successful) {
        // what was typed while the answer was on its way stays
        text.value = text.value.startsWith(sentText) ? text.value.slice(sentText.length).trimStart() : text.value;
        newId();
        keep();
        complain("");
      } else if (xhr.status === 0) {
        complain("Your answer could not be sent: there is no connection. It is kept here; press Send to try again.");
      } else {
        const plain = xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
        complain(plain ? xhr.responseText : "Your answer could not be sent. It is kept here; please try again.");
        if (xhr.status === 409) {
          newId();
          keep();
        }
      }
    });
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
