"""The OpenAPI document as a person reads it: every operation with what may be asked, an example, and what is answered.

Made of the document and of nothing else, so that the page cannot say what the document does not. Viewers that are scripts from elsewhere
(Swagger UI, Redoc) were rejected: the pages load nothing that is not served here, and read without JavaScript.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from onrecord.types import Json

_SCHEMA = "#/components/schemas/"


def build_view(described: Json, url: str, document: str) -> Json:
    """What the page shows; `url` is the site's own address, for the examples that are to be copied, `document` the document's path."""
    schemas = described["components"]["schemas"]
    groups = {tag["name"]: {"name": tag["name"], "about": tag["description"], "operations": []} for tag in described["tags"]}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]]["operations"].append(_build_operation(path, method, operation, schemas, url))
    return {
        "version": described["info"]["version"],
        "about": _cut_paragraphs(described["info"]["description"]),
        "document": document,
        "groups": list(groups.values()),
        "schemas": [{"name": name, "about": part.get("description"), "rows": _build_rows(part)} for name, part in schemas.items()],
    }


def _cut_paragraphs(text: str) -> list[str | list[str]]:
    """Paragraphs of Markdown without its signs; a list as its items."""
    parts = (part.strip() for part in text.replace("`", "").split("\n\n"))
    return [[line[2:] for line in part.splitlines()] if part.startswith("- ") else " ".join(part.split()) for part in parts]


def _build_operation(path: str, method: str, operation: Json, schemas: Json, url: str) -> Json:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "about": [" ".join(part) if isinstance(part, list) else part for part in _cut_paragraphs(operation["description"])],
        "parameters": [_build_parameter(parameter) for parameter in operation.get("parameters", ())],
        "bodies": [_build_body(part, schemas) for part in _find_parts(body["schema"])] if body else [],
        "command": _build_command(path, method, operation, body, url),
        "answers": [_build_answer(status, answer) for status, answer in operation["responses"].items()],
        "example": next((_format(part["example"]) for part in good.get("content", {}).values() if "example" in part), None),
    }


def _build_parameter(parameter: Json) -> Json:
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "needed": parameter.get("required", False),
        "type": describe_type(parameter["schema"]),
        "about": parameter.get("description", "").replace("`", ""),
    }


def _build_body(schema: Json, schemas: Json) -> Json:
    name = schema["$ref"].removeprefix(_SCHEMA)
    return {"name": name, "about": schemas[name].get("description", ""), "rows": _build_rows(schemas[name])}


def _find_parts(schema: Json) -> list[Json]:
    """The shapes that a body may have."""
    parts: list[Json] = schema.get("oneOf") or [schema]
    return parts


def _build_rows(schema: Json) -> list[Json]:
    """The members of an object."""
    needed = schema.get("required", ())
    return [
        {"name": name, "needed": name in needed, "type": describe_type(part), "about": part.get("description", "").replace("`", "")}
        for name, part in schema.get("properties", {}).items()
    ]


def _build_answer(status: str, answer: Json) -> Json:
    content = answer.get("content", {})
    shapes = [part["schema"]["$ref"].removeprefix(_SCHEMA) for part in content.values() if "$ref" in part.get("schema", {})]
    return {"status": status, "about": answer["description"].replace("`", ""), "types": list(content), "shapes": shapes}


def _build_command(path: str, method: str, operation: Json, body: Json | None, url: str) -> str:
    """The operation as a line for a shell, with examples for what is needed."""
    examples = {p["name"]: _find_example(p) for p in operation.get("parameters", ())}
    for name in [p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"]:
        path = path.replace(f"{{{name}}}", str(examples.pop(name)))
    chosen = {name: value for name, value in examples.items() if value is not None}
    asked = f"?{urlencode(dict(list(chosen.items())[:1]))}" if chosen else ""
    lines = [f"curl -H 'Authorization: Bearer onr_…' '{url}{path}{asked}'"]
    if method != "get":
        lines.insert(0, lines.pop().replace("curl", f"curl -X {method.upper()}", 1))
    if body:
        sent = json.dumps(body.get("example", {}), ensure_ascii=False).replace("'", "'\\''")
        lines += ["-H 'Content-Type: application/json'", f"-d '{sent}'"]
    return " \\\n  ".join(lines)


def _find_example(parameter: Json) -> Any:
    return next(iter(parameter["schema"].get("examples", parameter.get("examples", ()))), None)


def _format(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)


def describe_type(schema: Json) -> str:
    """A schema in some words: `string, up to 1000 characters`, `list of Hit`, `Report or null`."""
    if "$ref" in schema:
        return str(schema["$ref"].removeprefix(_SCHEMA))
    if "enum" in schema or "const" in schema:
        return " | ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(describe_type(part) for part in [*schema.get("anyOf", ()), *schema.get("oneOf", ())])
    kind = schema.get("type", "")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {describe_type(schema['items'])}" if "items" in schema else "list"
    return ", ".join(part for part in (schema.get("format", kind), *_describe_bounds(schema)) if part)


def _describe_bounds(schema: Json) -> list[str]:
    bounds = [f"{schema['minimum']} to {schema['maximum']}"] if "minimum" in schema and "maximum" in schema else []
    bounds += [f"{schema['minimum']} or more"] if "minimum" in schema and "maximum" not in schema else []
    bounds += [f"up to {schema['maxLength']:,} characters"] if "maxLength" in schema else []
    bounds += [f"by default {schema['default']}"] if schema.get("default") not in (None, "", False) else []
    return bounds
