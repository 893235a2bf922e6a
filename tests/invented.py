"""An invented report with every shape that the doors have to show, built by hand from an invented article.

Spans are looked up by their words, so that the article can be read and changed without counting characters.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from onrecord.types import (
    Block,
    Certainty,
    Difference,
    Document,
    Evidence,
    Hop,
    Interval,
    Report,
    Source,
    SourceRef,
    Span,
    Statement,
    Time,
    Variant,
)

PARAGRAPHS = (
    "Tollmen of the salt canal have promised free passage to striking bargees, according to a post seen on Monday.",
    "“A warden of the Saltway League, Abu Salim Dara, says ‘we shall open every lock to our brothers [the bargees],’” "
    "wrote Mara Quill, an analyst at the Lowland Institute, on Twitter.",
    "Quill added that it was “far from clear whether the promise is meant”.",
    "A warden of the Saltway League, Abu Salim Dara, says ‘we shall open every lock to our brothers’",
    "— Mara Quill (@maraquill) March 4, 2024",
    "“The locks are ours,” he said in a letter last week. “The water is not.",
    "“It never was.”",
    "A person close to the canal board said the gates had been shut for repairs.",
    "The board had known since the spring. It was said that the keys were lost.",
    "The ferry union denied that the strike was over and called the tollmen “knights of rust” on Monday.",
)
TEXT = "\n\n".join(PARAGRAPHS) + "\n"


def at(words: str, nth: int = 0) -> Span:
    """Where `words` stand in the article, for the `nth` time."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return Span(start, start + len(words))


def between(first: str, last: str) -> Span:
    """From the start of `first` to the end of the next `last`."""
    start = TEXT.index(first)
    return Span(start, TEXT.index(last, start) + len(last))


POST = between("A warden of", "[the bargees],’")
OWN = between("we shall open every lock to our brothers [", "bargees]")
HE = Span(at("he said").start, at("he said").start + 2)
PUBLISHER = Hop("publisher", None, None)
DARA, QUILL = "p1", "p2"


def said(number: int, kind: str, content: tuple[Span, ...], source: SourceRef | None, **more: object) -> Statement:
    """A statement with what most have in common."""
    chain = (Hop(source.id if source else None, f"s{number}", None), PUBLISHER)
    values = {"cue": (), "within": None, "chain": chain, "confidence": 0.9, **more}
    return Statement(id=f"s{number}", kind=kind, content=content, source=source, **values)  # type: ignore[arg-type]


def build_statements() -> tuple[Statement, ...]:
    quill = Hop(QUILL, "s2", "Twitter")
    return (
        said(
            1,
            "indirect",
            (between("have promised", "bargees"),),
            SourceRef(DARA, (at("Tollmen of the salt canal"),)),
            confidence=0.61,
            cue=(at("according to"),),
            time=Interval(date(2024, 3, 4), date(2024, 3, 4)),
            certainty=Certainty(0.2, at("far from clear")),
        ),
        said(
            2,
            "direct",
            (POST,),
            SourceRef(QUILL, (at("Mara Quill, an analyst at the Lowland Institute"),)),
            cue=(at("wrote"),),
            chain=(quill, PUBLISHER),
            evidence=("e1",),
            insertions=(at("[the bargees]"),),
            confidence=0.97,
        ),
        said(
            3,
            "direct",
            (OWN,),
            SourceRef(DARA, (between("A warden of", "Abu Salim Dara"),)),
            cue=(at("says"),),
            within="s2",
            chain=(Hop(DARA, "s3", None), quill, PUBLISHER),
            certainty=Certainty(2.8, None),
            insertions=(at("[the bargees]"),),
            confidence=0.93,
        ),
        said(
            4,
            "mixed",
            (between("it was “far", "meant”"),),
            SourceRef(QUILL, (at("Quill", 1),)),
            cue=(at("added"),),
            about=("s1", "s3"),
            stances=("doubts", "doubts"),
        ),
        said(
            5,
            "direct",
            (at("“The locks are ours,”"), between("“The water is not.", "“It never was.”")),
            SourceRef(DARA, (HE,)),
            cue=(at("said in a letter"),),
            chain=(Hop(DARA, "s5", "letter"), PUBLISHER),
            time=Interval(date(2024, 2, 26), date(2024, 3, 3)),
        ),
        said(
            6,
            "indirect",
            (between("the gates had", "repairs"),),
            SourceRef("p4", (at("A person close to the canal board"),)),
            cue=(at("said", 1),),
            confidence=0.88,
        ),
        said(7, "indirect", (between("The board had known", "spring"),), SourceRef("p4", ()), confidence=0.44),
        said(8, "indirect", (between("the keys were", "lost"),), None, cue=(at("It was said"),), confidence=0.52),
        said(
            9,
            "indirect",
            (between("the strike was", "over"),),
            SourceRef("p5", (at("The ferry union"),)),
            cue=(at("denied"),),
            certainty=Certainty(-2.7, at("denied")),
        ),
        said(10, "mixed", (between("called the tollmen", "rust”"),), SourceRef("p5", (at("The ferry union"),)), confidence=0.71),
    )


def build_sources() -> tuple[Source, ...]:
    return (
        Source(
            id=DARA,
            name="Abu Salim Dara",
            kind="person",
            roles=("warden",),
            affiliations=("p3",),
            mentions=(at("Tollmen of the salt canal"), at("Abu Salim Dara"), at("Abu Salim Dara", 1), HE),
        ),
        Source(
            id=QUILL,
            name="Mara Quill",
            kind="person",
            roles=("analyst",),
            affiliations=("p6",),
            handles=("@maraquill",),
            mentions=(at("Mara Quill"), at("Quill", 1)),
        ),
        Source(id="p3", name="Saltway League", kind="organisation", mentions=(at("Saltway League"), at("Saltway League", 1))),
        Source(id="p4", name="A person close to the canal board", kind="unnamed", mentions=(at("A person close to the canal board"),)),
        Source(id="p5", name="The ferry union", kind="group", mentions=(at("The ferry union"),)),
        Source(id="p6", name="Lowland Institute", kind="organisation", mentions=(at("Lowland Institute"),)),
    )


def build_report() -> Report:
    """The whole report on the invented article."""
    embed = Span(at(PARAGRAPHS[3]).start, at(PARAGRAPHS[4]).end)
    document = Document(
        id="sha256:" + "0f" * 32,
        text=TEXT,
        url="https://harbourpost.example/locks",
        title="Tollmen promise bargees free passage",
        authors=("Tove Lind", "Ansel Roe"),
        publisher="The Harbour Post",
        published=date(2024, 3, 5),
        modified=None,
        language="en",
        blocks=tuple(Block(at(paragraph), "paragraph") for paragraph in PARAGRAPHS),
    )
    return Report(
        document=document,
        statements=build_statements(),
        sources=build_sources(),
        times=(
            Time(span=at("last week"), type="DATE", value="2024-W09", days=Interval(date(2024, 2, 26), date(2024, 3, 3))),
            Time(span=at("the spring"), type="DATE", value="XXXX-SP", days=None),
        ),
        evidence=(
            Evidence(
                id="e1",
                kind="embed",
                platform="Twitter",
                author="Mara Quill",
                handle="@maraquill",
                posted=date(2024, 3, 4),
                content=(embed,),
            ),
            Evidence(id="e2", kind="document", author="canal board", status="archived", status_span=at("shut for repairs")),
        ),
        variants=(
            Variant(
                members=("s2", "s3"),
                relation="truncation",
                differences=(
                    Difference("delete", at("[the bargees]"), Span(OWN.end, OWN.end)),
                    Difference("replace", at("every lock"), at("The locks")),
                ),
            ),
        ),
    )


def with_text(words: str) -> Report:
    """The report with `words` from a hostile hand wherever a report can hold them: text, names, roles, title, and the rest."""
    report = build_report()
    text = f"{words}\n{words}"
    span, both = Span(0, len(words)), Span(0, len(text))
    statement = replace(
        report.statements[1],
        content=(both,),
        cue=(span,),
        source=SourceRef(QUILL, (span,)),
        certainty=Certainty(0, span),
        chain=(Hop(QUILL, "s2", words), PUBLISHER),
    )
    nested = replace(report.statements[2], content=(span,), cue=(), source=SourceRef("p3", ()), kind="mixed", certainty=None)
    quill = replace(report.sources[1], name=words, roles=(words,), handles=(words,), mentions=(span,))
    document = replace(
        report.document,
        text=text,
        title=words,
        authors=(words,),
        publisher=words,
        url=words,
        blocks=(Block(span, "paragraph"), Block(Span(len(words) + 1, len(text)), "paragraph")),
    )
    evidence = replace(report.evidence[0], author=words, handle=words, url=words, content=(both,), status="deleted", status_span=span)
    variant = Variant(members=("s2", "s3"), relation="alteration", differences=(Difference("replace", span, both),))
    time = Time(span=span, type="DATE", value="2024", days=None)
    return Report(
        document=document,
        statements=(statement, nested),
        sources=(quill, Source(id="p3", name=words, kind="group")),
        evidence=(evidence,),
        variants=(variant,),
        times=(time,),
    )
