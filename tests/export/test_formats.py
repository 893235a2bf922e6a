"""Each format on reports of our own and on odd ones, read back by readers that are not ours."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from onrecord.capture import read_captures
from onrecord.errors import UsageError
from onrecord.export import FORMATS, write_export
from onrecord.export.pieces import cut
from onrecord.export.tei import NAMESPACE
from onrecord.rows import STATEMENT, TABLES, read_rows
from onrecord.text import replace_surrogates
from onrecord.types import Archived, Capture, Json
from tests.export.model import load_model
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


def write(name: str, archived: Archived, folder: Path) -> Path:
    write_export([archived], name, folder / name)
    return folder / name


@pytest.mark.parametrize("build", EACH)
def test_csv(build: Any, tmp_path: Path) -> None:
    archived = build()
    for name, columns in TABLES.items():
        path = (tmp_path if (tmp_path / "csv").exists() else write("csv", archived, tmp_path).parent) / "csv" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        assert len(rows) == len(list(read_rows(archived.report, name)))
        assert all(list(row) == list(columns) for row in rows)
        words = [value for row in rows for column, value in row.items() if columns[column] is str]
        assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in words)


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


def test_parquet_as_analysts_read_it(tmp_path: Path) -> None:
    duckdb, pandas, polars = (pytest.importorskip(name) for name in ("duckdb", "pandas", "polars"))
    path = str(write("parquet", build_archived(), tmp_path) / "statements.parquet")
    rows = list(read_rows(build_archived().report, "statements"))
    kinds = {str: ("VARCHAR", "String"), int: ("BIGINT", "Int64"), float: ("DOUBLE", "Float64")}
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    assert [(row[0], row[1]) for row in described] == [(name, kinds[kind][0]) for name, kind in STATEMENT.items()]
    assert duckdb.sql(f"SELECT content FROM '{path}'").fetchall() == [(row["content"],) for row in rows]
    frame = polars.read_parquet(path)
    assert [(name, str(kind)) for name, kind in frame.schema.items()] == [(name, kinds[kind][1]) for name, kind in STATEMENT.items()]
    assert frame["confidence"].to_list() == [row["confidence"] for row in rows]
    read = pandas.read_parquet(path)
    assert list(read.columns) == list(STATEMENT)
    assert read["content_start"].tolist() == [row["content_start"] for row in rows]
    assert read["certainty"].dropna().tolist() == [row["certainty"] for row in rows if row["certainty"] is not None]


def load(name: str, archived: Archived, folder: Path) -> Json:
    value: Json = json.loads(write(name, archived, folder).read_text(encoding="utf-8"))
    return value


@pytest.mark.parametrize("build", EACH)
def test_web_annotations(build: Any, tmp_path: Path) -> None:
    archived = build()
    page = load("annotations", archived, tmp_path)
    jsonschema.validate(page, json.loads((HERE / "web-annotation.schema.json").read_text()))
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
def test_prov(build: Any, tmp_path: Path) -> None:
    rdflib = pytest.importorskip("rdflib")
    archived = build()
    graph = rdflib.Graph().parse(write("prov", archived, tmp_path), format="json-ld")
    prov = rdflib.Namespace("http://www.w3.org/ns/prov#")
    hops = sum(hop["source"] != "publisher" for said in archived.report["statements"] for hop in said["chain"])
    assert len(set(graph.subject_objects(prov.wasQuotedFrom))) == hops
    pyshacl = pytest.importorskip("pyshacl")
    conforms, _, told = pyshacl.validate(graph, shacl_graph=str(HERE / "prov.shapes.ttl"))
    assert conforms, told


@pytest.mark.parametrize("build", EACH)
def test_schemaorg(build: Any, tmp_path: Path) -> None:
    rdflib = pytest.importorskip("rdflib")
    archived = build()
    graph = rdflib.Graph().parse(write("schemaorg", archived, tmp_path), format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    assert len(set(graph.subjects(rdflib.RDF.type, schema.Quotation))) == len(archived.report["statements"])
    assert not set(graph.subjects(rdflib.RDF.type, schema.ClaimReview))
    pyshacl = pytest.importorskip("pyshacl")
    conforms, _, told = pyshacl.validate(graph, shacl_graph=str(HERE / "schemaorg.shapes.ttl"))
    assert conforms, told


@pytest.mark.parametrize("build", EACH)
def test_tei(build: Any, tmp_path: Path) -> None:
    archived = build()
    tree = etree.parse(write("tei", archived, tmp_path))
    etree.RelaxNG(etree.parse(HERE / "tei.rng")).assertValid(tree)
    names = tree.xpath("//@xml:id")
    assert len(names) == len(set(names))
    pointed = [each.lstrip("#") for each in tree.xpath("//@who|//@ref|//@corresp|//@next|//@prev")]
    assert set(pointed) <= set(names)
    said = {name.split(".")[0] for name in tree.xpath("//t:said/@xml:id", namespaces=TEI)}
    assert len(said) == sum(bool(each["content"]) for each in archived.report["statements"])


def test_tei_keeps_the_text(tmp_path: Path) -> None:
    archived = build_archived()
    paragraphs = etree.parse(write("tei", archived, tmp_path)).xpath("//t:body/t:p", namespaces=TEI)
    text, blocks = archived.report["document"]["text"], archived.report["document"]["blocks"]
    assert ["".join(each.itertext()) for each in paragraphs] == [text[block["start"] : block["end"]] for block in blocks]


@pytest.mark.parametrize("build", EACH)
def test_stix(build: Any, tmp_path: Path) -> None:
    stix2validator = pytest.importorskip("stix2validator")
    archived = build()
    bundle = load("stix", archived, tmp_path)
    found = stix2validator.validate_instance(bundle, stix2validator.ValidationOptions(version="2.1", disabled=["uuid-check"]))
    assert found.is_valid, [str(error) for error in found.errors]
    kinds = [each["type"] for each in bundle["objects"]]
    assert kinds.count("note") == len(archived.report["statements"])
    assert len({each["id"] for each in bundle["objects"]}) == len(kinds)
    known = {each["id"] for each in bundle["objects"]}
    assert {ref for each in bundle["objects"] for ref in each.get("object_refs", ())} <= known


@pytest.mark.parametrize("build", EACH)
def test_followthemoney(build: Any, tmp_path: Path) -> None:
    model = load_model()
    archived = build()
    entities = [json.loads(line) for line in write("ftm", archived, tmp_path).read_text(encoding="utf-8").splitlines()]
    ids = {entity["id"] for entity in entities}
    assert len(ids) == len(entities)
    for entity in entities:
        schema = model.get(entity["schema"])
        schema.validate(entity)
        for name, values in entity["properties"].items():
            assert all(schema.get(name).type.validate(value) for value in values), (name, values)
        proxy = model.get_proxy(entity, cleaned=False)
        assert set(proxy.get_type_values(proxy.schema.model.get("Thing").get("proof").type)) <= ids
        assert {prop.name for prop in proxy.iterprops()} == set(entity["properties"])
    kinds = [entity["schema"] for entity in entities]
    assert kinds.count("Note") == len(archived.report["statements"])
    assert kinds.count("Documentation") == len(archived.report["sources"])


@pytest.mark.parametrize("build", EACH)
def test_wacz(build: Any, tmp_path: Path) -> None:
    found = Capture(content=b"<p>Fees</p>", sha256=sha256(b"<p>Fees</p>").hexdigest(), location="a.html")
    fetched = replace(found, url="https://outlet.example/fees", captured=datetime(2024, 1, 9, tzinfo=UTC), media_type="text/html")
    archived = replace(build(), captures=(found, fetched))
    path = write("wacz", archived, tmp_path)
    path.rename(tmp_path / "out.wacz")
    command = [sys.executable, "-m", "wacz.main", "validate", "-f", str(tmp_path / "out.wacz")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "the passed WACZ is valid" in done.stdout, done.stdout + done.stderr
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


def read_standoff(path: Path, text: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("T"):
            _, about, words = line.split("\t")
            label, places = about.split(" ", 1)
            spans = [tuple(map(int, place.split())) for place in places.split(";")]
            assert " ".join(text[start:end] for start, end in spans) == words
            yield label, spans  # type: ignore[misc]


@pytest.mark.parametrize("build", EACH)
def test_brat(build: Any, tmp_path: Path) -> None:
    archived = build()
    folder = write("brat", archived, tmp_path)
    text = (folder / f"{archived.id}.txt").read_bytes().decode("utf-8")
    assert len(text) == len(archived.report["document"]["text"])
    found = list(read_standoff(folder / f"{archived.id}.ann", text))
    assert [label for label, _ in found].count("Content") == sum(bool(each["content"]) for each in archived.report["statements"])


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
