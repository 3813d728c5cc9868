"""Building and using the encoder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.encoder import Encoder, EncoderError, build, memory
from bot.encoder.runtime import Vector
from bot.encoder.sources import SMALL, SOURCES, Source, opened
from bot.settings import ROOT


@pytest.fixture(scope="module")
def loaded(encoder: Path) -> Encoder:
    return Encoder(encoder)


def test_a_vector_has_length_one_and_the_same_text_gives_the_same_vector(loaded: Encoder) -> None:
    first, second = loaded.encode("my landlord keeps the deposit"), loaded.encode("my landlord keeps the deposit")
    assert first.shape == (1152,)
    assert np.linalg.norm(first) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(first, second)


def test_close_meanings_are_closer_than_distant_ones(loaded: Encoder) -> None:
    asked = loaded.encode("the owner does not give my deposit back")
    assert (
        asked @ loaded.encode("my landlord keeps the deposit")
        > asked @ loaded.encode("how do i open a bank account") + 0.2
    )


def test_neighbours_do_not_change_a_vector(loaded: Encoder) -> None:
    texts = ["short", "a very much longer text about the registration of a child in a school in the town of Ghent"]
    assert np.array_equal(loaded.encode_all(texts)[0], loaded.encode("short"))


def test_an_empty_and_an_endless_text_are_encoded(loaded: Encoder) -> None:
    assert loaded.encode("").shape == loaded.encode("word " * 5000).shape == (1152,)


def test_building_again_does_nothing(encoder: Path) -> None:
    assert build.build(encoder) is False


def test_other_weights_are_refused_in_one_sentence(tmp_path: Path) -> None:
    source = tmp_path / "package"
    source.mkdir()
    (source / "model.safetensors").write_bytes(b"somebody else's weights")
    with pytest.raises(EncoderError, match=r"SHA-256 .* not .*\. The encoder was not built\.$"):
        build.write(SMALL, source, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_a_damaged_model_is_built_again(encoder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(encoder, copy)
    assert build.is_current(copy)
    with (copy / SMALL.name / "model.onnx").open("ab") as model:
        model.write(b"x")
    assert not build.is_current(copy)


def test_a_missing_encoder_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"python -m bot\.encoder\.build"):
        Encoder(tmp_path)


def test_an_unknown_pooling_is_refused(encoder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(encoder, copy)
    (copy / SMALL.name / "config.json").write_text(json.dumps({"pooling": "guess"}))
    with pytest.raises(EncoderError, match="pooling"):
        Encoder(copy)


def test_the_command_says_what_it_did(encoder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.encoder.build"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"The encoder in {encoder} is current.\n")


def test_the_likeness_of_two_texts_weighs_that_of_each_encoder_by_its_share(loaded: Encoder, encoder: Path) -> None:
    texts = "my landlord keeps the deposit", "the owner does not pay the guarantee back"
    alone = [Encoder(encoder / source.name) for source in SOURCES]
    weighed = sum(
        source.share * float(one.encode(texts[0]) @ one.encode(texts[1]))
        for source, one in zip(SOURCES, alone, strict=True)
    )
    assert float(loaded.encode(texts[0]) @ loaded.encode(texts[1])) == pytest.approx(weighed, abs=1e-5)
    assert sum(source.share for source in SOURCES) == pytest.approx(1.0)


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(EncoderError, match="no-such-encoder is not installed"), opened(_source("no-such-encoder")):
        pass


def test_a_package_without_weights_is_named() -> None:
    with pytest.raises(EncoderError, match=r"pytest holds no model\.safetensors"), opened(_source("pytest")):
        pass


def test_pieces_that_make_no_archive_are_refused() -> None:
    with pytest.raises(EncoderError, match="damaged"), opened(_source("pytest", "numpy")):
        pass


def test_only_texts_that_are_new_are_encoded_again(tmp_path: Path) -> None:
    counting, file = _Counting(), tmp_path / "cache" / "vectors.npz"
    first = memory.encode_all(["a", "b", "a"], counting, "one", file)
    second = memory.encode_all(["b", "c"], counting, "one", file)
    assert counting.asked == ["a", "b", "c"]
    assert np.array_equal(first[1], second[0])
    memory.encode_all(["b"], counting, "another encoder", file)
    assert counting.asked[3:] == ["b"]


def test_a_damaged_memory_counts_as_empty(tmp_path: Path) -> None:
    file = tmp_path / "vectors.npz"
    file.write_bytes(b"no archive")
    assert len(memory.encode_all(["a"], _Counting(), "one", file)) == 1


def _source(*packages: str) -> Source:
    return Source("other", packages, 1.0, "", "")


class _Counting(Encoder):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, text: str) -> Vector:
        self.asked.append(text)
        return np.array([len(self.asked), 1.0], np.float32)
