"""The OpenAPI document (3.1) of the operations.

What FastAPI makes of the operations is the greater part. Put in here: the report's own JSON Schema as components, so that a report of the
API and one of `onrecord read --json` have the same contract; who may ask; examples, which are answers of the story that comes with
onrecord (`examples.json`). Left out are the nulls that optional parameters may be in Python, and never on the wire.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from starlette.routing import BaseRoute

from onrecord import __version__
from onrecord.schema import load_schema
from onrecord.types import Json
from onrecord.web.api.answers import REF, ProblemAnswer

PREFIX = "/api/v1"
DOCUMENT = f"{PREFIX}/openapi.json"
_SCHEMAS = "#/components/schemas/"
_ABOUT = """\
Who said what, through whom, in which words, when, how surely, and on what evidence: what news reports say that others said.

Every request names who asks: with a token (`Authorization: Bearer onr_…`, made on the page of one's account or by `onrecord token make`),
or with the cookie of somebody who is logged in. A token has a scope, `read`, `annotate` or `admin`, each with what those before it have.

- Offsets count Unicode code points, and ends are exclusive; days are ISO 8601, and inclusive; moments are UTC.
- What is wrong is said as a problem (RFC 9457, `application/problem+json`); `detail` is one line that says what to do.
- Lists come in pages: `next` is the next page's cursor, null at the end. A cursor holds for the same parameters only.
- An ETag comes with what can be asked again: sent back as If-None-Match, it is answered with 304 until something is stored.
- Large results come as NDJSON or CSV, written as they are found; one whose end is missing is not complete.
- Words from outside stand as they were found, hidden characters too: show them as text, never as markup.
"""
_TAGS = {
    "Reading": "What a text says that others said, at once.",
    "Documents": "What is stored: captures that do not change, and what was read from them.",
    "Statements": "Who said what, found by words and filters, and every version of it.",
    "Sources": "Who goes by a name, over all documents.",
    "Observations": "Whether a post was there: looks at it, and never one flag.",
    "Reviews": "A person's word beside the reader's.",
    "Exports": "All of it, for other programs.",
    "Status": "What answers here.",
}
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token: `Authorization: Bearer onr_…`."},
    "session": {"type": "apiKey", "in": "cookie", "name": "onrecord", "description": "The cookie of somebody who is logged in."},
}


def build_description(routes: Sequence[BaseRoute]) -> Json:
    """The document of `routes`, as JSON values."""
    made: Json = get_openapi(
        title="onrecord",
        version=__version__,
        summary="The chain behind the news",
        description=_ABOUT,
        routes=routes,
        tags=[{"name": name, "description": what} for name, what in _TAGS.items()],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    made["servers"] = [{"url": "/"}]
    made["security"] = [{name: []} for name in _SECURITY]
    schemas = {name: value for name, value in made["components"]["schemas"].items() if "ValidationError" not in name}
    problem = TypeAdapter(ProblemAnswer).json_schema(ref_template=_SCHEMAS + "{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem | {"title": "Problem"}} | _build_report_schemas()
    made["components"] = {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY}
    for operation in _find_operations(made):
        _finish(operation)
    described: Json = _resolve(made)
    return described


def _find_operations(described: Json) -> Iterator[Json]:
    return (operation for path in described["paths"].values() for operation in path.values())


def _finish(operation: Json) -> None:
    """What FastAPI does not know of an operation: no nulls in parameters, its examples."""
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _drop_null(parameter["schema"])
    examples = load_examples().get(operation["operationId"], {})
    if "request" in examples:
        operation["requestBody"]["content"]["application/json"]["example"] = examples["request"]
    for status, example in examples.get("answers", {}).items():
        operation["responses"][status]["content"]["application/json"]["example"] = example


def _drop_null(schema: Json) -> Json:
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if len(parts) != 1:
        return schema
    return {**parts[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


@cache
def load_examples() -> dict[str, Json]:
    """For each operation, by its id: an example of what is sent (`request`), and of the answers by their status (`answers`)."""
    text = (files("onrecord.web.api") / "examples.json").read_text(encoding="utf-8")
    examples: dict[str, Json] = json.loads(text)
    return examples


# --- the report's schema -----------------------------------------------------------------------------------------------


def _build_report_schemas() -> dict[str, Json]:
    """The report's JSON Schema as components: `Report`, and `ReportStatement`, `ReportSource` and so on for its parts."""
    schema = load_schema()
    parts = {name: part for name, part in schema.pop("$defs").items() if name != "skipped"}
    whole = {name: value for name, value in schema.items() if not name.startswith("$")}
    return {"Report": _rename(whole)} | {_name_part(name): _rename(part) for name, part in parts.items()}


def _name_part(name: str) -> str:
    return "Report" + "".join(word.capitalize() for word in name.split("_"))


def _rename(node: Any) -> Any:
    """References within the report's schema as references to components."""
    if isinstance(node, dict):
        return {
            key: _SCHEMAS + _name_part(value.removeprefix("#/$defs/")) if key == "$ref" else _rename(value) for key, value in node.items()
        }
    return [_rename(item) for item in node] if isinstance(node, list) else node


def _resolve(node: Any) -> Any:
    """Parts of the report that the answers' shapes name, as references."""
    if isinstance(node, dict):
        return {"$ref": _SCHEMAS + _name_part(node[REF])} if REF in node else {key: _resolve(value) for key, value in node.items()}
    return [_resolve(item) for item in node] if isinstance(node, list) else node
