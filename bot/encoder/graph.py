"""Write the layers of a BERT or MPNet sentence encoder as an ONNX graph, from its weights alone.

The graph ends with mean pooling over the tokens and a vector of length one. Only what sentence-transformers' models of
these two kinds use is written: absolute positions (MPNet: relative ones beside them), exact GELU, one token type.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bot.encoder import mpnet

OPSET = 17
IR_VERSION = 8
MASKED = -10000.0
ASIDE = "set aside"  # beginning of the names of the multiplications that are never quantised

Weights = Mapping[str, NDArray[Any]]


class _Writer:
    """Collects nodes and constants; every method returns the name of what it added."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, value: Any, dtype: Any) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value, dtype=dtype), name)
        return name

    def number(self, value: float) -> str:
        return self.constant(f"number {value}", value, np.float32)

    def integers(self, *values: int) -> str:
        return self.constant(f"integers {values}", values, np.int64)

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name], np.float32)

    def node(self, operator: str, *inputs: str, outputs: Sequence[str] = (), **attributes: Any) -> str:
        names = list(outputs) or [f"{operator} {len(self.nodes)}"]
        self.nodes.append(helper.make_node(operator, list(inputs), names, name=names[0], **attributes))
        return names[0]

    def dense(self, value: str, name: str) -> str:
        matrix = self.constant(f"{name}.weight", self.weights[f"{name}.weight"].T, np.float32)
        return self.node("Add", self.node("MatMul", value, matrix), self.weight(f"{name}.bias"))

    def dense_without(self, value: str, name: str, channels: Sequence[int]) -> str:
        """Like `dense`, with some inputs multiplied on their own: their values are so large that quantising all
        inputs with one scale would drown the others."""
        if not channels:
            return self.dense(value, name)
        weight = self.weights[f"{name}.weight"]
        kept = np.ones(weight.shape[1], np.float32)
        kept[list(channels)] = 0.0
        rest = self.dense(self.node("Mul", value, self.constant(f"{name}.kept", kept, np.float32)), name)
        large = self.node("Gather", value, self.constant(f"{name}.channels", channels, np.int64), axis=2)
        columns = self.constant(f"{name}.large", weight.T[list(channels)], np.float32)
        product = self.node("MatMul", large, columns, outputs=[f"{ASIDE} {name}"])
        return self.node("Add", rest, product)

    def normalise(self, value: str, name: str, epsilon: float) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", value, scale, bias, axis=-1, epsilon=epsilon)


def _embeddings(writer: _Writer, epsilon: float, maximum_tokens: int) -> str:
    """Words plus positions; the one token type is added to the positions beforehand."""
    positions = writer.weights["embeddings.position_embeddings.weight"][:maximum_tokens]
    positions = positions + writer.weights["embeddings.token_type_embeddings.weight"][0]
    length = writer.node("Slice", writer.node("Shape", "input_ids"), writer.integers(1), writer.integers(2))
    words = writer.node("Gather", writer.weight("embeddings.word_embeddings.weight"), "input_ids")
    table = writer.constant("positions", positions, np.float32)
    places = writer.node("Slice", table, writer.integers(0), length, writer.integers(0))
    return writer.normalise(writer.node("Add", words, places), "embeddings.LayerNorm", epsilon)


def _attention(writer: _Writer, value: str, bias: str, prefix: str, heads: int, size: int) -> str:
    """Self-attention with query, key and value in one multiplication; the scale sits in the query's weights."""
    names = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
    scales = (1.0 / math.sqrt(size), 1.0, 1.0)
    matrix = np.concatenate([writer.weights[f"{n}.weight"] * s for n, s in zip(names, scales, strict=True)]).T
    offset = np.concatenate([writer.weights[f"{n}.bias"] * s for n, s in zip(names, scales, strict=True)])
    joined = writer.node("MatMul", value, writer.constant(f"{prefix}qkv.weight", matrix, np.float32))
    joined = writer.node("Add", joined, writer.constant(f"{prefix}qkv.bias", offset, np.float32))
    joined = writer.node("Reshape", joined, writer.integers(0, 0, 3 * heads, size))
    joined = writer.node("Transpose", joined, perm=[0, 2, 1, 3])
    query, key, content = (f"{prefix}{part}" for part in ("query", "key", "value"))
    writer.node("Split", joined, writer.integers(heads, heads, heads), outputs=[query, key, content], axis=1)
    scores = writer.node("MatMul", query, writer.node("Transpose", key, perm=[0, 1, 3, 2]))
    scores = writer.node("Softmax", writer.node("Add", scores, bias), axis=-1)
    mixed = writer.node("Transpose", writer.node("MatMul", scores, content), perm=[0, 2, 1, 3])
    return writer.node("Reshape", mixed, writer.integers(0, 0, heads * size))


def _gelu(writer: _Writer, value: str) -> str:
    """0.5 * x * (1 + erf(x / sqrt 2))"""
    error = writer.node("Erf", writer.node("Div", value, writer.number(math.sqrt(2.0))))
    doubled = writer.node("Mul", value, writer.node("Add", error, writer.number(1.0)))
    return writer.node("Mul", doubled, writer.number(0.5))


def _relative(writer: _Writer, table: NDArray[Any], bias: str) -> str:
    """Add what each head thinks of the distance between two tokens to the bias of the attention."""
    length = writer.node("Slice", writer.node("Shape", "input_ids"), writer.integers(1), writer.integers(2))
    distances = writer.constant("distances", table[None], np.float32)
    for axis in (2, 3):
        distances = writer.node("Slice", distances, writer.integers(0), length, writer.integers(axis))
    return writer.node("Add", distances, bias)


def write(
    config: Mapping[str, Any],
    weights: Weights,
    maximum_tokens: int,
    aside: Mapping[int, Sequence[int]] | None = None,
) -> onnx.ModelProto:
    """Return the checked ONNX model.

    Args:
        config: the model's own config.json; its `model_type` is "bert" or "mpnet".
        weights: arrays by name, as in its safetensors file.
        maximum_tokens: longest input the model must take.
        aside: for a layer, the inner channels of its feed-forward part that are multiplied on their own, in nodes
            whose names begin with `ASIDE`.
    """
    hidden, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
    epsilon = float(config["layer_norm_eps"])
    relative = config["model_type"] == "mpnet"
    writer = _Writer(
        mpnet.as_bert(weights) if relative else {name.removeprefix("bert."): value for name, value in weights.items()}
    )
    value = _embeddings(writer, epsilon, maximum_tokens)
    mask = writer.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    absent = writer.node("Sub", writer.number(1.0), writer.node("Unsqueeze", mask, writer.integers(1, 2)))
    bias = writer.node("Mul", absent, writer.number(MASKED))
    if relative:
        bias = _relative(writer, mpnet.distances(weights, maximum_tokens), bias)
    for layer in range(int(config["num_hidden_layers"])):
        prefix = f"encoder.layer.{layer}."
        mixed = _attention(writer, value, bias, prefix, heads, hidden // heads)
        mixed = writer.dense(mixed, f"{prefix}attention.output.dense")
        value = writer.normalise(writer.node("Add", mixed, value), f"{prefix}attention.output.LayerNorm", epsilon)
        wide = _gelu(writer, writer.dense(value, f"{prefix}intermediate.dense"))
        narrow = writer.dense_without(wide, f"{prefix}output.dense", (aside or {}).get(layer, ()))
        value = writer.normalise(writer.node("Add", narrow, value), f"{prefix}output.LayerNorm", epsilon)
    weight = writer.node("Unsqueeze", mask, writer.integers(2))
    total = writer.node("ReduceSum", writer.node("Mul", value, weight), writer.integers(1), keepdims=0)
    count = writer.node("ReduceSum", weight, writer.integers(1), keepdims=0)
    mean = writer.node("Div", total, count)
    writer.node("LpNormalization", mean, outputs=["sentence_embedding"], axis=-1, p=2)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", hidden])
    graph = helper.make_graph(writer.nodes, "sentence encoder", inputs, [output], list(writer.constants.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model
