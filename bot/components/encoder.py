"""Adds the sentence vector of the configured encoder to each message, and to its questions when it has several."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.common import typed_text
from bot.encoder import Encoder, EncoderError
from bot.encoder.memory import encode_all
from bot.encoder.runtime import Vector, fingerprint
from bot.settings import encoder_directory, resolve, vectors_file
from bot.understanding.several import MOST_READ, questions

QUESTION_VECTORS = "question_vectors"  # one for each of the first questions; for the components after this one only


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EncoderFeaturizer(DenseFeaturizer, GraphComponent):  # type: ignore[misc]  # untyped bases
    """Sentence features from an encoder directory (`directory`, or `$ENCODER_DIR`)."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Rasa wants a tokenizer before every featurizer."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`directory`: another encoder than the default one."""
        return {**DenseFeaturizer.get_default_config(), "directory": None}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Everything is checked when the encoder is loaded."""

    def __init__(self, name: str, config: dict[str, Any]) -> None:
        """Load the encoder.

        Raises:
            RasaException: there is no usable encoder; the message says what to do.
        """
        super().__init__(name, config)
        directory = config.get("directory")
        self._directory = resolve(directory) if directory else encoder_directory()
        try:
            self._encoder = Encoder(self._directory)
        except EncoderError as error:
            raise RasaException(str(error)) from error

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderFeaturizer:
        """Make the component."""
        del model_storage, resource  # nothing is learned
        return cls(execution_context.node_name, config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Another encoder means training again."""
        directory = config.get("directory")
        return fingerprint(resolve(directory) if directory else encoder_directory())

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vectors."""
        for message in messages:
            if text := typed_text(message):
                self._add(message, self._encoder.encode(text))
                asked = questions(text)[:MOST_READ]
                message.set(QUESTION_VECTORS, [self._encoder.encode(one.to_read) for one in asked])
        return messages

    def _add(self, message: Message, vector: Vector) -> None:
        message.add_features(Features(vector.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._identifier))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vector to every example, one at a time as in serving; an example is one question."""
        examples = [example for example in training_data.training_examples if typed_text(example)]
        if examples:
            texts = [str(typed_text(example)) for example in examples]
            vectors = encode_all(texts, self._encoder, fingerprint(self._directory), vectors_file())
            for example, vector in zip(examples, vectors, strict=True):
                self._add(example, vector)
        return training_data
