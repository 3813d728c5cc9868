"""The sentence encoder: one text in, one unit vector out; no TensorFlow, no PyTorch.

`build.py` makes an encoder directory once, `runtime.py` uses it.
"""

from bot.encoder.runtime import Encoder, EncoderError

__all__ = ["Encoder", "EncoderError"]
