"""Imports go down only: a module may import from the floors below its own, and from its own package."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "src" / "onrecord"
FLOORS = [
    {"rows"},
    {"types", "errors"},
    {"text", "encoding", "schema", "sieve"},
    {"versions"},
    {"capture", "page", "extract", "resolve", "trace"},
    {"pipeline"},
    {"store"},
    {"view"},
    {"export"},
    {"web", "cluster", "assistant", "spacy"},
    {"cli"},  # whose `serve` starts the pages
    {"__main__", "__init__"},
]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
MODULES = sorted(ROOT.rglob("*.py"))


def find_imports(path: Path) -> set[str]:
    """The first-level modules of onrecord that a file imports; "" is the package itself."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "onrecord":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("onrecord.")}
    return found


def name_floor(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    own = name_floor(path)
    for name in find_imports(path) - {own}:
        if name not in LEVEL:  # a public name of the package itself: the doors' way in
            assert LEVEL[own] >= LEVEL["web"], f"{path} imports onrecord.{name} from the top"
            continue
        assert LEVEL[name] < LEVEL[own], f"{path} ({own}) imports {name}, which is not below it"


def test_every_module_has_a_floor() -> None:
    assert {name_floor(p) for p in MODULES} <= set(LEVEL)


def test_training_stays_outside() -> None:
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        assert not {"torch", "transformers", "training", "bench"} & {
            n.split(".")[0]
            for node in ast.walk(ast.parse(source))
            for n in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else []
            )
        }
