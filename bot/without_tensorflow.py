"""Let Rasa 3.6 run where TensorFlow is not installed.

Eight of Rasa's modules import TensorFlow as soon as they are imported; nothing else does, and nothing here uses
them. Each is replaced, before Rasa is imported, by a module that holds only the names which other modules of
Rasa import from it. Using one of those names in config.yml gives one clear sentence.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any, NoReturn

REPLACED: dict[str, tuple[str, ...]] = {
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
}


def _placeholder(name: str, module: str) -> type:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(f"{name} needs TensorFlow, which is not installed here.")

    return type(name, (), {"__init__": refuse, "__module__": module, "__doc__": f"{name} is switched off."})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the replaced modules before the usual finders do."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(fullname, self) if fullname in REPLACED else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        for name in REPLACED[module.__name__]:
            setattr(module, name, _placeholder(name, module.__name__))


def install() -> None:
    """Put the finder first; do it once, before Rasa is imported."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
