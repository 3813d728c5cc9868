"""Finds what a message names: towns, countries, papers, family, dates, postcodes, e-mail addresses, phone numbers.

The phrases come from the compiled knowledge; nothing is learned. An entity's value is the id of the thing when it has
one, else the text as typed.
"""

from __future__ import annotations

from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import knowledge
from bot.components.common import typed_text
from bot.settings import knowledge_file, resolve

MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
).split()
DAY = {"TEXT": {"REGEX": r"^(0?[1-9]|[12]\d|3[01])(st|nd|rd|th)?$"}}
MONTH = {"LOWER": {"IN": MONTHS}}
YEAR = {"TEXT": {"REGEX": r"^20\d\d$"}}
DATE_NUMBER = {"TEXT": {"REGEX": r"^(0?[1-9]|[12]\d|3[01])[/.-](0?[1-9]|1[0-2])([/.-](20)?\d\d)?$"}}
ISO_DATE = {"TEXT": {"REGEX": r"^20\d\d-[01]\d-[0-3]\d$"}}

TOKEN_PATTERNS: list[dict[str, Any]] = [
    {"label": "date", "pattern": [DAY, {"LOWER": "of", "OP": "?"}, MONTH, {**YEAR, "OP": "?"}]},
    {"label": "date", "pattern": [DAY, {"LOWER": {"IN": ["st", "nd", "rd", "th"]}}, MONTH, {**YEAR, "OP": "?"}]},
    {"label": "date", "pattern": [MONTH, DAY, {"IS_PUNCT": True, "OP": "?"}, {**YEAR, "OP": "?"}]},
    {"label": "date", "pattern": [MONTH, YEAR]},
    {"label": "date", "pattern": [DATE_NUMBER]},
    {"label": "date", "pattern": [ISO_DATE]},
    {"label": "postcode", "pattern": [{"TEXT": {"REGEX": r"^9\d{3}$"}}]},
    {"label": "email", "pattern": [{"LIKE_EMAIL": True}]},
    {"label": "phone", "pattern": [{"TEXT": {"REGEX": r"^(\+\d{8,15}|00\d{8,13}|0\d{8,9})$"}}]},
    {
        "label": "phone",
        "pattern": [
            {"TEXT": {"REGEX": r"^(\+\d{1,3}|0\d{1,3}|0\d{1,3}/\d{2,3})$"}},
            {"TEXT": {"REGEX": r"^\d{2,3}$"}, "OP": "{2,4}"},
        ],
    },
]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DomainEntities(GraphComponent, EntityExtractorMixin):  # type: ignore[misc]  # untyped bases
    """Entity rules over a blank spaCy pipeline (`knowledge`, or `$KNOWLEDGE_FILE`)."""

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["spacy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`knowledge`: another file with patterns."""
        return {"knowledge": None}

    def __init__(self, config: dict[str, Any]) -> None:
        """Compile the patterns."""
        file = config.get("knowledge")
        patterns = knowledge.read(resolve(file) if file else knowledge_file()).patterns
        self._pipeline = spacy.blank("en")
        ruler: Any = self._pipeline.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
        ruler.add_patterns([*TOKEN_PATTERNS, *patterns])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DomainEntities:
        """Make the component."""
        del model_storage, resource, execution_context  # nothing is learned
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Other patterns mean another model."""
        file = config.get("knowledge")
        return knowledge.fingerprint(resolve(file) if file else knowledge_file())

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities."""
        for message in messages:
            if text := typed_text(message):
                found = self.add_extractor_name(
                    [
                        {
                            "entity": span.label_,
                            "value": span.ent_id_ or span.text,
                            "start": span.start_char,
                            "end": span.end_char,
                            "confidence_entity": 1.0,
                        }
                        for span in self._pipeline(text).ents
                    ]
                )
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing is learned from the examples."""
        return training_data
