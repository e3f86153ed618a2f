"""Two small networks that really compare pictures with words: both give the colour that is seen or named."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from models.convert.graph import GraphBuilder
from models.image_text import MEAN, STD

COLOURS = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0)}
WORDS = ("<start>", "<end>", "<unknown>", "a", "photo", "of", *COLOURS)


def write_word_nets(
    folder: Path, *, colours: Mapping[str, tuple[float, float, float]] = COLOURS, fixed_tokens: int = 0, dim: int = 3
) -> tuple[Path, Path, Path]:
    """The network for pictures, the one for words, and the tokenizer. ``fixed_tokens``: texts of just so many."""
    folder.mkdir(parents=True, exist_ok=True)
    return (
        _pictures(folder / "vision_model.onnx"),
        _words(folder / "text_model.onnx", colours, fixed_tokens, dim),
        _tokenizer(folder / "tokenizer.json"),
    )


def _pictures(path: Path) -> Path:
    net = GraphBuilder("pictures")
    mean = net.node("Flatten", [net.node("GlobalAveragePool", ["pixel_values"])], axis=1)
    light = net.node("Mul", [mean, net.constant(np.array(STD, np.float32) / 255)])
    colour = net.node("Add", [light, net.constant(np.array(MEAN, np.float32) / 255)])
    net.save(path, inputs={"pixel_values": [1, 3, 224, 224]}, outputs={"image_embeds": (colour, [1, 3])})
    return path


def _words(path: Path, colours: Mapping[str, tuple[float, float, float]], tokens: int, dim: int) -> Path:
    table = np.full((len(WORDS), dim), 0.01, np.float32)
    for word, colour in colours.items():
        table[WORDS.index(word), :3] = colour
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["counts"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["counts", "last"], ["weights"]),
        helper.make_node("Mul", ["rows", "weights"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "second"], ["text_embeds"], keepdims=0),
    ]
    shape = ["n", tokens or "tokens"]
    graph = helper.make_graph(
        nodes,
        "words",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("text_embeds", TensorProto.FLOAT, ["n", dim])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([2], np.int64), "last"),
            numpy_helper.from_array(np.array([1], np.int64), "second"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path


def _tokenizer(path: Path) -> Path:
    tokenizer = Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token=WORDS[2]))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 0), ("<end>", 1)]
    )
    tokenizer.save(str(path))
    return path
