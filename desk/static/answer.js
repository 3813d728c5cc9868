// The answer of an agent: who has the floor, a draft that is kept, what can be put in, and what is looked at before it goes.
// Nothing here moves the focus, unless the agent asked for it.
"use strict";

(() => {
  const form = document.getElementById("reply");
  if (!form) return;
  const text = form.elements.namedItem("text");
  const clientId = form.elements.namedItem("client_id");
  const send = document.getElementById("send");
  const lost = document.getElementById("lost");
  const closing = document.getElementById("closing");
  const problem = document.getElementById("reply-problem");
  const findings = document.getElementById("findings");
  const remark = document.getElementById("remark");
  const along = document.getElementById("along");
  const key = `desk-draft-${form.dataset.conversation}`;
  const csrf = form.elements.namedItem("csrf_token").value;

  const isMine = () => document.querySelector("#floor [data-mine]")?.dataset.mine === "yes";
  const isFree = () => document.querySelector("#window [data-free]")?.dataset.free !== "no";
  const articles = () => [...along.querySelectorAll("input[name=article]")].map((field) => field.value);

  function post(path, values) {
    const body = new URLSearchParams(values);
    for (const id of articles()) body.append("article", id);
    return fetch(form.dataset.here + path, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRF-Token": csrf } });
  }

  function say(place, words) {
    place.textContent = words;
    place.hidden = !words;
  }

  function newId() {
    clientId.value = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  }

  // --- who has the floor ---

  function floor() {
    const mine = isMine();
    if (mine) form.hidden = false;
    closing.hidden = !mine;
    lost.hidden = mine || form.hidden;
    send.setAttribute("aria-disabled", String(!mine || !isFree()));
  }
  document.addEventListener("htmx:sseMessage", (event) => {
    if (event.target.id === "floor" || event.target.id === "window") floor();
  });

  // --- the draft: in this tab at once, on the server a moment later ---

  const SOON = 1200;
  const other = document.getElementById("other-draft");
  let revision = form.dataset.revision;
  let theirs = null;
  let timer = 0;
  let saving = null;
  let told = `${form.dataset.kept}\n${articles().join()}`;

  const state = () => `${text.value}\n${articles().join()}`;

  function keep() {
    const kept = { text: text.value, clientId: clientId.value, revision };
    if (text.value || articles().length) sessionStorage.setItem(key, JSON.stringify(kept));
    else sessionStorage.removeItem(key);
  }

  function later() {
    if (!timer) timer = setTimeout(() => void save(), SOON);
  }

  async function save() {
    timer = 0;
    if (saving || theirs) return saving;
    const now = state();
    if (now === told) return;
    saving = post("/draft", { text: text.value, based_on: revision, typing: String(document.activeElement === text) });
    try {
      const answer = await saving;
      const given = answer.ok || answer.status === 409 ? await answer.json() : null;
      if (answer.ok) {
        revision = given.revision;
        told = now;
        keep();
      } else if (answer.status === 409) differ(given);
    } catch {
      // no connection: the text is in this tab, and the next change tries again
    } finally {
      saving = null;
    }
    if (state() !== now) later();
  }

  function differ(given) {
    if (given.text === text.value) {
      revision = given.revision;
      told = state();
      return;
    }
    theirs = given;
    document.getElementById("other-text").textContent = given.text;
    other.hidden = false;
  }

  function settle(useTheirs) {
    revision = theirs.revision;
    if (useTheirs) {
      text.value = theirs.text;
      along.replaceChildren();
      for (const [id, title] of theirs.articles) attach(id, title);
      told = state();
    } else told = "";
    theirs = null;
    other.hidden = true;
    text.focus();
    keep();
    later();
  }
  document.getElementById("use-other").addEventListener("click", () => settle(true));
  document.getElementById("keep-this").addEventListener("click", () => settle(false));

  function forgetDraft() {
    clearTimeout(timer);
    timer = 0;
    revision = "";
    told = "\n";
  }

  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (kept && kept.text) {
    const server = form.dataset.kept;
    clientId.value = kept.clientId;
    if (kept.text !== text.value) {
      if (server && kept.revision !== revision && text.value === server) differ({ text: server, revision, articles: along.children.length ? articles().map((id) => [id, id]) : [] });
      text.value = kept.text;
      later();
    }
    form.hidden = false;
  }
  floor();
  if (!isMine()) lost.hidden = true;

  function changed() {
    keep();
    if (findings.firstChild) findings.replaceChildren();
    later();
  }
  text.addEventListener("input", changed);
  addEventListener("pagehide", () => {
    if (state() !== told && !theirs) void navigator.sendBeacon?.(`${form.dataset.here}/draft`, beacon());
  });

  function beacon() {
    const body = new URLSearchParams({ csrf_token: csrf, text: text.value, based_on: revision });
    for (const id of articles()) body.append("article", id);
    return body;
  }

  // --- putting in a prepared answer or an article ---

  const insert = document.getElementById("insert");
  const words = document.getElementById("words");
  const found = document.getElementById("found");
  let searching = 0;
  let asked = 0;

  async function search() {
    const mine = ++asked;
    const answer = await post("/insert", { words: words.value, text: "" }).catch(() => null);
    if (mine !== asked) return;
    if (answer?.ok) found.innerHTML = await answer.text();
    else found.textContent = "The search did not work. Please try again.";
  }

  async function put(what) {
    const answer = await post("/insert", { put: what, text: "" }).catch(() => null);
    if (!answer?.ok) {
      found.textContent = answer ? await answer.text() : "There is no connection. Please try again.";
      return;
    }
    const given = await answer.json();
    const [start, end] = [text.selectionStart, text.selectionEnd];
    const before = text.value.slice(0, start).replace(/^\/$/, "");
    const gap = before.trim() ? (before.endsWith("\n\n") ? "" : "\n\n") : "";
    text.setRangeText(gap + given.text, text.value.startsWith("/") && start <= 1 ? 0 : start, end, "end");
    if (given.article) attach(given.article, given.title);
    say(remark, given.remark);
    insert.open = false;
    words.value = "";
    found.replaceChildren();
    text.focus();
    const open = text.value.search(/\{[a-z_]+\}/);
    if (open >= 0) text.setSelectionRange(open, text.value.indexOf("}", open) + 1);
    changed();
  }

  function attach(id, title) {
    if (articles().includes(id)) return;
    const line = document.createElement("p");
    line.className = "tag";
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "article", value: id });
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "plain small", textContent: "Leave out" });
    drop.dataset.drop = "";
    drop.setAttribute("aria-label", `Leave out the sources of ${title}`);
    line.append(field, `Sources go along: ${title} `, drop);
    along.append(line);
  }

  along.addEventListener("click", (event) => {
    if (event.target.closest("[data-drop]")) {
      event.target.closest("p").remove();
      text.focus();
      changed();
    }
  });
  insert.addEventListener("toggle", () => {
    if (insert.open && !found.firstElementChild) void search();
  });
  words.addEventListener("input", () => {
    clearTimeout(searching);
    searching = setTimeout(() => void search(), 250);
  });
  insert.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      insert.open = false;
      text.focus();
    } else if (event.key === "Enter" && event.target === words) {
      event.preventDefault();
      const first = found.querySelector("[data-put]");
      if (words.value.startsWith("/") && first) void put(first.value);
      else void search();
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-put], #find");
    if (!button) return;
    event.preventDefault();
    if (button.id === "find") void search();
    else void put(button.value);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "/" && text.value === "" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      insert.open = true;
      words.value = "/";
      words.focus();
      void search();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  // --- sending ---

  let sentText = "";
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== form) return;
    keep();
    if (send.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      say(problem, isMine() ? "Your own words are not taken now: the reason is above. Your draft is kept." : "You do not have this conversation now. Take it first; your draft is kept.");
    }
  });
  form.addEventListener("htmx:configRequest", () => {
    sentText = text.value;
    clearTimeout(timer);
    timer = 0;
    send.setAttribute("aria-busy", "true");
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form) return;
    send.removeAttribute("aria-busy");
    const xhr = event.detail.xhr;
    const type = xhr.getResponseHeader("Content-Type") ?? "";
    if (event.detail.successful) return wasSent();
    if (xhr.status === 0) return say(problem, "Your answer could not be sent: there is no connection. It is kept here; press Send to try again.");
    if (xhr.status === 409 && type.startsWith("text/html")) {
      say(problem, "");
      findings.innerHTML = xhr.responseText;
      findings.firstElementChild?.scrollIntoView({ block: "nearest" });
      return;
    }
    say(problem, type.startsWith("text/plain") ? xhr.responseText : "Your answer could not be sent. It is kept here; please try again.");
    if (xhr.status === 409) {
      newId();
      keep();
    }
  });

  function wasSent() {
    // what was typed while the answer was on its way stays
    text.value = text.value.startsWith(sentText) ? text.value.slice(sentText.length).trimStart() : text.value;
    along.replaceChildren();
    findings.replaceChildren();
    say(remark, "");
    say(problem, "");
    newId();
    forgetDraft();
    keep();
    if (text.value) later();
  }
})();
