"""onrecord in a spaCy pipeline (extra `spacy`): `nlp.add_pipe("onrecord")` reads each Doc's text as `onrecord.read_text` does.

What was read is on the Doc, in spaCy's own terms: `doc.spans["statements"]`, `["cues"]` and `["sources"]` hold Spans whose `id_` is the id
of their statement, and `doc._.attributions` the relations between them. `doc._.report` is the whole report, with spans to the character.
The component asks nothing of the rest of the pipeline, so that a blank one will do. Tokens are spaCy's: a span that ends inside a token
takes all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from spacy.language import Language
from spacy.tokens import Doc, Span

from onrecord.capture import build_capture
from onrecord.errors import UnreadableError
from onrecord.pipeline import map_ahead, read_captured
from onrecord.types import Report
from onrecord.types import Span as Place

_FACTORY = "onrecord"


@dataclass(frozen=True, slots=True)
class Attribution:
    """One statement in tokens: its id and kind in the report, who says it, and the Spans of its source, cue and content."""

    id: str
    kind: str
    speaker: str | None  # the source's name over the whole document
    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    within: str | None  # the id of the statement that it stands in


@Language.factory(
    _FACTORY,
    default_config={"published": None, "force": False, "min_confidence": None},
    assigns=["doc.spans", "doc._.report", "doc._.attributions"],
)
def build_component(nlp: Language, name: str, published: str | None, force: bool, min_confidence: float | None) -> OnRecord:
    """The component. `published` is the day that all texts are of (ISO 8601) where they do not say; the rest is as in `read_text`."""
    return OnRecord(published=published, force=force, min_confidence=min_confidence)


class OnRecord:
    """The pipeline component; texts that cannot be read (empty ones, other languages) have no statements, and `doc._.report` is None."""

    def __init__(self, *, published: str | None = None, force: bool = False, min_confidence: float | None = None) -> None:
        self.published, self.force, self.min_confidence = published, force, min_confidence
        for extension in ("report", "attributions"):
            if not Doc.has_extension(extension):
                Doc.set_extension(extension, default=None if extension == "report" else ())

    def __call__(self, doc: Doc) -> Doc:
        return _annotate(doc, self._read(doc))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 0) -> Iterator[Doc]:
        """Docs in their order, a few read at once; `batch_size` is spaCy's and changes nothing."""
        for doc, report in map_ahead(lambda doc: (doc, self._read(doc)), stream):
            yield _annotate(doc, report)

    def _read(self, doc: Doc) -> Report | None:
        capture = build_capture(doc.text.encode(), location="doc", media_type="text/plain", charset="utf-8")
        try:
            return read_captured(capture, published=self.published, force=self.force, min_confidence=self.min_confidence)
        except UnreadableError:
            return None


def _annotate(doc: Doc, report: Report | None) -> Doc:
    """The Doc with what was read of it."""
    attributions = tuple(_read_attributions(doc, report)) if report else ()
    doc._.report, doc._.attributions = report, attributions
    doc.spans["statements"] = list(chain.from_iterable(each.content for each in attributions))
    doc.spans["cues"] = list(chain.from_iterable(each.cue for each in attributions))
    doc.spans["sources"] = list(chain.from_iterable(each.source for each in attributions))
    return doc


def _read_attributions(doc: Doc, report: Report) -> Iterator[Attribution]:
    names = {source.id: source.name for source in report.sources}
    offset = len(doc.text) - len(report.document.text)  # a byte order mark is no part of a report's text; all else is

    def find(places: Iterable[Place], label: str, statement: str) -> tuple[Span, ...]:
        found = (
            doc.char_span(place.start + offset, place.end + offset, label=label, span_id=statement, alignment_mode="expand")
            for place in places
        )
        return tuple(span for span in found if span is not None)

    for said in report.statements:
        source = said.source
        yield Attribution(
            id=said.id,
            kind=said.kind,
            speaker=names.get(source.id) if source else None,
            source=find(source.spans if source else (), "SOURCE", said.id),
            cue=find(said.cue, "CUE", said.id),
            content=find(said.content, "CONTENT", said.id),
            within=said.within,
        )
