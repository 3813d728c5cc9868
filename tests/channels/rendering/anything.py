"""Any message: words of any kind, signs of every platform's markup, options and pages that try to be more."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from channels.platform import Outgoing

PLAN = "https://what-now.example/plan/a_B-9.c_d"
SIGNS = (
    "**", "*", "_", "__", "~", "`", "```", ">", "> ", "- ", "* ", "1. ", "[", "]", "(", ")", "](", "\\", "|", "||", "!",
    "#", "+", "=", "{", "}", ".", "…", "? ", ". ", "\n", "\n\n", "\r\n", "\t", " ", ":", "**Where:** ", "**Cost:**\n- ",
    "[here](https://evil.example/x)", "[here](javascript:alert(1))", "https://a.example/_b_/*c*", "https://", "@name",
    "/stop", "\u202e", "\u2066", "\u200b", "\u200d", "\u200f", "\ufeff", "\x00", "\x1b", "\ud83d", "\u2028", "e\u0301",
    "👩‍👩‍👧‍👦", "🇧🇪", "👍🏽", "שלום", "مرحبا", "你好。", "ß", "%2A", "∗", "＿",
)  # fmt: skip
FRAGMENTS = st.sampled_from(SIGNS) | st.text(max_size=12) | st.text("ab *_~`", max_size=12)
TEXTS = st.lists(FRAGMENTS, max_size=25).map("".join)
LONG = st.builds(lambda text, times: text * times, TEXTS.filter(bool), st.sampled_from([40, 160]))
WORDS = st.text(st.characters(categories=["L", "N", "So"]), min_size=1, max_size=8)
ADDRESSES = st.sampled_from([
    "https://stad.gent/en", "http://a.example/(x)_y_*z*", "https://b.example/a)b\\c", "javascript:alert(1)", "",
    "https://u:p@evil.example", "https://c.example/ a", "ftp://d.example", "https://", "//e.example", "https://[x/plan",
])  # fmt: skip
TITLES = st.one_of(TEXTS, st.just("Yes"), st.just("Talk to a person"), st.just("x" * 30), WORDS.map(lambda w: w * 12))
OPTIONS = st.lists(TITLES.map(lambda title: {"title": title, "payload": "/x"}), max_size=14)
SOURCES = st.lists(
    st.fixed_dictionaries(
        {
            "title": TITLES,
            "url": ADDRESSES,
            "publisher": TEXTS,
            "checked_on": st.sampled_from(["2026-11-20", "soon", ""]),
        }
    ),
    max_size=3,
)
STATES = st.sampled_from(["done", "now", "blocked", "later", "unheard *of*"])
PLANS = st.lists(
    st.fixed_dictionaries({
        "step": st.just("x"), "title": TITLES, "state": STATES, "late": st.booleans(), "by": st.none(), "when": TEXTS,
        "reason": TEXTS, "waits_for": st.lists(TITLES, max_size=2), "facts": st.just([]), "sources": SOURCES,
    }),
    max_size=3,
)  # fmt: skip
SENDERS = st.sampled_from(["bot", "agent", "system"])
MESSAGES = st.builds(
    Outgoing,
    message_id=st.integers(1, 10**12),
    text=TEXTS | LONG,
    sender=SENDERS,
    agent=st.none() | TITLES,
    options=OPTIONS,
    sources=SOURCES,
    plan=PLANS,
)


@dataclass(frozen=True)
class Marked:
    """A text of the assistant, and what is to be seen of it."""

    text: str
    words: str
    labels: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@st.composite
def marked(draw: st.DrawFn) -> Marked:
    """A text with labels and links among words that carry signs."""
    quiet = st.text("ab_~`>#+-=|{}.!\\é", max_size=6)
    found: list[tuple[str, str]] = []
    labels: list[str] = []
    links: list[tuple[str, str]] = []
    for kind in draw(st.lists(st.sampled_from(["word", "label", "link", "line", "paragraph"]), max_size=12)):
        words = f"{draw(quiet)}x{draw(quiet)}"
        if kind == "label":
            found.append((f"**{words}**", words))
            labels.append(words)
        elif kind == "link":
            found.append((f"[{words}]({PLAN})", words))
            links.append((words, PLAN))
        elif kind == "word":
            found.append((words, words))
        else:
            found.append(("\n" * (1 + (kind == "paragraph")), " "))
    text, seen = (" ".join(part) for part in zip(*found, strict=True)) if found else ("", "")
    return Marked(text, seen, tuple(labels), tuple(links))
