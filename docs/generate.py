"""The reference, written from the code: `python docs/generate.py` makes docs/reference anew, and a test says when it is old.

What has no line of its own in the code (an option without help, a route without a summary, a key without a description, a setting without a
comment) is an error here, not a gap in the page.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer

from onrecord.cli import app
from onrecord.export import FORMATS
from onrecord.schema import load_schema
from onrecord.web.api.routes import DESCRIPTION
from onrecord.web.site import Settings

HERE = Path(__file__).parent
SOURCE = HERE.parent / "src" / "onrecord"
_NOTE = "<!-- Written by docs/generate.py from the code: change it there. -->\n\n"
_FIELD = re.compile(r"    (?P<name>\w+): (?P<type>[^=]+) = (?P<value>.+?)  # (?P<about>.+)")
_VARIABLE = re.compile(r"\b(ONRECORD_[A-Z_]+)\b")
_PRIVATE = {"ONRECORD_SERVED"}  # by which processes of one `serve` talk to each other
VARIABLES = {
    "ONRECORD_STORE": "The store that commands take where `--store` is not given: a file, or a `postgresql://` URL.",
    "ONRECORD_THREADS": "Threads to read with; as many as the process has processors, four at most, where it is not set.",
    "ONRECORD_DEBUG": "Set to anything, an unexpected error is shown with its traceback.",
    "NO_COLOR": "Set to anything, nothing is coloured ([no-color.org](https://no-color.org)).",
}


def main() -> None:
    for name, text in build_pages().items():
        (HERE / "reference" / name).write_text(text, encoding="utf-8")


def build_pages() -> dict[str, str]:
    """Each page's name and text. Raises ValueError for what has no line of reference."""
    return {
        "commands.md": _NOTE + "\n".join(_write_commands()),
        "report.md": _NOTE + "\n".join(_write_report()),
        "api.md": _NOTE + "\n".join(_write_api()),
        "settings.md": _NOTE + "\n".join(_write_settings()),
    }


def _require(text: str | None, what: str) -> str:
    if not text or not text.strip():
        raise ValueError(f"{what}: has no line of reference")
    return " ".join(text.split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


# --- commands ------------------------------------------------------------------------------------------------------------


def _write_commands() -> Iterator[str]:
    yield "# Commands\n"
    yield "Exit codes: 0 all went well; 1 a document could not be read, or something failed; 2 the call asks for what cannot be;"
    yield "130 interrupted. What goes wrong is one line on standard error.\n"
    group = typer.main.get_command(app)
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        nested = getattr(command, "commands", None)
        if nested is None:
            yield from _write_command(f"onrecord {name}", command)
            continue
        yield f"## onrecord {name}\n\n{_require(command.help, name)}\n"
        for inner, each in sorted(nested.items()):
            yield from _write_command(f"onrecord {name} {inner}", each, level=3)


def _write_command(name: str, command: Any, level: int = 2) -> Iterator[str]:
    yield f"{'#' * level} {name}\n"
    yield f"{_require(command.help, name)}\n"
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    if not shown:
        return
    yield "| | |\n|---|---|"
    for parameter in shown:
        about = _require(getattr(parameter, "help", None), f"{name} {parameter.name}")
        yield f"| {_name_parameter(parameter)} | {_cell(about)}{_find_rest(parameter)} |"
    yield ""


def _name_parameter(parameter: Any) -> str:
    if not hasattr(parameter, "is_flag"):  # an argument
        return f"`{(parameter.metavar or parameter.name).upper()}`"
    is_flag = parameter.is_flag or parameter.is_bool_flag
    value = "" if is_flag else f" {parameter.metavar or _name_value(parameter.type_descriptor.annotation)}"
    return ", ".join(f"`{each}{_cell(value)}`" for each in parameter.opts)


def _find_choices(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(each) for each in get_args(annotation)]
    return [choice for each in get_args(annotation) for choice in _find_choices(each)]


def _name_value(annotation: Any) -> str:
    """What stands for an option's value that has no name of its own."""
    return "N" if int in (annotation, *get_args(annotation)) else "X" if float in (annotation, *get_args(annotation)) else "TEXT"


def _find_rest(parameter: Any) -> str:
    """The choices, the default and the variable that stand for a parameter."""
    names = ", ".join(f"`{each}`" for each in _find_choices(parameter.type_descriptor.annotation))
    parts = [f"one of {names}" if names else ""]
    default = parameter.default
    if default not in (None, False, (), []) and not callable(default) and not parameter.required:
        parts.append(f"by default `{default}`")
    if getattr(parameter, "envvar", None):
        parts.append(f"or the variable `{parameter.envvar}`")
    told = "; ".join(part for part in parts if part)
    return f" ({told})" if told else ""


# --- the report ----------------------------------------------------------------------------------------------------------


def _write_report() -> Iterator[str]:
    schema = load_schema()
    yield "# The report\n"
    yield f"{_require(schema['description'], 'the report')} `onrecord schema` prints the JSON Schema.\n"
    yield from _write_keys(schema, "report")
    for name, each in schema["$defs"].items():
        yield f"## {name}\n"
        if "description" in each:
            yield f"{_require(each['description'], name)}\n"
        yield from _write_keys(each, name)


def _write_keys(schema: Any, of: str) -> Iterator[str]:
    yield "| key | type | |\n|---|---|---|"
    for key, value in schema.get("properties", {}).items():
        yield f"| `{key}` | {_cell(_name_type(value))} | {_cell(_require(value.get('description'), f'{of}.{key}'))} |"
    yield ""


def _name_type(value: Any) -> str:
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return ", ".join("null" if each is None else f"`{each}`" for each in value["enum"])
    if "anyOf" in value:
        return " or ".join(_name_type(each) for each in value["anyOf"])
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    if "array" in kinds:
        return f"list of {_name_type(value['items'])}"
    return " or ".join(kinds)


# --- the API -------------------------------------------------------------------------------------------------------------


def _write_api() -> Iterator[str]:
    yield "# The REST API\n"
    yield "`onrecord serve` answers under `/api/v1`; its own description, with schemas and examples, is at `/api/v1/openapi.json` and,"
    yield "for people, at `/api`.\n"
    yield f"{DESCRIPTION['info']['description']}\n"
    for tag in DESCRIPTION["tags"]:
        yield f"## {tag['name']}\n\n{_require(tag['description'], tag['name'])}\n"
        for path, methods in DESCRIPTION["paths"].items():
            for method, each in methods.items():
                if tag["name"] in each["tags"]:
                    yield from _write_operation(f"{method.upper()} {path}", each)


def _write_operation(name: str, operation: Any) -> Iterator[str]:
    yield f"### {_require(operation.get('summary'), name)}\n\n`{name}`\n"
    yield f"{_require(operation.get('description'), name)}\n"
    if parameters := operation.get("parameters"):
        yield "| parameter | in | |\n|---|---|---|"
        for each in parameters:
            needed = " (must be given)" if each.get("required") else ""
            about = _require(each.get("description"), f"{name} {each['name']}")
            yield f"| `{each['name']}` | {each['in']} | {_cell(about)}{needed} |"
        yield ""


# --- settings ------------------------------------------------------------------------------------------------------------


def _write_settings() -> Iterator[str]:
    yield "# Settings\n\n## Variables\n"
    found = {name for path in SOURCE.rglob("*.py") for name in _VARIABLE.findall(path.read_text(encoding="utf-8"))} - _PRIVATE
    for name in sorted(found - set(VARIABLES)):
        raise ValueError(f"{name}: has no line of reference")
    yield "| variable | |\n|---|---|"
    yield from (f"| `{name}` | {about} |" for name, about in VARIABLES.items())
    yield "\n## Of a served site\n"
    yield "`onrecord serve` takes these from its options; a program that serves the site itself gives them to"
    yield "`onrecord.web.build_app(store, Settings(…))`.\n"
    yield "| setting | by default | |\n|---|---|---|"
    told = {match["name"]: match for match in _FIELD.finditer(inspect.getsource(Settings))}
    for name in Settings.__dataclass_fields__:
        if name not in told:
            raise ValueError(f"Settings.{name}: has no line of reference")
        yield f"| `{name}` | `{told[name]['value']}` | {_cell(told[name]['about'])} |"
    yield "\n## Formats\n"
    yield "The names that `onrecord export --format` takes, beside `jsonl`; what each loses is on [Formats](../formats.md).\n"
    yield "| name | | media type | written as |\n|---|---|---|---|"
    for name, form in FORMATS.items():
        yield f"| `{name}` | {form.title} | `{form.media_type}` | {'a folder' if form.is_folder else 'a file'} |"
    yield ""


if __name__ == "__main__":
    main()
