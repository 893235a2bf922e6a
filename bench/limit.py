"""How far the reader is from what the machine can do: `bench/limit --data DIR [--articles 20] [--json]`. DIR holds text files.

The articles (those of `text/`, if there is one) are read on one thread with onnxruntime's profiler on. Printed for each graph: word pieces,
padding counted in; multiplications of integers and of floats for each piece, milliseconds, and billions of them a second. Beside them
what such products reach at their best here, on one thread: the fastest tenth of the integer products in the profile, and a float32
product of 1,024 by 1,024 by 1,024 in numpy. The last figures: how many articles a second one thread would read if nothing but the
products had to be done, at that best rate, and how many it reads.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

from bench.report import print_figures, track

GRAPHS = ("lower", "upper", "anchors", "certainty")
_INTEGER = ("MatMulInteger", "DynamicQuantizeMatMul", "MatMulIntegerToFloat")
_FLOAT = ("MatMul", "FusedMatMul", "Gemm", "TransposeMatMul")


@dataclass(frozen=True, slots=True)
class Product:
    """One product of matrices that was computed: how many multiplications, in how many seconds."""

    integer: bool
    count: int
    seconds: float


def read_products(profile: list[dict[str, Any]]) -> Iterator[Product]:
    """The products in a profile of onnxruntime, from the shapes that it tells."""
    for event in profile:
        about = event.get("args", {})
        kind = about.get("op_name")
        if event.get("cat") != "Node" or kind not in (*_INTEGER, *_FLOAT) or not event["name"].endswith("_kernel_time"):
            continue
        shapes = [shape for each in about.get("input_type_shape", ()) for shape in each.values()]
        outputs = [shape for each in about.get("output_type_shape", ()) for shape in each.values()]
        if len(shapes) > 1 and outputs and shapes[0]:
            yield Product(kind in _INTEGER, prod(outputs[0]) * shapes[0][-1], event["dur"] / 1e6)


def read_profiled(paths: list[Path]) -> tuple[dict[str, list[Product]], dict[str, int], float]:
    """The products of each graph, the pieces that each was given, and the seconds that reading took without the profiler."""
    import onnxruntime

    import onrecord
    from onrecord.extract import model as reader

    loaded = reader.load_model()
    onrecord.read(str(paths[0]), force=True)
    started = time.perf_counter()
    for path in paths:
        onrecord.read(str(path), force=True)
    seconds = time.perf_counter() - started
    folder = Path(str(reader.files("onrecord") / "data" / "reader"))
    pieces: dict[str, int] = defaultdict(int)
    products = {}
    with tempfile.TemporaryDirectory() as made:
        sessions = {}
        for name in GRAPHS:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.enable_profiling, options.profile_file_prefix = True, str(Path(made) / name)
            sessions[name] = _Counting(onnxruntime.InferenceSession(str(folder / f"{name}.onnx"), options), name, pieces)
        counted = replace(loaded, **sessions)
        for path in track(paths, "profiling"):
            _read_with(counted, path)
        for name, session in sessions.items():
            profile = json.loads(Path(session.session.end_profiling()).read_text())
            products[name] = list(read_products(profile))
    return products, dict(pieces), seconds


class _Counting:
    """A session that counts the pieces that it is given."""

    def __init__(self, session: Any, name: str, pieces: dict[str, int]) -> None:
        self.session, self.name, self.pieces = session, name, pieces

    def run(self, outputs: Any, given: dict[str, Any]) -> Any:
        rows = next(iter(given.values()))
        self.pieces[self.name] += rows.shape[0] * rows.shape[1]
        return self.session.run(outputs, given)


def _read_with(model: Any, path: Path) -> None:
    from onrecord.capture import build_capture
    from onrecord.extract import extract
    from onrecord.page import read_page

    page = read_page(build_capture(path.read_bytes(), location=str(path)))
    extract(page.text, page.blocks, page.embeds, model=model)


def measure_floats() -> float:
    """Billions of multiplications a second of a float32 product, on one thread."""
    import numpy as np

    size = 1024
    a = np.random.default_rng(1).random((size, size), dtype=np.float32)
    best = min(_time(lambda: a @ a) for _ in range(5))
    return float(size**3 / best / 1e9)


def _time(do: Any) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/limit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=20)
    parser.add_argument("--json", action="store_true", help="figures as one JSON object on the last line")
    args = parser.parse_args()
    folder = args.data / "text" if (args.data / "text").is_dir() else args.data
    paths = sorted(path for path in folder.iterdir() if path.is_file())[: args.articles]
    if not paths:
        sys.exit(f"bench/limit: no files in {folder}")
    products, pieces, seconds = read_profiled(paths)
    figures: dict[str, dict[str, float]] = {}
    for name in GRAPHS:
        row: dict[str, float] = {"pieces": pieces.get(name, 0)}
        for label, integer in (("int", True), ("float", False)):
            mine = [p for p in products[name] if p.integer is integer]
            spent, count = sum(p.seconds for p in mine), sum(p.count for p in mine)
            row[f"{label} M/piece"] = round(count / 1e6 / max(1, pieces.get(name, 0)), 2)
            row[f"{label} ms"] = round(1000 * spent, 1)
            row[f"{label} G/s"] = round(count / spent / 1e9, 1) if spent else 0.0
        figures[name] = row
    everything = [p for each in products.values() for p in each]
    rates = sorted((p.count / p.seconds / 1e9 for p in everything if p.integer and p.seconds), reverse=True)
    reach, floats = rates[len(rates) // 10], measure_floats()
    least = sum(p.count / 1e9 / (reach if p.integer else floats) for p in everything)
    print_figures(f"Products of matrices in reading {len(paths)} articles, one thread", figures, as_json=False)
    limit = {
        "integer products reach, billion a second": round(reach, 1),
        "float products reach, billion a second": round(floats, 1),
        "share of reading that is products": round(sum(p.seconds for p in everything) / seconds, 3),
        "articles a second, products alone at that rate": round(len(paths) / least, 1),
        "articles a second": round(len(paths) / seconds, 2),
    }
    print_figures("The limit, one thread", limit, as_json=False)
    if args.json:
        print(json.dumps({"graphs": figures, **limit}))


if __name__ == "__main__":
    os.environ["ONRECORD_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    main()
