"""What a person sees: the lines that matter, in every width, and nothing that a hostile page could do to a terminal."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from onrecord.cli.plain import format_plain
from onrecord.cli.view import render_report
from onrecord.types import Interval, Report, Span, Time
from onrecord.view.outline import build_outline
from onrecord.view.visible import show
from tests.invented import build_report, with_text


def draw(report: Report, width: int = 100, *, colour: bool = False, full: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colour, highlight=False, markup=False, emoji=False)
    render_report(report, console, full=full)
    return out.getvalue()


def find_lines(text: str, first: str, count: int) -> list[str]:
    """The `count` lines from the one that starts with `first`."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip(" │├└─").startswith(first))
    return lines[start : start + count]


DRAWN = {
    "a paraphrase, its certainty and who comments on it": (
        "s1 ",
        [
            "s1  Abu Salim Dara             ≈  according to: have promised free passage to striking bargees",
            "    open (“far from clear”)",
            "    doubted in s4 · 2024-03-04",
        ],
    ),
    "a direct statement with evidence and a version, and the one that it holds": (
        "s2 ",
        [
            "s2  Mara Quill (Twitter)       ❝  wrote: “A warden of the Saltway League, Abu Salim Dara, says ‘we",
            "    ⇄ s3 · ◇ e1                   shall open every lock to our brothers [the bargees],’”",
            "└ s3  Abu Salim Dara → Mara    ❝  says: “we shall open every lock to our brothers [the bargees]”",
            "      Quill (Twitter)",
            "      certain · doubted in s4",
            "      ⇄ s2",
        ],
    ),
    "a partly quoted one that doubts two others": (
        "s4 ",
        [
            "s4  Mara Quill · doubts s1, s3 ❝≈ added: it was “far from clear whether the promise is meant”",
        ],
    ),
    "broken words, over paragraphs": (
        "s5 ",
        [
            "s5  Abu Salim Dara (letter)    ❝  said in a letter: “The locks are ours,” … “The water is not. ¶ “It",
            "    2024-02-26 to 2024-03-03      never was.”",
        ],
    ),
    "an inherited source": (
        "s7 ",
        [
            "s7  A person close to the      ≈  The board had known since the spring",
            "    canal board",
            "    carried on · only 44% sure",
        ],
    ),
    "no source": ("s8 ", ["s8  (no source in the text)    ≈  It was said: the keys were lost", "    only 52% sure"]),
    "a denial": ("s9 ", ["s9  The ferry union · denied   ≈  denied: the strike was over"]),
    "versions": (
        "Versions",
        ["Versions of one statement", "  s2, s3: truncation; “[the bargees]” left out; “every lock” → “The locks”"],
    ),
    "evidence": (
        "Evidence",
        [
            "Evidence",
            "  e1: embed on Twitter, Mara Quill (@maraquill), 2024-03-04; shows s2",
            "  e2: document, canal board; archived (“shut for repairs”)",
        ],
    ),
    "sources": (
        "Sources",
        [
            "Sources",
            "  Abu Salim Dara               person, 3 said · warden · Saltway League · as Tollmen of the salt",
            "                               canal",
            "  Mara Quill @maraquill        person, 2 said · analyst · Lowland Institute · as Quill",
        ],
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_lines(name: str) -> None:
    first, lines = DRAWN[name]
    assert find_lines(draw(build_report()), first, len(lines)) == lines


def test_narrow_terminals_have_the_words_below_the_margin() -> None:
    assert find_lines(draw(build_report(), 50), "s2 ", 4) == [
        "s2  Mara Quill (Twitter)",
        "    ⇄ s3 · ◇ e1",
        "      ❝  wrote: “A warden of the Saltway League,",
        "         Abu Salim Dara, says ‘we shall open every",
    ]


def test_header() -> None:
    lines = draw(build_report()).splitlines()
    assert lines[0] == "Tollmen promise bargees free passage"
    assert lines[1] == "The Harbour Post · by Tove Lind, Ansel Roe · 2024-03-05 · https://harbourpost.example/locks"
    assert lines[2] == "10 statements · 6 sources   ❝ said   ≈ paraphrased   ❝≈ partly quoted"


@pytest.mark.parametrize(("width", "most"), [(120, 2), (80, 3), (50, 3)])
def test_long_words_are_folded_in_their_middle(width: int, most: int) -> None:
    report = build_report()
    long = replace(report.statements[8], content=(Span(0, len(report.document.text)),))
    report = replace(report, statements=(long,), variants=(), evidence=(), times=(), sources=())
    folded, full = draw(report, width), draw(report, width, full=True)
    words = folded[folded.index("s9 ") :].splitlines()
    assert len(words) <= most + 2 * (width == 50)
    assert "Tollmen of the salt canal" in folded
    assert "⋯" in folded
    assert words[-1].endswith("Monday.")
    assert "⋯" not in full
    assert "far from clear" in " ".join(full.split())


PLAIN_LINES = [
    "publisher: The Harbour Post",
    "10 statements, 6 sources",
    "s1: Tollmen of the salt canal = Abu Salim Dara; warden; Saltway League",
    "  paraphrased; 61% sure; cue “according to”; told as open (“far from clear”); 2024-03-04",
    "  > “A warden of the Saltway League, Abu Salim Dara, says ‘we shall open every lock to our brothers [the bargees],’”",
    "  evidence: e1",
    "  other versions: s3",
    "  doubts s1, s3",
    "  doubted in s4",
    "  e1: embed on Twitter, Mara Quill (@maraquill), 2024-03-04; shows s2",
    "  s3 (inside s2): A warden of the Saltway League, Abu Salim Dara",
    "    through: Abu Salim Dara, then Mara Quill (Twitter), then The Harbour Post",
    "s7: A person close to the canal board (source carried on from above); unnamed",
    "s8: (no source in the text)",
    "  Saltway League: organisation; 0 statements",
]


@pytest.mark.parametrize("line", PLAIN_LINES)
def test_plain_lines(line: str) -> None:
    assert line in format_plain(build_report()).splitlines()


def test_plain_has_no_drawing() -> None:
    assert not re.search(r"[─-◿\x1b❝≈↳→]", format_plain(build_report()).replace("“every lock” → “The locks”", ""))


def test_plain_holds_all_that_is_drawn() -> None:
    drawn, plain = (set(re.findall(r"\w{3,}", text)) for text in (draw(build_report(), 200, full=True), format_plain(build_report())))
    assert drawn - plain <= {"also", "carried", "only", "sure"}


def test_reads_without_colour() -> None:
    text = draw(build_report())
    assert "\x1b" not in text
    assert [len(re.findall(rf"^(?:└ )?s\d+ .* {sign} ", text, re.M)) for sign in ("❝ ", "≈ ", "❝≈")] == [3, 5, 2]


def test_quoted_part_of_a_mixed_statement_is_bold() -> None:
    line = next(line for line in draw(build_report(), colour=True).splitlines() if "it was" in line)
    assert "\x1b[3mit was “\x1b[0m\x1b[1mfar from clear whether the promise is meant\x1b[0m\x1b[3m”" in line


def test_insertions_are_set_apart() -> None:
    assert "\x1b[2;3m[the bargees]\x1b[0m" in draw(build_report(), 120, colour=True)


def test_originator_is_bold() -> None:
    assert "\x1b[1mAbu Salim Dara\x1b[0m\x1b[2m → \x1b[0mMara" in draw(build_report(), colour=True)


def test_right_to_left_names_keep_the_order_of_a_chain() -> None:
    report = build_report()
    sources = tuple(replace(s, name="أبو سالم") if s.id == "p1" else s for s in report.sources)
    assert "أبو سالم\u200e → Mara Quill (Twitter)" in draw(replace(report, sources=sources), 140)


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", draw(build_report(), colour=True))


@pytest.mark.parametrize(("width", "lines"), [(120, 45), (80, 60)])
def test_whole_article_fits_one_screen(width: int, lines: int) -> None:
    assert len(draw(build_report(), width).splitlines()) <= lines


HOSTILE = {
    "rich markup": "[bold]loud[/bold] [/] [link=file:///etc]x[/link] :smiley:",
    "escapes": "\x1b]52;c;aGk=\x07 \x1b[2J\x9b31m \x00",
    "bidirectional controls": "moc.\u202elive\u202c \u2066a\u2069 \u200f\u061c",
    "invisible": "R\u200be\u00adu\u2060t\ufeffers \u3164 \U000e0041 \U000e0100 \u200d",
    "line breaks": "one\r\ntwo\rthree\u2028four\u2029five\tsix\vseven\x85eight",
    "surrogates": "half \ud83d pair",
    "a long word": "x" * 500,
    "wide letters": "見出しの長い言葉が続く" * 12,
    "right to left": "وعد حراس القناة بالمرور الحر لجميع القوارب " * 4,
    "emoji": "👩‍🚒🔥❤️🇫🇷👍🏽 " * 20,
    "stacked marks": "z" + "\u0301" * 300,
    "only spaces": "   ",
}
DRAWN_BY_US = {"\n"}


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_in_its_place(name: str, width: int) -> None:
    report = with_text(HOSTILE[name])
    for text in (draw(report, width), format_plain(report, width)):
        assert max(cell_len(line) for line in text.split("\n")) <= width
        hidden = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - DRAWN_BY_US
        assert hidden <= ({"\u200e"} if name == "right to left" else set())


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_width_is_kept(width: int) -> None:
    for text in (draw(build_report(), width), format_plain(build_report(), width)):
        assert max(cell_len(line) for line in text.split("\n")) <= width


SHOWN = {
    "[bold]x[/bold]": "[bold]x[/bold]",
    "a\u202eb": "a⟨U+202E⟩b",
    "\x1b[2J": "⟨U+001B⟩[2J",
    "a \r\n b\tc": "a b c",
    "tag\U000e0041": "tag⟨U+E0041⟩",
    "می\u200cخواهم": "می\u200cخواهم",
    "pay\u200cpal": "pay⟨U+200C⟩pal",
    "soft\u00adhyphen": "soft⟨U+00AD⟩hyphen",
    "naïve “quote” — 言葉 شكرا": "naïve “quote” — 言葉 شكرا",
}


@pytest.mark.parametrize("text", SHOWN)
def test_show(text: str) -> None:
    assert show(text) == SHOWN[text]


def test_markup_is_shown_as_it_stands() -> None:
    assert "[bold]loud[/bold] [/] [link=file:///etc]x[/link] :smiley:" in draw(with_text(HOSTILE["rich markup"]), 200)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=60), st.integers(40, 120))
def test_any_text_in_any_width(words: str, width: int) -> None:
    report = with_text(words)
    for text in (draw(report, width), format_plain(report, width)):
        assert max(cell_len(line) for line in text.split("\n")) <= width
        assert "\x1b" not in text


def test_deep_nesting_leaves_room_for_words() -> None:
    report = build_report()
    deep = tuple(replace(report.statements[2], id=f"s{n}", within=f"s{n - 1}" if n else None) for n in range(60))
    for text in (draw(replace(report, statements=deep), 60), format_plain(replace(report, statements=deep), 60)):
        assert max(cell_len(line) for line in text.split("\n")) <= 60
        assert "s59" in text


def test_statements_that_hold_one_another_are_all_shown() -> None:
    report = build_report()
    circle = tuple(replace(s, within={"s1": "s2", "s2": "s1", "s3": "s3"}.get(s.id, "s99")) for s in report.statements)
    plain = format_plain(replace(report, statements=circle))
    assert re.findall(r"^s\d+", plain, re.M)[:10] == [s.id for s in report.statements]


def test_siblings_are_joined_by_guides() -> None:
    report = build_report()
    nested = tuple(replace(s, within="s1" if s.id in ("s2", "s4") else s.within) for s in report.statements)
    lines = draw(replace(report, statements=nested)).splitlines()
    assert [line[:6] for line in lines if re.match(r"[ │]*[├└]", line)] == ["├ s2  ", "│ └ s3", "└ s4  "]


def test_report_of_nothing() -> None:
    report = build_report()
    empty = replace(
        report,
        statements=(),
        sources=(),
        times=(),
        evidence=(),
        variants=(),
        document=replace(report.document, title=None, authors=(), publisher=None, published=None, url=None),
    )
    assert draw(empty) == "(no title)\nno statements found\n"
    assert format_plain(empty) == "(no title)\nno statements found"


def test_times_that_name_days_are_listed_once_and_briefly() -> None:
    text = build_report().document.text
    first, last = date(2024, 2, 26), date(2024, 3, 3)
    days = [Interval(first, last), Interval(first, last), Interval(date(2024, 2, 1), date(2024, 2, 29)), None]
    spans = [Span(0, 4), Span(0, 4), Span(0, 4), Span(5, 9)]
    times = tuple(Time(span=span, type="DATE", value="", days=d) for span, d in zip(spans, days, strict=True))
    notes = dict(build_outline(replace(build_report(), times=times)).notes)
    assert notes["Times in the text"] == (f"{text[:4]} = 2024-02-26 to 2024-03-03 · {text[:4]} = 2024-02",)
