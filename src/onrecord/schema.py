"""The JSON Schema of the report: the contract, as data that a program can check against.

The schema is a file (`data/report.schema.json`, JSON Schema draft 2020-12) and not derived from `types`, so that a change of a
type that would break the contract fails a test and does not quietly change the contract with it.
"""

from __future__ import annotations

import json
from importlib.resources import files

from onrecord.types import Json


def load_schema() -> Json:
    """The JSON Schema (draft 2020-12) of `Report.to_dict()`; `$defs/skipped` is that of `Skipped.to_dict()`."""
    text = (files("onrecord") / "data" / "report.schema.json").read_text(encoding="utf-8")
    schema: Json = json.loads(text)
    return schema
