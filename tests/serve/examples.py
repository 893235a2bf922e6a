"""The examples of the API's description: answers of the story that comes with onrecord, shortened.

python -m tests.serve.examples       # writes them anew after a change; then look at the difference
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from bench.api import build_probed
from onrecord.capture.observe import Observation
from onrecord.store import Store, add, keep_observations, open_store
from onrecord.types import Json

STORY = Path(__file__).parents[2] / "examples" / "story"
KEPT = Path(__file__).parents[2] / "src" / "onrecord" / "web" / "api" / "examples.json"
_POST = "https://post.example/14"
_TEXT = {"text": "“We will not close a single berth before April,” Ilsa Dorn told reporters on Tuesday.", "published": "2024-01-09"}
_STORED = {"text": "“The ice will decide,” the harbour master, Oda Rehn, said on Friday.", "published": "2024-01-12"}
_JOINED = {"kind": "join", "a": "716d409a5ba5/p1", "b": "7382242465c2/p3", "note": "the only director the port has"}
_MENDED = {"subject": "716d409a5ba5/s2", "verdict": "mend", "mended": {"certainty": 2.5}, "note": "nothing doubts it"}
_SENT: dict[str, tuple[str, Json]] = {  # by the operations' ids
    "read": ("/read", _TEXT),
    "add_document": ("/documents", _STORED),
    "judge": ("/judgements", _JOINED),
    "review": ("/reviews", _MENDED),
    "check_receipt": ("/documents/716d409a5ba5/receipt/check", {}),
}
_ASKED = {
    "list_documents": "/documents?limit=2",
    "get_document": "/documents/716d409a5ba5",
    "get_receipt": "/documents/716d409a5ba5/receipt",
    "search": "/statements?words=berth&limit=1",
    "get_statement": "/statements/716d409a5ba5/s2",
    "count_facets": "/facets?words=berth",
    "trace": "/trace?id=716d409a5ba5/s2&base=first",
    "who": "/sources?name=Ilsa+Dorn",
    "list_judgements": "/judgements",
    "list_observations": f"/observations?url={_POST}",
    "list_reviews": "/reviews",
    "status": "/status",
}


def build_examples(store: Store) -> dict[str, Json]:
    """For each operation that answers with JSON, what is sent and what is answered; of long lists the first ones only."""
    keep_observations(store, [_build_observation()])
    app, secret = build_probed(store)
    client = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
    made: dict[str, Json] = {}
    for name, (path, sent) in _SENT.items():
        answer = client.post(f"/api/v1{path}", json=sent) if sent else client.post(f"/api/v1{path}")
        made[name] = {**({"request": sent} if sent else {}), "answers": {str(answer.status_code): _cut(answer.json())}}
    for name, path in _ASKED.items():
        made[name] = {"answers": {"200": _cut(client.get(f"/api/v1{path}").json())}}
    return made


def _build_observation() -> Observation:
    return Observation(
        url=_POST,
        time=datetime(2024, 3, 14, 9, 30, tzinfo=UTC),
        method="page",
        status="absent",
        reason="404 Not Found",
        http_status=404,
        answered=_POST,
    )


_SHORT: dict[str, Callable[[Any], Any]] = {
    "text": lambda text: text if len(text) < 200 else f"{text[:200]} …",
    "chain": lambda found: found,
    "versions": lambda found: found[:2],
    "articles": lambda found: found[:2],
    "checks": lambda found: found[:4],
}


def _cut(value: Any, name: str = "") -> Any:
    """A value with what is long in it cut short: of lists the first items, as many as tell what they hold."""
    if isinstance(value, dict):
        return {key: _cut(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_cut(part) for part in (_SHORT[name](value) if name in _SHORT else value[:1])]
    return _SHORT[name](value) if name in _SHORT and isinstance(value, str) else value


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "story.db"), make=True)
        assert [kept.outcome for kept in add(store, [str(STORY)])] == ["added"] * 8
        text = json.dumps(build_examples(store), indent=1, ensure_ascii=False)
        store.close()
    KEPT.write_text(text.replace(f"{STORY}/", "examples/story/") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
