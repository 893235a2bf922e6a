"""The schema is the contract: reports satisfy it, it is valid itself, and every key says what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from onrecord.schema import load_schema
from onrecord.types import SCHEMA, Skipped
from tests.invented import build_report

SCHEMA_OF_REPORT = load_schema()
VALIDATOR = Draft202012Validator(SCHEMA_OF_REPORT, format_checker=Draft202012Validator.FORMAT_CHECKER)


def find_keys(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            yield f"{path}/{name}", value
        for name, value in node.items():
            yield from find_keys(value, f"{path}/{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from find_keys(value, f"{path}/{index}")


KEYS = dict(find_keys(SCHEMA_OF_REPORT))


def test_schema_is_valid_and_names_its_draft() -> None:
    Draft202012Validator.check_schema(SCHEMA_OF_REPORT)
    assert SCHEMA_OF_REPORT["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA_OF_REPORT["properties"]["schema"]["const"] == SCHEMA


def test_report_satisfies_schema() -> None:
    VALIDATOR.validate(build_report().to_dict())


def test_skipped_satisfies_its_part() -> None:
    part = {"$ref": "#/$defs/skipped", "$defs": SCHEMA_OF_REPORT["$defs"]}
    Draft202012Validator(part).validate(Skipped("a.pdf", "a PDF; convert it to text first").to_dict())


@pytest.mark.parametrize("path", KEYS)
def test_every_key_is_described(path: str) -> None:
    assert len(KEYS[path].get("description", "")) > 15, path


def find_objects(value: Any, schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every object of a report with the part of the schema that describes it."""
    for part in (schema, *schema.get("anyOf", ())):
        if "$ref" in part:
            yield from find_objects(value, SCHEMA_OF_REPORT["$defs"][part["$ref"].rsplit("/", 1)[1]], path)
    if isinstance(value, list):
        for item in value:
            yield from find_objects(item, schema.get("items", {}), f"{path}[]")
    elif isinstance(value, dict) and "properties" in schema:
        yield path, value, schema
        for name, inner in value.items():
            yield from find_objects(inner, schema["properties"].get(name, {}), f"{path}.{name}")


def test_every_key_of_a_report_is_in_the_schema_and_required() -> None:
    objects = list(find_objects(build_report().to_dict(), SCHEMA_OF_REPORT, "report"))
    assert {path for path, _, _ in objects} >= {"report.statements[].certainty.span", "report.variants[].differences[].a"}
    for path, value, schema in objects:
        assert set(value) == set(schema["properties"]) == set(schema["required"]), path
        assert schema["additionalProperties"] is True, path


BREAKS = {
    "an unknown kind": lambda r: r["statements"][0].update(kind="rumour"),
    "a content of no span": lambda r: r["statements"][0].update(content=[]),
    "confidence beyond 1": lambda r: r["statements"][0].update(confidence=1.5),
    "certainty beyond 3": lambda r: r["statements"][0].update(certainty={"value": 4, "span": None}),
    "a date that is none": lambda r: r["document"].update(published="4 March"),
    "another contract": lambda r: r.update(schema="onrecord/2"),
    "a key left out": lambda r: r["sources"][0].pop("mentions"),
    "a negative offset": lambda r: r["times"][0].update(start=-1),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_reports_are_refused(name: str) -> None:
    report = build_report().to_dict()
    BREAKS[name](report)
    assert not VALIDATOR.is_valid(report)


def test_more_keys_may_be_added() -> None:
    report = build_report().to_dict()
    report["statements"][0]["later"] = 1
    assert VALIDATOR.is_valid(report)
