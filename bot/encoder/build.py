"""Build the encoder directory once: `python -m bot.encoder.build`.

Each encoder of `bot.encoder.sources` is written as ONNX and quantised to int8, without PyTorch, into a folder of its
own. The configuration of the whole names the folders and their shares.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.encoder.runtime import CONFIG, MODEL, TOKENIZER, Encoder, EncoderError
from bot.encoder.sources import ARCHITECTURE, SOURCES, WEIGHTS, Source, opened
from bot.settings import encoder_directory

MAXIMUM_TOKENS = 64
FORMAT = 2


def check(source: Source, folder: Path) -> None:
    """Refuse files that are not the ones this project trusts.

    Raises:
        EncoderError: a file is missing or has another checksum.
    """
    for name, expected in ((WEIGHTS, source.weights_sha256), (TOKENIZER, source.tokenizer_sha256)):
        file = folder / name
        if not file.is_file():
            raise EncoderError(f"{file} is missing: install bot/requirements.txt again.")
        if (found := _digest(file)) != expected:
            raise EncoderError(
                f"{file} is not the expected file: its SHA-256 is {found}, not {expected}. The encoder was not built."
            )


def is_current(target: Path, sources: Sequence[Source] = SOURCES) -> bool:
    """Tell whether the directory was built by this version of the builder from the trusted weights."""
    try:
        whole = json.loads((target / CONFIG).read_text(encoding="utf-8"))
        return bool(whole == _whole(sources)) and all(_is_built(target / one.name, one) for one in sources)
    except (OSError, ValueError):
        return False


def build(target: Path, sources: Sequence[Source] = SOURCES) -> bool:
    """Build `target` from the installed weights; return False when it was current already.

    Raises:
        EncoderError: a source is missing or cannot be trusted.
    """
    if is_current(target, sources):
        return False
    target.mkdir(parents=True, exist_ok=True)
    (target / CONFIG).unlink(missing_ok=True)
    for source in sources:
        if not _is_built(target / source.name, source):
            print(f"{source.name}: writing the model …", flush=True)
            with opened(source) as folder:
                write(source, folder, target / source.name)
    # the configuration last: it says that the rest is complete
    (target / CONFIG).write_text(json.dumps(_whole(sources), indent=1) + "\n", encoding="utf-8")
    Encoder(target).encode("it works")
    return True


def write(source: Source, folder: Path, target: Path) -> None:
    """Write one encoder into `target` from the files in `folder`.

    Raises:
        EncoderError: the files cannot be trusted.
    """
    check(source, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".encoder-") as name:
        work = Path(name)
        _write_model(source, folder, work)
        shutil.copyfile(folder / TOKENIZER, work / TOKENIZER)
        config = {
            "format": FORMAT,
            "name": f"{source.name}, int8",
            "pooling": "built-in",
            "prefix": "",
            "maximum_tokens": MAXIMUM_TOKENS,
            "weights_sha256": source.weights_sha256,
            "model_sha256": _digest(work / MODEL),
        }
        (work / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
        target.mkdir(exist_ok=True)
        for part in (TOKENIZER, MODEL, CONFIG):
            (work / part).replace(target / part)


def _whole(sources: Sequence[Source]) -> dict[str, object]:
    return {"format": FORMAT, "parts": [{"directory": one.name, "share": one.share} for one in sources]}


def _is_built(folder: Path, source: Source) -> bool:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        return (
            config.get("format") == FORMAT
            and config.get("weights_sha256") == source.weights_sha256
            and config.get("model_sha256") == _digest(folder / MODEL)
            and _digest(folder / TOKENIZER) == source.tokenizer_sha256
        )
    except (OSError, ValueError):
        return False


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_model(source: Source, folder: Path, work: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from safetensors.numpy import load_file

    from bot.encoder import graph

    config = json.loads((folder / ARCHITECTURE).read_text(encoding="utf-8"))
    model = graph.write(config, load_file(folder / WEIGHTS), MAXIMUM_TOKENS, source.aside)
    full = work / "full.onnx"
    onnx.save(model, str(full))
    logging.getLogger().setLevel(logging.ERROR)  # the quantiser recommends a step that a finished graph does not need
    quantize_dynamic(
        full,
        work / MODEL,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"] if source.words_quantised else ["MatMul"],
        nodes_to_exclude=[node.name for node in model.graph.node if node.name.startswith(graph.ASIDE)],
        extra_options={"MatMulConstBOnly": True},
    )


def main() -> int:
    """Build the configured encoder directory and say so."""
    target = encoder_directory()
    try:
        built = build(target)
    except EncoderError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The encoder in {target} {'is built' if built else 'is current'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
