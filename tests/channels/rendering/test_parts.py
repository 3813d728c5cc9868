"""Where a long message is divided, and what goes where on each platform."""

from __future__ import annotations

import pytest

from channels.platform import Outgoing
from channels.rendering import plain, telegram, whatsapp
from knowledge.wording import say
from tests.channels.rendering.reading import buttons, choices, formatted, telegram_seen, units, whatsapp_bodies

SENTENCE = "This is a sentence of some words. "


def offered(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "payload": "/x"} for title in titles]


def texts(message: Outgoing) -> list[str]:
    return [one.text for one in telegram_seen(telegram.render(message))]


def test_a_long_message_is_divided_between_paragraphs() -> None:
    paragraphs = [(SENTENCE * 50).strip() + f" {number}" for number in range(8)]
    found = texts(Outgoing(1, "\n\n".join(paragraphs)))
    assert found == ["\n\n".join(paragraphs[:2]), "\n\n".join(paragraphs[2:4]), "\n\n".join(paragraphs[4:6]),
                     "\n\n".join(paragraphs[6:])]  # fmt: skip


def test_a_long_paragraph_is_divided_between_lines_then_sentences_then_words() -> None:
    lines = [SENTENCE.strip() * 20 for _ in range(12)]
    assert all(set(part.split("\n")) == {lines[0]} for part in texts(Outgoing(1, "\n".join(lines))))
    found = texts(Outgoing(1, SENTENCE * 300))
    assert len(found) == 3
    assert all(part.endswith("words.") and part.startswith("This") for part in found)
    found = texts(Outgoing(1, "word " * 2000))
    assert {word for part in found for word in part.split(" ")} == {"word"}


def test_a_list_is_divided_between_its_items() -> None:
    items = "\n".join(f"- item {number} {'x' * 90}" for number in range(100))
    found = texts(Outgoing(1, f"**Take with you:**\n{items}"))
    assert len(found) == 3
    assert found[0].startswith("Take with you:\n• item 0")
    assert all(part.startswith("• item") for part in found[1:])


def test_characters_are_counted_as_telegram_counts_them() -> None:
    found = texts(Outgoing(1, "😀" * 3000, sender="system"))
    assert [units(part) for part in found] == [4096, 1904]
    assert texts(Outgoing(1, "." * 4096)) == ["." * 4096]


def test_a_label_and_a_link_that_are_divided_stay_what_they_are() -> None:
    words, address = "word " * 1000, "https://what-now.example/plan/abc"
    for part in telegram_seen(telegram.render(Outgoing(1, f"**{words.strip()}**"))):
        assert part.bold == [part.text]
    seen = telegram_seen(telegram.render(Outgoing(1, f"[{words.strip()}]({address})")))
    assert [link for one in seen for link in one.links] == [(address, address)]
    bodies = whatsapp_bodies(whatsapp.render(Outgoing(1, f"[{words.strip()}]({address})")))
    assert bodies[-1].endswith(f"word {address}")


def test_buttons_stand_below_the_last_part_two_short_ones_side_by_side() -> None:
    message = Outgoing(
        9, SENTENCE * 200, options=offered("Yes", "No", "A title of more letters", "Skip", "Why do you ask?")
    )
    sent = telegram.render(message)
    assert "reply_markup" not in sent[0].body
    rows = sent[-1].body["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [
        ["Yes", "No"], ["A title of more letters"], ["Skip", "Why do you ask?"]
    ]  # fmt: skip
    assert [button["callback_data"] for button in buttons(sent)] == [f"m9:{index}" for index in range(5)]


def test_a_long_title_is_shortened_on_a_button_between_words() -> None:
    title = "Unemployed in Belgium – work in another country before, or looking for work there"
    (button,) = buttons(telegram.render(Outgoing(1, "?", options=offered(title))))
    assert button["text"] == "Unemployed in Belgium – work in another country before, or…"


def test_what_has_no_button_on_telegram_is_answered_in_words() -> None:
    message = Outgoing(1, "Which?", options=offered(*(f"Title {number}" for number in range(1, 104))))
    sent = telegram.render(message)
    assert len(buttons(sent)) == 100
    assert texts(message)[0].endswith("Type its words:\n101. Title 101\n102. Title 102\n103. Title 103")


@pytest.mark.parametrize(
    ("titles", "kind"),
    [(["Yes"], "button"), (["Yes", "No", "x" * 20], "button"), (["Yes", "x" * 21], "list"), (list("abcd"), "list"),
     (["x" * 20, "x" * 20], "list")],
)  # fmt: skip
def test_up_to_three_short_options_are_reply_buttons(titles: list[str], kind: str) -> None:
    (part,) = whatsapp.render(Outgoing(1, "Which?", options=offered(*titles)))
    assert part.body["interactive"]["type"] == kind


def test_a_long_title_goes_on_in_the_description_of_its_row() -> None:
    (part,) = whatsapp.render(Outgoing(1, "Which?", options=offered("Paying the deposit: how and when")))
    assert choices([part]) == [{"id": "m1:0", "title": "Paying the deposit: how…", "description": "…and when"}]


def test_equal_titles_are_told_apart() -> None:
    (part,) = whatsapp.render(Outgoing(1, "Which?", options=offered("Yes", "yes", "Yes")))
    assert [choice["title"] for choice in choices([part])] == ["Yes", "yes (2)", "Yes (3)"]
    (part,) = whatsapp.render(Outgoing(1, "Which?", options=offered(*["More about the town hall"] * 4)))
    assert [choice["title"] for choice in choices([part])][:2] == [
        "More about the town hall",
        "More about the town… (2)",
    ]


def test_a_title_that_is_cut_in_a_list_is_told_in_full() -> None:
    title = " ".join(["some words"] * 12)
    (part,) = whatsapp.render(Outgoing(1, "Which?", options=offered(title, "Short")))
    assert whatsapp_bodies([part]) == [f"Which?\n\nIn full:\n• {title}"]


def test_of_more_than_ten_options_nine_are_in_the_list_and_the_others_in_words() -> None:
    (part,) = whatsapp.render(Outgoing(1, "Which?", options=offered(*(f"Title {n}" for n in range(1, 12)))))
    assert [choice["title"] for choice in choices([part])] == [f"Title {n}" for n in range(1, 10)]
    assert whatsapp_bodies([part]) == ["Which?\n\nIs it one of these? Type its words:\n10. Title 10\n11. Title 11"]


def test_a_long_text_goes_before_and_its_last_short_paragraph_stands_above_the_options() -> None:
    long = (SENTENCE * 40).strip()
    sent = whatsapp.render(Outgoing(1, f"{long}\n\nWhat do you choose?", options=offered("Yes", "No")))
    assert whatsapp_bodies(sent) == [long, "What do you choose?"]
    sent = whatsapp.render(Outgoing(1, f"{long}\n\n{long}", options=offered("Yes", "No")))
    assert whatsapp_bodies(sent) == [f"{long}\n\n{long}", say("chat_choose")]
    page = {"title": "T", "url": "https://a.example/", "publisher": "P", "checked_on": "2026-11-21"}
    sent = whatsapp.render(Outgoing(1, f"{long}\n\nWhat?", options=offered("Yes"), sources=[page]))
    assert whatsapp_bodies(sent)[1:] == [say("chat_choose")]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("*bold* and _it_", "∗bold∗ and ＿it＿"),
        ("dial *123#", "dial *123#"),
        ("some_long_name and a*b*c", "some_long_name and a*b*c"),
        ("~no~ `code`", "∼no∼ ‵code‵"),
        ("> quoted\n* listed\n- listed too", "› quoted\n∗ listed\n- listed too"),
        ("see https://a.example/_x_?q=*y* now", "see https://a.example/%5Fx%5F?q=%2Ay%2A now"),
    ],
)
def test_signs_in_the_words_of_people_do_not_format_on_whatsapp(written: str, sent: str) -> None:
    (body,) = whatsapp_bodies(whatsapp.render(Outgoing(1, written, sender="system")))
    assert body == sent
    assert formatted(body) == []


def test_a_sign_beside_a_label_does_not_format_with_it_on_whatsapp() -> None:
    (body,) = whatsapp_bodies(whatsapp.render(Outgoing(1, "**Cost:** free* and\n*more")))
    assert body == "*Cost:* free∗ and\n*more"
    assert formatted(body) == ["*Cost:"]


def test_a_label_inside_a_word_is_not_bold_on_whatsapp_where_it_would_show_its_signs() -> None:
    (body,) = whatsapp_bodies(whatsapp.render(Outgoing(1, "un**label**led **Cost:** free")))
    assert body == "unlabelled *Cost:* free"


@pytest.mark.parametrize("sender", ["bot", "system"])
def test_nothing_to_see_makes_no_part(sender: str) -> None:
    for text in ("", " \n\n ", "\u200b", "\u202e\x00"):
        assert telegram.render(Outgoing(1, text, sender=sender)) == []
        assert whatsapp.render(Outgoing(1, text, sender=sender)) == []
        assert plain.render(Outgoing(1, text, sender=sender)) == ""


def test_plain_text_writes_everything_out() -> None:
    page = {"title": "Fees", "url": "https://a.example/_f_", "publisher": "City", "checked_on": "2026-11-21"}
    text = "**Cost:** free\n- *a*\n\n[My plan](https://what-now.example/plan/a_b), for you"
    assert plain.render(Outgoing(1, text, options=offered("Yes", "No"), sources=[page])) == (
        "Cost: free\n\n- *a*\n\nMy plan: https://what-now.example/plan/a_b , for you\n\n"
        "Source\n- Fees, City, checked on 21 November 2026: https://a.example/_f_\n\n1. Yes\n2. No"
    )
