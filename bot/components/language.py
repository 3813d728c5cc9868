"""Tells which language a message is in, and says so only when it is sure.

People here write second-language English with Dutch and French words in it, in a hurry. Taking such a message for
Dutch would be worse than reading a Dutch one as English, so the intent becomes `other_language` only when the
letters are not Latin, or when the small words of the sentence belong to another language.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.common import code_digest, typed_text
from bot.settings import ROOT
from bot.understanding.language import Detector

OTHER_LANGUAGE, ASK = "other_language", "ask"
NAMES = ("municipality", "country", "region", "document", "email", "phone", "date", "postcode")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LanguageDetector(IntentClassifier, GraphComponent):  # type: ignore[misc]  # untyped bases
    """Sets `language`, and the intent when the message is surely not in English. Comes after the classifier."""

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["lingua"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing can be set."""
        return {}

    def __init__(self) -> None:
        self._detector = Detector()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        """Make the component."""
        del config, model_storage, resource, execution_context  # nothing is learned
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Notice changes in the rules."""
        del config
        return code_digest((ROOT / "bot" / "understanding").glob("language*.py"))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the language of each message."""
        for message in messages:
            if text := typed_text(message):
                self._read(message, text)
        return messages

    def _read(self, message: Message, text: str) -> None:
        found = self._detector.read(text, _names(message))
        message.set("language", {"code": found.code, "confidence": found.confidence}, add_to_output=True)
        intent = message.get(INTENT) or {}
        answerable = intent.get("name") == ASK and message.get("zone") == "answer"
        if found.sure and (found.sentence or not answerable):
            _put_first(message, OTHER_LANGUAGE, found.confidence)
        elif intent.get("name") == OTHER_LANGUAGE and found.english:
            ranking = message.get(INTENT_RANKING_KEY) or []
            second = next((one for one in ranking if one["name"] != OTHER_LANGUAGE), None)
            if second is not None:
                _put_first(message, second["name"], second["confidence"])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing is learned from the examples."""
        return training_data


def _names(message: Message) -> list[tuple[int, int]]:
    """Return where names of places and papers stand: they say nothing about the language of a sentence."""
    return [(one["start"], one["end"]) for one in message.get(ENTITIES) or [] if one.get("entity") in NAMES]


def _put_first(message: Message, name: str, confidence: float) -> None:
    first = {"name": name, "confidence": confidence}
    rest = [one for one in message.get(INTENT_RANKING_KEY) or [] if one["name"] != name]
    message.set(INTENT, first, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [first, *rest], add_to_output=True)
