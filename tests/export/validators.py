"""Each format read back by somebody else's reader: `VALIDATORS` by the format's name, each given what was written and the documents.

They raise AssertionError, or what the reader raises, for a file that is not what its format asks for. `bench/formats` runs them on any
articles, the tests on our own and on odd ones.
"""

from __future__ import annotations

import csv
import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
from lxml import etree

from onrecord.rows import STATEMENT, TABLES, read_rows
from onrecord.types import Archived
from tests.export.model import load_model

HERE = Path(__file__).parent
_KINDS = {str: ("VARCHAR", "String"), int: ("BIGINT", "Int64"), float: ("DOUBLE", "Float64")}
Documents = Sequence[Archived]


def count_statements(documents: Documents) -> int:
    return sum(len(each.report["statements"]) for each in documents)


def check_csv(path: Path, documents: Documents) -> None:
    csv.field_size_limit(sys.maxsize)
    for name, columns in TABLES.items():
        with (path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        assert len(rows) == sum(len(list(read_rows(each.report, name))) for each in documents)
        assert all(list(row) == list(columns) for row in rows)
        words = [value for row in rows for column, value in row.items() if columns[column] is str]
        assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in words)


def check_parquet(path: Path, documents: Documents) -> None:
    import duckdb
    import pandas
    import polars

    place, many = str(path / "statements.parquet"), count_statements(documents)
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{place}'").fetchall()
    assert [(row[0], row[1]) for row in described] == [(name, _KINDS[kind][0]) for name, kind in STATEMENT.items()]
    rows = duckdb.sql(f"SELECT content, confidence FROM '{place}'").fetchall()
    frame, read = polars.read_parquet(place), pandas.read_parquet(place)
    assert [(name, str(kind)) for name, kind in frame.schema.items()] == [(name, _KINDS[kind][1]) for name, kind in STATEMENT.items()]
    assert len(rows) == frame.height == len(read) == many
    assert [row[1] for row in rows] == frame["confidence"].to_list() == read["confidence"].tolist()
    assert [row[0] for row in rows] == frame["content"].to_list()
    assert list(read.columns) == list(STATEMENT)


def check_annotations(path: Path, documents: Documents) -> None:
    page = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(page, json.loads((HERE / "web-annotation.schema.json").read_text()))
    assert len(page["items"]) == count_statements(documents)


def _check_graph(path: Path, shapes: str) -> Any:
    import pyshacl
    import rdflib

    logging.getLogger("rdflib").setLevel(logging.ERROR)
    graph = rdflib.Graph().parse(path, format="json-ld")
    conforms, _, told = pyshacl.validate(graph, shacl_graph=str(HERE / shapes))
    assert conforms, told
    graph.serialize(format="nt")  # what has no valid address cannot be written
    return graph


def check_prov(path: Path, documents: Documents) -> None:
    import rdflib

    graph = _check_graph(path, "prov.shapes.ttl")
    hops = sum(hop["source"] != "publisher" for each in documents for said in each.report["statements"] for hop in said["chain"])
    assert len(set(graph.subject_objects(rdflib.Namespace("http://www.w3.org/ns/prov#").wasQuotedFrom))) == hops


def check_schemaorg(path: Path, documents: Documents) -> None:
    import rdflib

    graph = _check_graph(path, "schemaorg.shapes.ttl")
    schema = rdflib.Namespace("https://schema.org/")
    assert len(set(graph.subjects(rdflib.RDF.type, schema.Quotation))) == count_statements(documents)
    assert not set(graph.subjects(rdflib.RDF.type, schema.ClaimReview))


def check_tei(path: Path, documents: Documents) -> None:
    tree = etree.parse(path, etree.XMLParser(huge_tree=True))
    etree.DTD(str(files("trafilatura") / "data" / "tei_corpus.dtd")).assertValid(tree)  # the TEI consortium's, as that library ships it
    etree.RelaxNG(etree.parse(HERE / "tei.rng")).assertValid(tree)  # narrower: only what we mean to write
    names = tree.xpath("//@xml:id")
    assert len(names) == len(set(names))
    assert {each.lstrip("#") for each in tree.xpath("//@who|//@ref|//@corresp|//@next|//@prev")} <= set(names)


def check_stix(path: Path, documents: Documents) -> None:
    import stix2validator

    bundle = json.loads(path.read_text(encoding="utf-8"))
    options = stix2validator.ValidationOptions(version="2.1", disabled=["uuid-check"])
    found = stix2validator.validate_instance(bundle, options)
    assert found.is_valid, [str(error) for error in found.errors]
    assert [each["type"] for each in bundle["objects"]].count("note") == count_statements(documents)
    known = {each["id"] for each in bundle["objects"]}
    assert len(known) == len(bundle["objects"])
    assert {ref for each in bundle["objects"] for ref in each.get("object_refs", ())} <= known


def check_followthemoney(path: Path, documents: Documents) -> None:
    model = load_model()
    entities = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    ids = {entity["id"] for entity in entities}
    assert len(ids) == len(entities)
    of_entities = model.get("Thing").get("proof").type
    for entity in entities:
        schema = model.get(entity["schema"])
        schema.validate(entity)
        for name, values in entity["properties"].items():
            assert all(schema.get(name).type.validate(value) for value in values), (name, values)
        proxy = model.get_proxy(entity, cleaned=False)
        assert set(proxy.get_type_values(of_entities)) <= ids
        assert {prop.name for prop in proxy.iterprops()} == set(entity["properties"])
    assert [entity["schema"] for entity in entities].count("Note") == count_statements(documents)


def check_brat(path: Path, documents: Documents) -> None:
    for each in documents:
        text = (path / f"{each.id}.txt").read_bytes().decode("utf-8")
        assert len(text) == len(each.report["document"]["text"])
        labels = [label for label, _ in read_standoff(path / f"{each.id}.ann", text)]
        assert labels.count("Content") == sum(bool(said["content"]) for said in each.report["statements"])


def read_standoff(path: Path, text: str) -> Iterator[tuple[str, list[tuple[int, ...]]]]:
    """Text-bound annotations as brat reads them: label and fragments, whose words must be the text's."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("T"):
            _, about, words = line.split("\t")
            label, places = about.split(" ", 1)
            spans = [tuple(map(int, place.split())) for place in places.split(";")]
            assert " ".join(text[start:end] for start, end in spans) == words
            yield label, spans


def check_wacz(path: Path, documents: Documents) -> None:
    named = path.with_name(f"{path.name}.wacz")
    shutil.copyfile(path, named)
    command = [sys.executable, "-m", "wacz.main", "validate", "-f", str(named)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    named.unlink()
    assert "the passed WACZ is valid" in done.stdout, done.stdout + done.stderr


VALIDATORS: dict[str, Callable[[Path, Documents], None]] = {
    "csv": check_csv,
    "parquet": check_parquet,
    "annotations": check_annotations,
    "prov": check_prov,
    "schemaorg": check_schemaorg,
    "tei": check_tei,
    "stix": check_stix,
    "ftm": check_followthemoney,
    "brat": check_brat,
    "wacz": check_wacz,
}
