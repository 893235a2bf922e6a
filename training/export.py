"""Export trained weights for the package: `python -m training.export --weights average.pt... --out src/onrecord/data/reader`.

Several weights are averaged: those that `training.refine` gives from one beginning with other seeds lie near one another.

Graphs in ONNX, quantised to int8: the encoder in two parts, as some heads read its middle states alone, `lower.onnx` (ids, shapes, mask ->
middle, bias) and `upper.onnx` (middle, bias -> hidden, tags, whose last column is for cues inside contents); and `anchors.onnx` (hidden,
mask, rows, at -> states) for the windows' cues. Beside them the tokenizer, and `reader.json` with the CRF's transitions, the thresholds
and the files' hashes, which the package checks before it loads them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnx.utils import Extractor
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from training.model import Reader
from training.train import load_start

DEPTH = 2  # layers of the lower part
_MIDDLE = f"/encoder/encoder/layer.{DEPTH - 1}/output/LayerNorm/LayerNormalization_output_0"  # as the exporter names them
_BIAS = "/encoder/Where_1_output_0"  # of the attention, from the mask

_SETTINGS = {  # until training.calibrate has fitted them
    "cue_floor": 0.2,
    "inner_floor": 0.2,
    "threshold": 0.5,
    "nested_threshold": 0.5,
    "confidence": [0.0, 1.0, 1.0, 1.0],
    "inside": [0.0, 1.0, 1.0, 1.0],
}


class EncoderGraph(nn.Module):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, ids: Tensor, shapes: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.reader.encode(ids, shapes, mask)
        return hidden, torch.cat([self.reader.tags(hidden), self.reader.inner(hidden)], -1)


class AnchorGraph(nn.Module):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, hidden: Tensor, mask: Tensor, rows: Tensor, at: Tensor) -> Tensor:
        return self.reader.read_anchors(hidden, mask, rows, at)


def load_reader(*weights: Path) -> Reader:
    encoder, _ = load_start(attention="eager")
    reader = Reader(encoder)
    states = [torch.load(path, map_location="cpu", weights_only=True) for path in weights]
    reader.load_state_dict({name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]})
    return reader.eval()


def export_graphs(reader: Reader, folder: Path) -> None:
    """Both graphs in float32."""
    windows, pieces, anchors = {0: "windows", 1: "pieces"}, 40, 5
    ids = torch.randint(1000, 2000, (3, pieces))
    mask = torch.ones_like(ids)
    rows, at = torch.tensor([0, 0, 1, 2, 2])[:anchors], torch.tensor([3, 9, 4, 8, 30])[:anchors]
    torch.onnx.export(
        EncoderGraph(reader), (ids, ids % 8, mask), str(folder / "encoder.onnx"), dynamo=False, opset_version=17,
        input_names=["ids", "shapes", "mask"], output_names=["hidden", "tags"],
        dynamic_axes=dict.fromkeys(("ids", "shapes", "mask", "hidden", "tags"), windows),
    )  # fmt: skip
    hidden = reader.encode(ids, ids % 8, mask)
    torch.onnx.export(
        AnchorGraph(reader), (hidden, mask, rows, at), str(folder / "anchors.onnx"), dynamo=False, opset_version=17,
        input_names=["hidden", "mask", "rows", "at"], output_names=["states"],
        dynamic_axes={"hidden": windows, "mask": windows, "rows": {0: "anchors"}, "at": {0: "anchors"},
                      "states": {0: "anchors", 1: "pieces"}},
    )  # fmt: skip


def quantise(folder: Path, out: Path) -> None:
    """Weights to int8 by channel. The runtime fuses what it can when it loads: fusing attention ahead of it was slower here."""
    for name in ("encoder.onnx", "anchors.onnx"):
        quantize_dynamic(folder / name, folder / f"int8-{name}", weight_type=QuantType.QInt8, per_channel=True)
    (out / "anchors.onnx").write_bytes((folder / "int8-anchors.onnx").read_bytes())
    split_encoder(folder / "int8-encoder.onnx", out)


def split_encoder(path: Path, out: Path) -> None:
    """The encoder as two graphs, cut after its second layer."""
    for name, given, wanted in (("lower", ["ids", "shapes", "mask"], [_MIDDLE, _BIAS]), ("upper", [_MIDDLE, _BIAS], ["hidden", "tags"])):
        graph = onnx.load(path)
        del graph.graph.value_info[:]
        shapes = {_MIDDLE: ["windows", "pieces", None], _BIAS: ["windows", 1, "pieces", None]}
        graph.graph.value_info.extend(onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, shape) for n, shape in shapes.items())
        part = Extractor(graph).extract_model(given, wanted)
        del part.graph.value_info[:]
        for tensor, called in ((_MIDDLE, "middle"), (_BIAS, "bias")):
            _rename(part.graph, tensor, called)
        onnx.save(part, out / f"{name}.onnx")


def _rename(graph: onnx.GraphProto, tensor: str, called: str) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            for at, name in enumerate(names):
                if name == tensor:
                    names[at] = called
    for value in (*graph.input, *graph.output):
        if value.name == tensor:
            value.name = called


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, nargs="+", required=True)
    parser.add_argument("--upper", action="store_true", help="leave the lower part that is there as it is (see training.refine)")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    reader = load_reader(*args.weights)
    lower = (args.out / "lower.onnx").read_bytes() if args.upper else None
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        export_graphs(reader, Path(folder))
        quantise(Path(folder), args.out)
    if lower is not None:
        (args.out / "lower.onnx").write_bytes(lower)
    _, tokenizer = load_start()
    tokenizer.save(str(args.out / "tokenizer.json"), pretty=False)
    described = args.out / "reader.json"
    known = _SETTINGS | (json.loads(described.read_text()) if described.exists() else {})
    names = ("lower.onnx", "upper.onnx", "anchors.onnx", "tokenizer.json")  # training.certainty and training.meaning add their own
    known["sha256"] = known.get("sha256", {}) | {name: hashlib.sha256((args.out / name).read_bytes()).hexdigest() for name in names}
    known["transitions"] = [[round(x, 5) for x in row] for row in reader.transitions.tolist()]
    described.write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    main()
