"""Adds the sentence vector of the configured encoder to each message."""

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
from bot.encoder.runtime import fingerprint
from bot.settings import encoder_directory, resolve


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
        try:
            self._encoder = Encoder(resolve(directory) if directory else encoder_directory())
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
        """Add the vector."""
        for message in messages:
            if text := typed_text(message):
                vector = self._encoder.encode(text).reshape(1, -1)
                message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vector to every example, one at a time as in serving."""
        self.process(training_data.training_examples)
        return training_data
