"""Understands a message: its intent, and for a question the articles it may be about.

Adapts `bot.understanding` to Rasa's graph. The contract of what is added to a message is in docs/architecture.md.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

import bot.understanding
from bot.components.common import code_digest, typed_text
from bot.components.encoder import QUESTION_VECTORS, EncoderFeaturizer
from bot.importer import ARTICLE, SENTENCE
from bot.understanding import storage
from bot.understanding.model import QuestionModel, Reading
from bot.understanding.several import UNREAD, Part, combine, questions
from bot.understanding.training import Aims, Examples, HeldOut, fit

logger = logging.getLogger(__name__)

RANKED = 10
NO_ARTICLE = -1


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]  # untyped bases
    """Sets `intent`, `articles`, `covered` and `zone`, and `parts` when several questions are to be answered."""

    @classmethod
    def required_components(cls) -> list[type]:
        """It reads the sentence vector."""
        return [EncoderFeaturizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["sklearn", "scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The aims of the thresholds: `bot.understanding.training.Aims` explains them."""
        return dict(vars(Aims()))

    def __init__(
        self, config: dict[str, Any], storage_: ModelStorage, resource: Resource, model: QuestionModel | None = None
    ) -> None:
        self._aims = Aims(**{name: float(config[name]) for name in vars(Aims())})
        self._storage = storage_
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        """Make the component, not yet trained."""
        del execution_context
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        """Read the trained model."""
        del execution_context, kwargs
        with model_storage.read_from(resource) as directory:
            return cls(config, model_storage, resource, storage.load(Path(directory)))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the statistics behind it change."""
        del config
        return code_digest(Path(bot.understanding.__path__[0]).glob("*.py"))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on every example that has an intent."""
        messages = [one for one in training_data.training_examples if typed_text(one) and one.get(INTENT)]
        article_ids = sorted({str(one.get(ARTICLE)) for one in messages if one.get(ARTICLE)})
        numbers = {name: number for number, name in enumerate(article_ids)}
        examples = Examples(
            texts=[str(one.get(TEXT)) for one in messages],
            embeddings=np.stack([_vector(one) for one in messages]),
            intents=np.array([str(one.get(INTENT)) for one in messages]),
            articles=np.array([numbers.get(str(one.get(ARTICLE)), NO_ARTICLE) for one in messages], np.int64),
            sentences=np.array([bool(one.get(SENTENCE)) for one in messages]),
        )
        self._model, held_out = fit(examples, article_ids, self._aims)
        _report(held_out, self._model)
        with self._storage.write_to(self._resource) as directory:
            storage.save(self._model, Path(directory))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Say what each message means."""
        for message in messages:
            if self._model is not None and (text := typed_text(message)):
                _add(message, *_understood(message, text, self._model))
        return messages


def _understood(message: Message, text: str, model: QuestionModel) -> tuple[Reading, list[Part]]:
    """Read the message as it is and each of its questions."""
    whole = model.read(text, _vector(message))
    vectors = message.get(QUESTION_VECTORS)
    if not vectors:
        return whole, []
    asked = questions(text)
    readings = [model.read(one.to_read, vector) for one, vector in zip(asked, vectors, strict=False)]
    return combine(whole, asked, readings)


def _vector(message: Message) -> Any:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise ValueError("the message has no sentence vector: config.yml must list the encoder first")
    return sentence.features[0]


def _add(message: Message, reading: Reading, parts: list[Part]) -> None:
    ranking = [{"name": name, "confidence": confidence} for name, confidence in reading.intents[:RANKED]]
    message.set(INTENT, dict(ranking[0]), add_to_output=True)
    message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
    for key, value in _plain(reading).items():
        message.set(key, value, add_to_output=True)
    if parts:
        message.set("parts", [_plain_part(one) for one in parts], add_to_output=True)


def _plain(reading: Reading) -> dict[str, Any]:
    articles = [{"id": name, "confidence": confidence} for name, confidence in reading.articles]
    return {"articles": articles, "covered": reading.covered, "zone": reading.zone}


def _plain_part(part: Part) -> dict[str, Any]:
    if part.reading is None:
        return {"text": part.text, "intent": None, "articles": [], "covered": 0.0, "zone": UNREAD}
    return {"text": part.text, "intent": part.reading.intents[0][0], **_plain(part.reading)}


def _report(held_out: HeldOut, model: QuestionModel) -> None:
    """Write what the model got right of what it had not seen into the log of the training."""
    logger.info("intents right on held-out examples: %.3f", float((held_out.intents == held_out.predicted).mean()))
    if held_out.candidates.size:
        hits = held_out.candidates == held_out.articles[:, None]
        logger.info(
            "article first %.3f, among the first three %.3f, answered %.3f of held-out questions",
            float(hits[:, 0].mean()),
            float(hits[:, :3].any(axis=1).mean()),
            float((held_out.right >= model.thresholds.answer).mean()),
        )
