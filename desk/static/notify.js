// Tells an agent that something came: in a line on the page, once; and, when they asked for it, with a short sound and a message
// of the browser. Nothing is asked for before they press its button, and no name and no word of anybody is in a message.
"use strict";

(() => {
  const SOUND = "desk-sound";
  const BROWSER = "desk-browser";
  const TOLD = "desk-told"; // what tabs of this browser told of late, and when, so that several tabs tell it once
  const ONCE_WITHIN = 60000;
  const sink = document.getElementById("news-sink");
  const line = document.getElementById("news");
  if (!sink || !line) return;

  const wants = (key) => localStorage.getItem(key) === "on";
  const canShow = () => "Notification" in window && Notification.permission === "granted";

  // --- the sound: two soft tones, made here ---

  let audio = null;

  function ready() {
    audio ??= "AudioContext" in window ? new AudioContext() : null;
    if (audio?.state === "suspended") audio.resume();
    return audio;
  }

  function tone() {
    if (audio?.state !== "running") return;
    [660, 880].forEach((pitch, number) => {
      const from = audio.currentTime + number * 0.14;
      const wave = new OscillatorNode(audio, { type: "sine", frequency: pitch });
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(0.12, from + 0.02);
      gain.gain.linearRampToValueAtTime(0, from + 0.16);
      wave.connect(gain).connect(audio.destination);
      wave.start(from);
      wave.stop(from + 0.18);
    });
    document.dispatchEvent(new Event("desk:sound"));
  }

  // Browsers play nothing before somebody has pressed or typed something on the page.
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => wants(SOUND) && ready(), { passive: true });

  // --- news ---

  document.addEventListener("htmx:sseMessage", (event) => {
    if (event.target !== sink) return;
    const news = [...sink.querySelectorAll("[data-news]")].map((one) => ({
      kind: one.dataset.news,
      once: `${one.dataset.news} ${one.dataset.once}`,
      text: one.textContent,
      path: one.dataset.path,
    }));
    if (!news.length) return;
    say(news);
    const first = notToldYet(news);
    if (first.length && wants(SOUND)) tone();
    if (wants(BROWSER) && canShow()) first.forEach(show);
  });

  // The queue says itself how many wait, so that who waits is not said twice there.
  function say(news) {
    const onQueue = document.querySelector("[data-waiting]") !== null;
    const said = news.filter((one) => !(onQueue && one.kind === "waiting"));
    if (!said.length) return;
    line.textContent = "";
    for (const one of said) {
      const link = document.createElement("a");
      link.href = one.path;
      link.textContent = one.text;
      line.append(line.childNodes.length ? " " : "", link);
    }
  }

  // What no other tab has told just now.
  function notToldYet(news) {
    const now = Date.now();
    const before = Object.entries(JSON.parse(localStorage.getItem(TOLD) ?? "{}")).filter(([, at]) => now - at < ONCE_WITHIN);
    const told = Object.fromEntries(before);
    const fresh = news.filter((one) => !(one.once in told));
    for (const one of fresh) told[one.once] = now;
    localStorage.setItem(TOLD, JSON.stringify(told));
    return fresh;
  }

  function show(one) {
    const message = new Notification("Pre-care desk", { body: one.text, tag: `desk-${one.kind}`, icon: document.querySelector("link[rel=icon]")?.href });
    message.addEventListener("click", () => {
      window.focus();
      location.assign(one.path);
      message.close();
    });
  }

  // --- asking for it ---

  const place = document.getElementById("notify");
  if (!place) return;
  const sound = document.getElementById("notify-sound");
  const browser = document.getElementById("notify-browser");
  const state = document.getElementById("notify-state");

  function paint() {
    sound.setAttribute("aria-pressed", String(wants(SOUND)));
    browser.setAttribute("aria-pressed", String(wants(BROWSER) && canShow()));
    browser.hidden = !("Notification" in window);
  }

  sound.addEventListener("click", async () => {
    localStorage.setItem(SOUND, wants(SOUND) ? "off" : "on");
    paint();
    state.textContent = wants(SOUND) ? "You hear this sound when something comes." : "No sound.";
    if (wants(SOUND)) {
      await ready()?.resume();
      tone();
    }
  });

  browser.addEventListener("click", async () => {
    if (wants(BROWSER) && canShow()) {
      localStorage.setItem(BROWSER, "off");
      state.textContent = "No messages of the browser.";
    } else if ((await Notification.requestPermission()) === "granted") {
      localStorage.setItem(BROWSER, "on");
      state.textContent = "Your browser shows a message when something comes.";
    } else {
      state.textContent = "Your browser does not allow it. You can change that in its settings for this page.";
    }
    paint();
  });

  paint();
  place.hidden = false;
})();
