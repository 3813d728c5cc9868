// The messages of one conversation: each comes once, new ones are told and never scroll away what is being read.
"use strict";

(() => {
  const transcript = document.getElementById("transcript");
  const newer = document.getElementById("newer");
  if (!transcript) return;

  const scrolls = () => getComputedStyle(transcript).overflowY === "auto";

  function atEnd() {
    if (transcript.scrollHeight > transcript.clientHeight + 1 && scrolls()) {
      return transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 120;
    }
    return transcript.getBoundingClientRect().bottom < window.innerHeight + 120;
  }

  function toEnd() {
    transcript.scrollTop = transcript.scrollHeight;
    newer.hidden = true;
    if (!scrolls()) transcript.lastElementChild.lastElementChild?.scrollIntoView({ block: "nearest" });
  }

  let wasAtEnd = true;
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    if (event.target.id !== "messages") return;
    const id = /\bid="(message-\d+)"/.exec(event.detail.data)?.[1];
    if (id && document.getElementById(id)) event.preventDefault();
    wasAtEnd = atEnd();
  });
  document.addEventListener("htmx:sseMessage", (event) => {
    if (event.target.id !== "messages") return;
    if (wasAtEnd) toEnd();
    else newer.hidden = false;
  });

  newer.addEventListener("click", toEnd);
  transcript.addEventListener("scroll", () => {
    if (atEnd()) newer.hidden = true;
  });
  if (!location.hash) transcript.scrollTo({ top: transcript.scrollHeight, behavior: "instant" });

  // --- a note: the field empties once it is kept ---

  const form = document.getElementById("note-form");
  form?.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form) return;
    const noted = document.getElementById("noted");
    noted.className = event.detail.successful ? "small" : "small problem";
    if (event.detail.successful) form.elements.namedItem("text").value = "";
    else noted.textContent = event.detail.xhr.status === 422 ? event.detail.xhr.responseText : "The note could not be kept. Please try again.";
  });
  form?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
