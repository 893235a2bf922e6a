"""Each format on reports of our own and on odd ones, read back by readers that are not ours."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from onrecord.capture import read_captures
from onrecord.errors import UsageError
from onrecord.export import FORMATS, write_export
from onrecord.export.pieces import cut
from onrecord.export.tei import NAMESPACE
from onrecord.rows import TABLES, read_rows
from onrecord.store import Store, add, open_store, read_archived
from onrecord.text import replace_surrogates
from onrecord.types import Archived, Capture, Json
from tests.export.validators import VALIDATORS
from tests.invented import build_report

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning:(rdflib|pyshacl|owlrl)")
HERE = Path(__file__).parent
TEI = {"t": NAMESPACE}
ODD = '=HYPERLINK("x")\u202e\u200b<b>&amp;\r\n"\'\x00\x1b\ud800'


def build_archived(**changes: Any) -> Archived:
    report = build_report().to_dict()
    report["document"] = {**report["document"], **changes}
    return archive(report, location="a.txt", captured="2024-01-09T12:00:00+00:00", reader="1", read="2024-01-09T12:00:01+00:00")


def archive(report: Json, **facts: str) -> Archived:
    document = report["document"]["id"].removeprefix("sha256:")
    return Archived(document=document, payload=json.dumps({"report": report}).encode(), **facts)  # type: ignore[arg-type]


def build_odd() -> Archived:
    """A report in which every word from outside is hostile."""
    text = f"{ODD} said Quill {ODD}, “no {ODD} fee”.\n\nMore."
    span = {"start": 0, "end": len(ODD), "text": ODD}
    inner = {"start": 2, "end": len(text), "text": text[2:]}
    source = {"id": "p1", "name": ODD, "kind": "person", "roles": [ODD], "affiliations": [], "handles": [ODD], "mentions": [span]}
    said = {
        "id": "s1", "kind": "mixed", "content": [span], "cue": [span], "source": {"id": "p1", "spans": [span]}, "within": None, "about": [],
        "chain": [{"source": "p1", "statement": "s1", "medium": ODD}, {"source": "publisher", "statement": None, "medium": None}],
        "time": None, "certainty": None, "confidence": 0.5, "evidence": ["e1"],
    }  # fmt: skip
    evidence = {"id": "e1", "kind": "embed", "platform": ODD, "author": ODD, "handle": ODD, "url": ODD, "posted": None,
                "status": "unknown", "status_span": None, "content": [span]}  # fmt: skip
    document = {
        "id": f"sha256:{'a' * 64}", "text": text, "url": ODD, "title": ODD, "authors": [ODD], "publisher": ODD, "published": None,
        "modified": None, "language": "en", "blocks": [{"kind": "paragraph", "start": 0, "end": len(text) - 6}],
    }  # fmt: skip
    statements = [said, {**said, "id": "s2", "content": [inner], "within": "s1"}, {**said, "id": "s3", "content": [], "source": None}]
    report: Json = {"schema": "onrecord/1", "document": document, "statements": statements, "sources": [source], "times": [],
                    "evidence": [evidence], "variants": [], "warnings": []}  # fmt: skip
    return archive(report)


EACH = [pytest.param(build_archived, id="ours"), pytest.param(build_odd, id="odd")]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of the story that comes with onrecord, as the real reader reads it."""
    store = open_store(str(tmp_path_factory.mktemp("story") / "story.db"), make=True)
    list(add(store, [str(HERE.parent.parent / "examples" / "story")]))
    yield store
    store.close()


def write(name: str, archived: Archived, folder: Path) -> Path:
    write_export([archived], name, folder / name)
    return folder / name


@pytest.mark.parametrize("build", EACH)
@pytest.mark.parametrize("name", FORMATS)
def test_somebody_elses_reader_takes_it(name: str, build: Any, tmp_path: Path) -> None:
    archived = build()
    VALIDATORS[name](write(name, archived, tmp_path), [archived])


@pytest.mark.parametrize("name", FORMATS)
def test_the_story_as_it_is_read(name: str, story: Store, tmp_path: Path) -> None:
    documents = list(read_archived(story, captures=FORMATS[name].of_captures))
    assert len(documents) == 8
    write_export(documents, name, tmp_path / name)
    VALIDATORS[name](tmp_path / name, documents)


@pytest.mark.parametrize("build", EACH)
def test_parquet(build: Any, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    archived = build()
    folder = write("parquet", archived, tmp_path)
    for name in TABLES:
        rows = parquet.read_table(folder / f"{name}.parquet").to_pylist()
        cleaned = [
            {key: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for key, value in row.items()}
            for row in read_rows(archived.report, name, archived.captured)
        ]
        assert [{key: row[key] for key in row} for row in rows] == [{key: each[key] for key in rows[0]} for each in cleaned]


def load(name: str, archived: Archived, folder: Path) -> Json:
    value: Json = json.loads(write(name, archived, folder).read_text(encoding="utf-8"))
    return value


@pytest.mark.parametrize("build", EACH)
def test_web_annotations(build: Any, tmp_path: Path) -> None:
    archived = build()
    page = load("annotations", archived, tmp_path)
    text = replace_surrogates(archived.report["document"]["text"])
    for item, said in zip(page["items"], archived.report["statements"], strict=True):
        targets = item["target"] if isinstance(item["target"], list) else [item["target"]]
        assert len(targets) == len(said["content"])
        for target in targets:
            quote, position = target["selector"]
            assert text[position["start"] : position["end"]] == quote["exact"]
            assert text[: position["start"]].endswith(quote["prefix"])
            assert text[position["end"] :].startswith(quote["suffix"])


@pytest.mark.parametrize("build", EACH)
def test_tei_has_each_statement(build: Any, tmp_path: Path) -> None:
    archived = build()
    tree = etree.parse(write("tei", archived, tmp_path))
    said = {name.split(".")[0] for name in tree.xpath("//t:said/@xml:id", namespaces=TEI)}
    assert len(said) == sum(bool(each["content"]) for each in archived.report["statements"])


def test_tei_keeps_the_text(tmp_path: Path) -> None:
    archived = build_archived()
    paragraphs = etree.parse(write("tei", archived, tmp_path)).xpath("//t:body/t:p", namespaces=TEI)
    text, blocks = archived.report["document"]["text"], archived.report["document"]["blocks"]
    assert ["".join(each.itertext()) for each in paragraphs] == [text[block["start"] : block["end"]] for block in blocks]


@pytest.mark.parametrize("build", EACH)
def test_wacz(build: Any, tmp_path: Path) -> None:
    found = Capture(content=b"<p>Fees</p>", sha256=sha256(b"<p>Fees</p>").hexdigest(), location="a.html")
    fetched = replace(found, url="https://outlet.example/fees", captured=datetime(2024, 1, 9, tzinfo=UTC), media_type="text/html")
    archived = replace(build(), captures=(found, fetched))
    path = write("wacz", archived, tmp_path)
    VALIDATORS["wacz"](path, [archived])
    path.rename(tmp_path / "out.wacz")
    captures = list(read_captures([str(tmp_path / "out.wacz")]))
    assert [(each.content, each.url) for each in captures if isinstance(each, Capture)] == [
        (found.content, f"urn:sha256:{found.sha256}"),
        (found.content, fetched.url),
    ]
    with zipfile.ZipFile(tmp_path / "out.wacz") as package:
        assert all(info.compress_type == zipfile.ZIP_STORED for info in package.infolist())
        assert json.loads(package.read("reports/reports.jsonl")) == json.loads(
            replace_surrogates(json.dumps(archived.report, ensure_ascii=False))
        )
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]
        blocks = package.read("indexes/index.idx").decode()
        index = gzip.decompress(package.read("indexes/index.cdx.gz")).decode()
    assert [page["url"] for page in pages[1:]] == [f"urn:sha256:{found.sha256}", fetched.url]
    assert "example,outlet)/fees 20240109000000" in index
    assert '"filename": "index.cdx.gz"' in blocks


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=8)


@given(SPANS)
@settings(max_examples=200)
def test_pieces_hold_wherever_spans_cross(drawn: list[tuple[int, int]]) -> None:
    spans = [{"start": start, "end": start + length} for start, length in drawn]
    pieces = list(cut(spans, 5, 50))
    assert pieces[0].start == 5
    assert pieces[-1].end == 50
    assert all(one.end == other.start for one, other in pairwise(pieces))
    for piece in pieces:
        assert set(piece.inside) == {n for n, span in enumerate(spans) if span["start"] <= piece.start and span["end"] >= piece.end}


# --- where it is written ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "parquet"])
def test_nothing_is_half_written(name: str, tmp_path: Path) -> None:
    def read() -> Iterator[Archived]:
        yield build_archived()
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write_export(read(), name, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "parquet"])
def test_no_documents(name: str, tmp_path: Path) -> None:
    write_export([], name, tmp_path / "out")
    assert (tmp_path / "out").exists()


def test_places_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "file").touch()
    for name, place in (("csv", "full"), ("csv", "file"), ("prov", "full"), ("wish", "new")):
        with pytest.raises(UsageError):
            write_export([build_archived()], name, tmp_path / place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full"]
