"""The language is named when it is sure, and English with foreign words stays English."""

from __future__ import annotations

import pytest

from bot.understanding.language import Detector


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector()


@pytest.mark.parametrize(
    "text",
    [
        "my landlord keeps the huurwaarborg",
        "huurwaarborg",
        "how long is waiting for commune registration",
        "commune domicile controle police not come",
        "where is stad gent",
        "de wijkagent did not come",
        "need huisarts",
        "mutuelle or ziekenfonds which",
        "wat is annex 15",
        "e card cost",
        "i hav no mony for rent wat now",
        "bpost letter from FOD Financien aangiftebrief",
        "what is attestation d'immatriculation",
        "is mutualité obligatory",
        "pls help visa D ambassade delhi",
        "can u tel me wen police comes",
        "inburgering obligatory for me?",
        "no",
        "ok",
        "si",
        "hola",
        "kot",
        "OCMW CPAS",
        "ik",
        "Aya",
        "shortage occupation list belgium non eu",
        "social orientation test difficult?",
        "monthly pass de lijn price",
        "",
        "???",
        "123 456",
    ],
)
def test_english_and_loose_words_are_not_another_language(detector: Detector, text: str) -> None:
    assert not detector.read(text).sure


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hoe kan ik mijn waarborg terugkrijgen", "nl"),
        ("waar moet ik mij inschrijven in de gemeente", "nl"),
        ("je voudrais m'inscrire à la commune de Gand", "fr"),
        ("mon propriétaire ne rend pas ma garantie", "fr"),
        ("quiero registrarme en el ayuntamiento de Gante", "es"),
        ("mein Vermieter gibt mir die Kaution nicht zurück", "de"),
        ("oturma izni için nereye gitmem lazım", "tr"),
        ("dove posso fare la residenza a Gand", "it"),
        ("onde posso registar a minha residência", "pt"),
        ("gdzie mogę znaleźć mieszkanie w Gandawie", "pl"),
        ("cum pot să mă înregistrez la primărie", "ro"),
        ("как да се регистрирам в общината", "bg"),
        ("где я могу найти квартиру в Генте", "ru"),
        ("як отримати посвідку на проживання", "uk"),
        ("كيف يمكنني التسجيل في البلدية", "ar"),
        ("سلام من کمک می خواهم چگونه", "fa"),
        ("你好，我需要帮助", "zh"),
        ("こんにちは、登録したいです", "ja"),
        ("नमस्ते मुझे मदद चाहिए", "hi"),
        ("привет", "ru"),
        ("مرحبا", "ar"),
    ],
)
def test_a_sentence_in_another_language_is_named(detector: Detector, text: str, code: str) -> None:
    found = detector.read(text)
    assert (found.sure, found.code) == (True, code)


def test_names_say_nothing_about_the_language(detector: Detector) -> None:
    text = "carte de séjour lost yesterday"
    assert detector.read(text, [(0, 15)]).english
