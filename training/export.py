"""Export trained weights for the package: `python -m training.export --weights average.pt --out src/onrecord/data/reader`.

Two graphs in ONNX, quantised to int8: `encoder.onnx` (ids, shapes, mask -> hidden, tags) runs once over every window, `anchors.onnx`
(hidden, mask, rows, at -> states) once over the windows' cues. Beside them the tokenizer, and `reader.json` with the CRF's
transitions, the thresholds and the files' hashes, which the package checks before it loads them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from training.model import Reader
from training.train import load_start


class EncoderGraph(nn.Module):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, ids: Tensor, shapes: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.reader.encode(ids, shapes, mask)
        return hidden, self.reader.tags(hidden)


class AnchorGraph(nn.Module):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, hidden: Tensor, mask: Tensor, rows: Tensor, at: Tensor) -> Tensor:
        return self.reader.read_anchors(hidden, mask, rows, at)


def load_reader(weights: Path) -> Reader:
    encoder, _ = load_start(attention="eager")
    reader = Reader(encoder)
    reader.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
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
        quantize_dynamic(folder / name, out / name, weight_type=QuantType.QInt8, per_channel=True)
        print(name, (out / name).stat().st_size, "bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    reader = load_reader(args.weights)
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        export_graphs(reader, Path(folder))
        quantise(Path(folder), args.out)
    _, tokenizer = load_start()
    tokenizer.save(str(args.out / "tokenizer.json"), pretty=False)
    described = args.out / "reader.json"
    known = json.loads(described.read_text()) if described.exists() else {}
    names = ("encoder.onnx", "anchors.onnx", "tokenizer.json")  # training.certainty adds its own
    known["sha256"] = {name: hashlib.sha256((args.out / name).read_bytes()).hexdigest() for name in names}
    known["transitions"] = [[round(x, 5) for x in row] for row in reader.transitions.tolist()]
    described.write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    main()
