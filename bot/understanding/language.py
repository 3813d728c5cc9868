"""Which language a text is in, and whether that is sure. See `bot/components/language.py` for the reasons."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lingua import IsoCode639_1, LanguageDetectorBuilder

from bot.understanding.language_words import ENGLISH, TELLING

CODES = ("EN", "NL", "FR", "ES", "TR", "AR", "DE", "IT", "PT", "PL", "RO", "BG", "RU", "UK")
# Scripts of one language that people here write, and scripts that the detector has to look into.
SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "DEVANAGARI": "hi", "BENGALI": "bn", "GREEK": "el",
    "HEBREW": "he", "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am", "THAI": "th", "TAMIL": "ta", "TELUGU": "te",
    "GUJARATI": "gu", "GURMUKHI": "pa", "MALAYALAM": "ml", "KANNADA": "kn", "SINHALA": "si", "MYANMAR": "my",
    "ARABIC": "ar", "CYRILLIC": "ru",
}  # fmt: skip
PERSIAN, URDU, PASHTO = set("پچژگ"), set("ٹڈڑےں"), set("ښږڼټډړ")
WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
LINK = re.compile(r"https?://\S+|\S+@\S+")
FEWEST_WORDS = 3
CONFIDENT = 0.6


@dataclass(frozen=True)
class Language:
    """`sure`: another language than English; `sentence`: and more than a few loose words of it;
    `english`: certainly or probably English."""

    code: str
    confidence: float
    sure: bool
    sentence: bool
    english: bool


def _script(text: str) -> tuple[str, float]:
    """Return the script most letters are in and its share."""
    names: Counter[str] = Counter()
    for letter in text:
        if letter.isalpha():
            names[unicodedata.name(letter, "LATIN").split(" ")[0].split("-")[0]] += 1
    if not names:
        return "LATIN", 1.0
    if names["HIRAGANA"] + names["KATAKANA"]:
        names["HIRAGANA"] += names.pop("CJK", 0) + names.pop("KATAKANA", 0)
    name, count = names.most_common(1)[0]
    return name, count / sum(names.values())


class Detector:
    """Looks at the script, the small words, and the letters, in this order."""

    def __init__(self) -> None:
        languages = [getattr(IsoCode639_1, code) for code in CODES]
        # Low accuracy takes 17 MB instead of 270, and the small words make up for it.
        self._lingua = LanguageDetectorBuilder.from_iso_codes_639_1(*languages).with_low_accuracy_mode().build()

    def _by_letters(self, text: str) -> tuple[str, float]:
        values = self._lingua.compute_language_confidence_values(text)
        if not values:
            return "en", 0.0
        return values[0].language.iso_code_639_1.name.lower(), float(values[0].value)

    def read(self, text: str, names: Iterable[tuple[int, int]] = ()) -> Language:
        """Return the language of a text.

        Args:
            text: what somebody typed.
            names: parts of it (start, end) that are names and say nothing about the language.
        """
        script, share = _script(text)
        if script in SCRIPTS and share > 0.5:
            return Language(self._by_script(text, script), share, sure=True, sentence=True, english=False)
        for start, end in sorted(names, reverse=True):
            text = f"{text[:start]} {text[end:]}"
        words = [word.replace("’", "'").lower() for word in WORD.findall(LINK.sub(" ", text))]
        if not words:
            return Language("en", 0.0, sure=False, sentence=False, english=True)
        return self._by_words(words)

    def _by_script(self, text: str, script: str) -> str:
        letters = set(text)
        if script == "ARABIC":
            return "ur" if letters & URDU else "ps" if letters & PASHTO else "fa" if letters & PERSIAN else "ar"
        if script == "CYRILLIC":
            code, _ = self._by_letters(text)
            return code if code in ("ru", "uk", "bg") else "ru"
        return SCRIPTS[script]

    def _by_words(self, words: list[str]) -> Language:
        english = sum(word in ENGLISH for word in words)
        telling = {code: sum(word in known for word in words) for code, known in TELLING.items()}
        code, confidence = self._by_letters(" ".join(words))
        best = max(telling, key=lambda name: (telling[name], name == code))
        foreign = telling[best]
        if foreign >= 2 and foreign > 2 * english and len(words) >= FEWEST_WORDS:
            certain = confidence if best == code else 0.0
            return Language(best, max(certain, CONFIDENT), sure=True, sentence=True, english=False)
        if foreign and not english and best == code and confidence >= CONFIDENT and len(words) >= FEWEST_WORDS:
            return Language(code, confidence, sure=True, sentence=False, english=False)
        if english > foreign:
            certain = confidence if code == "en" else 0.0
            return Language("en", max(certain, english / len(words)), sure=False, sentence=False, english=True)
        return Language(code, confidence, sure=False, sentence=False, english=code == "en")
