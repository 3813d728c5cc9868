"""Building and using the encoder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.encoder import Encoder, EncoderError, build
from bot.settings import ROOT


@pytest.fixture(scope="module")
def loaded(encoder: Path) -> Encoder:
    return Encoder(encoder)


def test_a_vector_has_length_one_and_the_same_text_gives_the_same_vector(loaded: Encoder) -> None:
    first, second = loaded.encode("my landlord keeps the deposit"), loaded.encode("my landlord keeps the deposit")
    assert first.shape == (384,)
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
    assert loaded.encode("").shape == loaded.encode("word " * 5000).shape == (384,)


def test_building_again_does_nothing(encoder: Path) -> None:
    assert build.build(build.package_directory(), encoder) is False


def test_other_weights_are_refused_in_one_sentence(tmp_path: Path) -> None:
    source = tmp_path / "package"
    source.mkdir()
    (source / "model.safetensors").write_bytes(b"somebody else's weights")
    with pytest.raises(EncoderError, match=r"SHA-256 .* not .*\. The encoder was not built\.$"):
        build.build(source, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_a_damaged_model_is_built_again(encoder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(encoder, copy)
    assert build.is_current(copy)
    with (copy / "model.onnx").open("ab") as model:
        model.write(b"x")
    assert not build.is_current(copy)


def test_a_missing_encoder_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"python -m bot\.encoder\.build"):
        Encoder(tmp_path)


def test_an_unknown_pooling_is_refused(encoder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(encoder, copy)
    (copy / "config.json").write_text(json.dumps({"pooling": "guess"}))
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
