"""The API's description: whole, bounded, with examples that hold, and the report's own contract in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from onrecord.capture.observe import Observation
from onrecord.schema import load_schema
from onrecord.store import CaptureFacts, Check, Facets, Hit, Listed, ReadingFacts, Receipt, Review, StampFacts, State
from onrecord.trace.identity import Judgement
from onrecord.types import Json
from onrecord.web.api import answers
from onrecord.web.api.description import load_examples
from onrecord.web.api.page import build_view, describe_type
from onrecord.web.api.routes import DESCRIPTION
from tests.invented import build_report, with_text

COMPONENTS: Json = DESCRIPTION["components"]
OPERATIONS = {
    each["operationId"]: (path, method, each) for path, methods in DESCRIPTION["paths"].items() for method, each in methods.items()
}
PARAMETERS = {f"{name} {p['name']}": p for name, (_, _, each) in OPERATIONS.items() for p in each.get("parameters", ())}
ALWAYS = {"401", "403", "421", "422", "429", "503"}


def check(value: Any, schema: Json) -> None:
    Draft202012Validator({**schema, "components": COMPONENTS}, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def test_it_is_openapi() -> None:
    assert DESCRIPTION["openapi"].startswith("3.1.")
    assert len(OPERATIONS) == sum(len(methods) for methods in DESCRIPTION["paths"].values()) == 21
    assert all(path.startswith("/api/v1/") for path in DESCRIPTION["paths"])
    assert set(COMPONENTS["securitySchemes"]) == {"token", "session"}
    assert {tag["name"] for tag in DESCRIPTION["tags"]} == {each["tags"][0] for _, _, each in OPERATIONS.values()}


@pytest.mark.parametrize("name", COMPONENTS["schemas"])
def test_components_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(COMPONENTS["schemas"][name])


def find_references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        for value in node.values():
            yield from find_references(value)
    elif isinstance(node, list):
        for item in node:
            yield from find_references(item)


def test_every_reference_leads_somewhere_and_no_component_is_left_over() -> None:
    known = {f"#/components/schemas/{name}" for name in COMPONENTS["schemas"]}
    assert set(find_references(DESCRIPTION)) == known


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_what_it_does_and_what_may_go_wrong(name: str) -> None:
    path, method, operation = OPERATIONS[name]
    assert operation["summary"]
    assert len(operation["description"]) > 30
    statuses = set(operation["responses"])
    assert statuses >= ALWAYS
    assert ("304" in statuses) == (method == "get" and "/exports/" not in path)
    assert ({"400", "413", "415"} <= statuses) == ("requestBody" in operation)
    for status, answer in operation["responses"].items():
        assert answer["description"]
        if status[0] in "45":
            assert answer["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_described_and_bounded(name: str) -> None:
    parameter, schema = PARAMETERS[name], PARAMETERS[name]["schema"]
    assert len(parameter["description"]) > 15
    assert "anyOf" not in schema
    if schema["type"] == "string":
        assert schema.keys() & {"maxLength", "pattern", "enum", "format"}
    elif schema["type"] in ("integer", "number"):
        assert schema.keys() >= {"minimum", "maximum"}
    else:
        assert schema["type"] == "boolean"
    for example in schema.get("examples", ()):
        check(example, schema)


@pytest.mark.parametrize("name", OPERATIONS)
def test_examples_hold(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    if "requestBody" in operation:
        media = operation["requestBody"]["content"]["application/json"]
        check(media["example"], media["schema"])
    for status, answer in operation["responses"].items():
        media = answer.get("content", {}).get("application/json")
        if media and (name, status) != ("add_document", "200"):
            check(media["example"], media["schema"])


def test_every_example_is_of_an_operation() -> None:
    assert set(load_examples()) <= set(OPERATIONS)


# --- shapes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "value"),
    [
        (answers.Hit, Hit),
        (answers.Listed, Listed),
        (answers.Facets, Facets),
        (answers.Judgement, Judgement),
        (answers.Observation, Observation),
        (answers.Review, Review),
        (answers.Receipt, Receipt),
        (answers.Capture, CaptureFacts),
        (answers.ReadingFacts, ReadingFacts),
        (answers.Stamp, StampFacts),
        (answers.Check, Check),
        (answers.State, State),
    ],
)
def test_shapes_have_what_the_values_have(model: type[BaseModel], value: Any) -> None:
    assert set(model.model_fields) == {field.name for field in fields(value)}


@pytest.mark.parametrize("report", [build_report(), with_text("<b>\u202e\x00'\"&")])
def test_the_reports_schema_is_its_own(report: Any) -> None:
    made = report.to_dict()
    check(made, {"$ref": "#/components/schemas/Report"})
    broken = {**made, "statements": [{**made["statements"][0], "kind": "shouted"}]}
    with pytest.raises(Exception, match="shouted"):
        check(broken, {"$ref": "#/components/schemas/Report"})


def test_no_part_of_the_reports_schema_is_lost() -> None:
    parts = load_schema()["$defs"].keys() - {"skipped"}
    assert {name for name in COMPONENTS["schemas"] if name.startswith("Report")} == {
        "Report",
        *("Report" + "".join(word.capitalize() for word in part.split("_")) for part in parts),
    }


# --- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_has_all_that_the_document_has() -> None:
    view = build_view(DESCRIPTION, "http://127.0.0.1:8321", "/api/v1/openapi.json")
    shown = {operation["id"]: operation for group in view["groups"] for operation in group["operations"]}
    assert shown.keys() == OPERATIONS.keys()
    for name, (path, method, operation) in OPERATIONS.items():
        assert (shown[name]["path"], shown[name]["method"]) == (path, method.upper())
        assert [p["name"] for p in shown[name]["parameters"]] == [p["name"] for p in operation.get("parameters", ())]
        assert [a["status"] for a in shown[name]["answers"]] == list(operation["responses"])
        assert "{" not in shown[name]["command"].split("-d '")[0]
    assert {shape["name"] for shape in view["schemas"]} == set(COMPONENTS["schemas"])


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "maxLength": 1000}, "string, up to 1,000 characters"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "integer, 1 to 100, by default 20"),
        ({"enum": ["join", "split"], "type": "string"}, "join | split"),
        ({"anyOf": [{"$ref": "#/components/schemas/Mended"}, {"type": "null"}]}, "Mended or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Hit"}}, "list of Hit"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "integer", "minimum": 0}, "integer, 0 or more"),
        ({}, ""),
    ],
)
def test_types_in_words(schema: Json, words: str) -> None:
    assert describe_type(schema) == words
