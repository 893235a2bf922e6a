"""Time expressions and the times of statements, on sentences of our own. The publication day is a Thursday unless a case says else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.resolve.times import NO_DATE, Telling, find_times, find_times_said
from onrecord.resolve.times.days import find_days, find_easter
from onrecord.types import Embed, Interval, Reading, Span, Time
from tests.timing import measure_best

THURSDAY = date(2031, 5, 15)


def read_times(text: str, published: date | None = THURSDAY) -> list[tuple[str, str, str]]:
    """Each time as (words, type, value)."""
    return [(t.span.of(text), t.type, t.value) for t in find_times(text, published).found]


def read_days(text: str, published: date | None = THURSDAY) -> list[str]:
    """Each time's days as FROM or FROM..TO; "-" where it has none."""
    return [_show(t.days) for t in find_times(text, published).found]


def _show(days: Interval | None) -> str:
    if days is None:
        return "-"
    return str(days.first) if days.first == days.last else f"{days.first}..{days.last}"


# --- types and values ------------------------------------------------------------------------------------------------

VALUES = [
    # written out
    ("The ferry sank on 3 March 2029.", "3 March 2029", "DATE", "2029-03-03"),
    ("The ferry sank on March 3rd, 2029, off Noor.", "March 3rd, 2029", "DATE", "2029-03-03"),
    ("It sank on Friday, March 2, 2029.", "Friday, March 2, 2029", "DATE", "2029-03-02"),
    ("It opened in May 2012.", "May 2012", "DATE", "2012-05"),
    ("It opened in late April.", "late April", "DATE", "2031-04"),
    ("Ana, who replaced Tom as its head in July, left.", "July", "DATE", "2030-07"),
    ("The film was no longer available on Tuesday.", "Tuesday", "DATE", "2031-05-13"),
    ("It opened in 1987.", "1987", "DATE", "1987"),
    ("They spoke in the spring.", "the spring", "DATE", "2031-SP"),
    ("It will reopen in the fall.", "the fall", "DATE", "2031-FA"),
    ("It has run every November.", "every November", "SET", "XXXX-11"),
    ("It floods each May.", "each May", "SET", "XXXX-05"),
    ("It opened in mid-2015.", "mid-2015", "DATE", "2015"),
    ("Logged 2029-03-02T10:30 by the harbour.", "2029-03-02T10:30", "TIME", "2029-03-02T10:30"),
    ("The stamp says 21/04/2030.", "21/04/2030", "DATE", "2030-04-21"),
    ("The stamp says 04/21/2030.", "04/21/2030", "DATE", "2030-04-21"),
    ("Bells rang on Christmas Day 2029.", "Christmas Day 2029", "DATE", "2029-12-25"),
    ("It opened in the summer of 2019.", "the summer of 2019", "DATE", "2019-SU"),
    ("In the 1990s the pier was wooden.", "the 1990s", "DATE", "199"),
    ("A pier of the 19th century stood there.", "the 19th century", "DATE", "18"),
    ("The league played its 2003-04 season here.", "2003-04", "DATE", "2003/2004"),
    ("Profit rose in the third quarter of 2029.", "the third quarter of 2029", "DATE", "2029-Q3"),
    ("Costs fell in fiscal 2029.", "fiscal 2029", "DATE", "2029"),
    # counted from publication
    ("The port closed yesterday.", "yesterday", "DATE", "2031-05-14"),
    ("The port closes tomorrow.", "tomorrow", "DATE", "2031-05-16"),
    ("The port closed last week.", "last week", "DATE", "2031-W19"),
    ("The port closes next month.", "next month", "DATE", "2031-06"),
    ("The port closed last year.", "last year", "DATE", "2030"),
    ("The port closed on Tuesday.", "Tuesday", "DATE", "2031-05-13"),
    ("The port closed on Thursday.", "Thursday", "DATE", "2031-05-15"),
    ("The port closed on Friday.", "Friday", "DATE", "2031-05-09"),
    ("The port will close on Friday.", "Friday", "DATE", "2031-05-16"),
    ("It closed, said Mr May on Wednesday.", "Wednesday", "DATE", "2031-05-14"),
    ("The port closed on Monday morning.", "Monday morning", "TIME", "2031-05-12TMO"),
    ("The port shut at 2 p.m. on Tuesday.", "2 p.m. on Tuesday", "TIME", "2031-05-13T14:00"),
    ("The port closed in November.", "November", "DATE", "2030-11"),
    ("The port will close in January.", "January", "DATE", "2032-01"),
    ("The port closed three years ago.", "three years ago", "DATE", "2028"),
    ("The port closed two days ago.", "two days ago", "DATE", "2031-05-13"),
    ("The port closed tonight.", "tonight", "TIME", "2031-05-15TNI"),
    ("It was shut over the weekend.", "the weekend", "DATE", "2031-W19-WE"),
    ("It was built in the early 1990s.", "the early 1990s", "DATE", "199"),
    # stretches, sets and what names no day
    ("It was shut for ten days.", "ten days", "DURATION", "P10D"),
    ("It was shut for two hours.", "two hours", "DURATION", "PT2H"),
    ("It was shut for several months.", "several months", "DURATION", "PXM"),
    ("A two-year ban was lifted.", "two-year", "DURATION", "P2Y"),
    ("Two and a half years ago it closed.", "Two and a half years ago", "DATE", "2028-11"),
    ("It was shut for a year and a half.", "a year and a half", "DURATION", "P1Y6M"),
    ("The ferry sails every Tuesday.", "every Tuesday", "SET", "XXXX-WXX-2"),
    ("The ferry sails on Mondays.", "Mondays", "SET", "XXXX-WXX-1"),
    ("The ferry sails on weekends.", "weekends", "SET", "XXXX-WXX-WE"),
    ("Fares rose over the past year.", "the past year", "DURATION", "P1Y"),
    ("The two-week strike ended.", "two-week", "DURATION", "P2W"),
    ("It was built in the late 1800s.", "the late 1800s", "DATE", "18"),
    ("The ferry sails twice a week.", "twice a week", "SET", "P1W"),
    ("The ferry sails daily.", "daily", "SET", "P1D"),
    ("The pier is now shut.", "now", "DATE", "PRESENT_REF"),
    ("The pier was recently shut.", "recently", "DATE", "PAST_REF"),
    ("The pier will soon shut.", "soon", "DATE", "FUTURE_REF"),
    ("Fewer sail in recent years.", "recent years", "DATE", "PAST_REF"),
]


@pytest.mark.parametrize(("text", "words", "kind", "value"), VALUES, ids=[case[1] for case in VALUES])
def test_a_time_has_its_type_and_value(text: str, words: str, kind: str, value: str) -> None:
    assert read_times(text) == [(words, kind, value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The Trust, which was founded in 2011, has grown since March.", "2031-03"),
        ("It will shut before 25 May. The following day, the Trust said so.", "2031-05-16"),
        ("It shut on 2 May, and will open on 25 May. The following day, the Trust said so.", "2031-05-03"),
    ],
)
def test_a_time_is_not_counted_from_what_is_far_or_to_come(text: str, value: str) -> None:
    assert read_times(text)[-1][2] == value


NO_TIMES = [
    "The Sunday Courant had it.",
    "He broke a leg in the fall of a wall.",
    "Prices fall; the spring in the bed broke.",
    "Some 1,500 people may march to the sea.",
    "About 1950 people came.",
    "It costs $1990 and weighs 2000 kg.",
    "A Boeing 747 flew over Windows 2000 in Room 1984.",
    "May I ask who April Noor is?",
    "She won the second prize and a quarter of the vote.",
    "The spring in the clock broke in the fall from the table.",
    "A 12-year-old boy, 12 years old, saw it.",
    "Route 12:30:44:1 and section 3.10 apply.",
    "They march on; the sun sat low, and Jan wed Mar.",
]


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert read_times(text) == []


# --- days ------------------------------------------------------------------------------------------------------------

DAYS = [
    ("It leaked between March and July this year.", ["2031-03-01..2031-03-31", "2031-07-01..2031-07-31"]),
    ("It leaked from June to August last year.", ["2030-06-01..2030-06-30", "2030-08-01..2030-08-31"]),
    ("It closed last week.", ["2031-05-05..2031-05-11"]),
    ("It closed this week.", ["2031-05-12..2031-05-18"]),
    ("It closed last month.", ["2031-04-01..2031-04-30"]),
    ("It closed in the third quarter of 2030.", ["2030-07-01..2030-09-30"]),
    ("It closed in the 1980s.", ["1980-01-01..1989-12-31"]),
    ("It ran from July to December 2004.", ["2004-07-01..2004-07-31", "2004-12-01..2004-12-31"]),
    ("It was shut from Monday to Friday.", ["2031-05-12", "2031-05-16"]),
    ("It ran on April 24 and 25.", ["2031-04-24", "2031-04-25"]),
    ("It ran 3-5 March 2030.", ["2030-03-03", "2030-03-05"]),
    ("It ran in 2003-04.", ["2003-01-01..2004-12-31"]),
    ("It was last winter.", ["2030-12-01..2031-02-28"]),
    ("It was shut for ten days.", ["-"]),
    ("It sank on 9 June 2030. Two days later it was raised.", ["2030-06-09", "2030-06-11"]),
    ("It sank on 9 June 2030. The same day it was raised.", ["2030-06-09", "2030-06-09"]),
    ("It sank on 9 June 2030. That Tuesday it was raised.", ["2030-06-09", "2030-06-04"]),
    ("It sank in 1987. The following year it was raised.", ["1987-01-01..1987-12-31", "1988-01-01..1988-12-31"]),
    ("They met on 21/04/2030 and on 05/04/2030.", ["2030-04-21", "2030-04-05"]),
    ("They met on 04/21/2030 and on 05/04/2030.", ["2030-04-21", "2030-05-04"]),
]


@pytest.mark.parametrize(("text", "days"), DAYS, ids=[case[0] for case in DAYS])
def test_a_time_has_its_days(text: str, days: list[str]) -> None:
    assert read_days(text) == days


def test_easter_and_thanksgiving_move() -> None:
    assert [find_easter(year) for year in (2024, 2025, 2038)] == [date(2024, 3, 31), date(2025, 4, 20), date(2038, 4, 25)]
    assert read_days("It closed on Thanksgiving.") == ["2030-11-28"]


@pytest.mark.parametrize(
    "text", ["It sank on February 30.", "It sank on 31 June 2021.", "It sank on 45/13/2020.", "Logged 2020-13-40 there."]
)
def test_impossible_dates_have_no_days(text: str) -> None:
    assert set(read_days(text)) <= {"-", "2021-06-01..2021-06-30"}


@pytest.mark.parametrize("published", [date.min, date.max])
def test_the_ends_of_the_calendar_do_not_overflow(published: date) -> None:
    text = " ".join(case[0] for case in VALUES) + " The day before yesterday, in 90 years, 500 centuries ago, next century, last winter."
    assert find_times(text, published).found


# --- no publication date ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It closed last week.", "XXXX-WXX"),
        ("It closed on Friday.", "XXXX-WXX-5"),
        ("It closed last year.", "XXXX"),
        ("It closed in March.", "XXXX-03"),
        ("It closed on March 12.", "XXXX-03-12"),
        ("It closed yesterday.", "XXXX-XX-XX"),
    ],
)
def test_without_a_publication_date_relative_times_stay_open(text: str, value: str) -> None:
    times = find_times(text, None)
    assert [(t.value, t.days) for t in times.found] == [(value, None)]
    assert times.warnings == (NO_DATE,)


def test_without_a_publication_date_there_is_one_warning_and_only_where_it_matters() -> None:
    assert find_times("It closed last week and on Friday and yesterday.", None).warnings == (NO_DATE,)
    assert find_times("It closed on 3 March 2030.", None).warnings == ()
    assert read_days("It sank on 9 June 2030. Two days later it was raised.", None) == ["2030-06-09", "2030-06-11"]


# --- promises --------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [case[1] for case in VALUES]
    + [
        "the",
        " ",
        "\n",
        "last",
        "one",
        "may",
        "1",
        "99",
        "3.",
        ":",
        "/",
        "-",
        "day",
        "hundred",
        "of",
        "31",
        "February",
        "0000",
        "9999",
        "'s",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=300), st.none() | st.dates())
def test_any_text_and_day_give_spans_in_the_text_and_days_in_order(text: str, published: date | None) -> None:
    times = find_times(text, published)
    last = 0
    for one in times.found:
        assert last <= one.span.start < one.span.end <= len(text)
        assert one.type in ("DATE", "TIME", "DURATION", "SET")
        assert one.days is None or one.days.first <= one.days.last
        last = one.span.end
    assert len(times.warnings) <= 1


@given(st.text("0123456789-WQHXTSUFAEPI/", max_size=12))
def test_days_of_any_value_are_in_order(value: str) -> None:
    days = find_days(value)
    assert days is None or days.first <= days.last


HOSTILE = ["9", "the ", "last ", "one ", "day ", "May ", "12:", "1/", "two hundred ", "the early late mid ", "Monday\n", "every other "]


@pytest.mark.parametrize("piece", [" ".join(case[0] for case in VALUES) + "\n", *HOSTILE], ids=lambda p: p[:12].strip())
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    def measure(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        return measure_best(lambda: find_times(text, THURSDAY))

    measure(2000)
    assert measure(80_000) < 16 * measure(20_000) + 0.05


# --- when a statement was said ---------------------------------------------------------------------------------------


def say(marked: str, published: date | None = THURSDAY) -> str:
    """When the statement was said whose source is in (), cue in {} and content in []; these marks are taken out."""
    text = marked.translate(str.maketrans("", "", "(){}[]"))
    spans: dict[str, list[Span]] = {"(": [], "{": [], "[": []}
    at, opened = 0, {}
    for char in marked:
        if char in "({[":
            opened[char] = at
        elif char in ")}]":
            mark = "({["[")}]".index(char)]
            spans[mark].append(Span(opened.pop(mark), at))
        else:
            at += 1
    reading = Reading(content=tuple(spans["["]), cue=tuple(spans["{"]), source=tuple(spans["("]), kind="indirect", confidence=1.0)
    return _show(find_times_said(Telling(text=text, readings=[reading], times=find_times(text, published).found))[0])


TENSES = [
    ("Talks resume on Sunday.", "2031-05-18"),
    ("They have until Monday to answer.", "2031-05-19"),
    ("Until Monday, they had not answered.", "2031-05-12"),
    ("He was told to report to the port by Friday.", "2031-05-16"),
    ("By Friday the water had gone.", "2031-05-09"),
    ("The hearing is Saturday.", "2031-05-17"),
    ("It sank the night of March 3.", "2031-03-03"),
    ("It sank on the third Monday of January.", "2031-01-20"),
]


@pytest.mark.parametrize(("text", "day"), TENSES)
def test_a_bare_day_takes_its_side_from_the_words_around(text: str, day: str) -> None:
    assert [_show(t.days) for t in find_times(text, THURSDAY).found] == [day]


SAID = [
    ("(The port) {said} on Tuesday [it would close].", "2031-05-13"),
    ("(The port) {told} reporters Monday [that it would close].", "2031-05-12"),
    ("(The port) {said} in a statement on Tuesday [that it would close].", "2031-05-13"),
    ("In a statement on Tuesday, (the port) {said} [it would close].", "2031-05-13"),
    ("On 3 March (the ministry) {announced} [a new pier].", "2031-03-03"),
    ("(The ministry) on Tuesday {announced} [a new pier].", "2031-05-13"),
    ("[“It will close,”] (Mara Quill) {wrote} last week.", "2031-05-05..2031-05-11"),
    ("[“It will close,”] {said} (Mara Quill) on Monday.", "2031-05-12"),
    ("(A letter sent on Monday) {said} [that it would close].", "2031-05-12"),
    ("Yesterday (Quill) {said} [that it would close].", "2031-05-14"),
    ("(Quill) {said} at the Tuesday meeting [that it would close].", "2031-05-13"),
    ("In a Monday letter, (the port) {said} [it would close].", "2031-05-12"),
    ("(Quill) {told} Harbour Radio’s “Tides of Today” on Monday [it would close].", "2031-05-12"),
    ("(The league) {endorsed} [the new pier] last week.", "2031-05-05..2031-05-11"),
    ("(The owner) rang on Monday and {said}, [“It will close.”]", "2031-05-12"),
    ("They knew it well: in March (he) {promised} [a new pier].", "2031-03-01..2031-03-31"),
    ("In a talk on Monday, a man who gave his name (as Abel Quill) {said} [it would close].", "2031-05-12"),
    ("And on Monday (Quill) {said} [it would close].", "2031-05-12"),
    ("It rained. Monday, (Quill, leading six crews), {asked} [the port to close].", "2031-05-12"),
]
NOT_SAID = [
    "(The port) {said} [it would close on Friday].",
    "(The port) {said} after Monday’s vote [that it would close].",
    "(Quill), who left on Monday, {said} [that it would close].",
    "After a fire on Monday, (the port) was shut, (Quill) {said}, [for good].",
    "The ferry sank on Monday. (Quill) {said} [it was old].",
    "(Quill) {said} [it would close], a week after the fire on Monday.",
    "(Quill), mayor since 2029, {said} [that it would close].",
    "(Quill) {said} [that it would close].",
]


@pytest.mark.parametrize(("marked", "days"), SAID)
def test_a_statement_has_the_time_of_its_cue(marked: str, days: str) -> None:
    assert say(marked) == days


@pytest.mark.parametrize("marked", NOT_SAID)
def test_a_statement_takes_no_time_that_is_not_its_cues(marked: str) -> None:
    assert say(marked) == "-"


def test_a_post_was_said_on_the_day_it_was_posted() -> None:
    reading = Reading(content=(Span(0, 5),), kind="direct", confidence=1.0, embed=0)
    embed = Embed(span=Span(0, 9), platform="Mastodon", posted=date(2030, 2, 1))
    assert find_times_said(Telling(text="words etc", readings=[reading], times=[], embeds=[embed])) == [
        Interval(date(2030, 2, 1), date(2030, 2, 1))
    ]


def test_a_quotation_without_a_cue_carries_on_and_a_nested_one_stays_inside() -> None:
    text = "“It sank,” Quill said on Monday. “Noor wrote on Sunday that it would.”\n\n“We saw it.”"
    times = find_times(text, THURSDAY).found
    outer = Reading(content=(Span(0, 10), Span(33, 70)), cue=(Span(17, 21),), source=(Span(11, 16),), kind="direct", confidence=1.0)
    nested = Reading(content=(Span(55, 68),), cue=(Span(39, 44),), source=(Span(34, 38),), kind="indirect", confidence=1.0, within=0)
    carried = Reading(content=(Span(72, 84),), kind="direct", confidence=1.0)
    said = find_times_said(Telling(text=text, readings=[outer, nested, carried], times=times))
    assert [_show(days) for days in said] == ["2031-05-12", "2031-05-11", "2031-05-12"]


def hear(text: str, *statements: tuple[str, str, str], speakers: list[str | None], **mentions: str) -> list[str]:
    """When each statement, given as source, cue and content, was said; a content in marks is direct. `mentions` are by speaker."""

    def find(words: str) -> tuple[Span, ...]:
        return (Span(text.index(words), text.index(words) + len(words)),) if words else ()

    readings = [
        Reading(content=find(c), cue=find(q), source=find(s), kind="direct" if c[0] == "“" else "indirect", confidence=1.0)
        for s, q, c in statements
    ]
    placed = {speaker: find(words) for speaker, words in mentions.items()}
    times = find_times(text, THURSDAY).found
    telling = Telling(text=text, readings=readings, times=times, speakers=speakers, mentions=placed, published=THURSDAY)
    return [_show(days) for days in find_times_said(telling)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("In a paper published on 2 May, a team gave figures. It rains. The paper states it will end.", "2031-05-02"),
        ("They found a letter, which is dated March 3, 2030. The paper, that letter, states it will end.", "2030-03-03"),
        ("A paper published on 2 May is one, a paper published on 4 May another. It rains. The paper states it will end.", "-"),
        ("A paper on ferries was to be published after the vote on 2 May. The paper states it will end.", "-"),
    ],
)
def test_what_a_document_says_it_said_when_it_was_made(text: str, days: str) -> None:
    source = "that letter" if "letter" in text else "The paper"
    assert hear(text, (source, "states", "it will end"), speakers=["p1"]) == [days]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Quill rang the owner on Monday. He said it would close.", "2031-05-12"),
        ("Quill sank on Monday. He said it would close.", "-"),
        ("Quill rang the owner on Monday.\n\nHe said it would close.", "-"),
        ("Quill rang the owner on Monday. On Tuesday the crew rested, and He said it would close.", "-"),
        ("Quill wrote two books last year. He said it would close.", "-"),
        ("Quill rang the owner on Monday. He says it would close.", "-"),
    ],
)
def test_a_statement_goes_on_with_its_sources_act_in_the_sentence_before(text: str, days: str) -> None:
    cue = "says" if "says" in text else "said"
    assert hear(text, ("He", cue, "it would close"), speakers=["p1"], p1="Quill") == [days]


def test_the_same_source_goes_on_in_a_sentence_and_the_next_and_another_does_not() -> None:
    text = "Quill said on Monday it sank, and added it was old. He denied a fire. Noor warned of more."
    statements = [("Quill", "said", "it sank"), ("Quill", "added", "it was old"), ("He", "denied", "a fire"), ("Noor", "warned", "of more")]
    assert hear(text, *statements, speakers=["p1", "p1", "p1", "p2"]) == ["2031-05-12"] * 3 + ["-"]


def test_the_turns_of_an_interview_have_the_day_of_the_talk() -> None:
    text = "We spoke on Monday, in the harbour.\n\nQ: Will it sink on Friday?\n\nA: It sank.\n\nNoor said it was old."
    statements = [("Q", "", "Will it sink on Friday?"), ("A", "", "It sank."), ("Noor", "said", "it was old")]
    assert hear(text, *statements, speakers=["p1", "p2", "p3"]) == ["2031-05-12", "2031-05-12", "-"]


def test_quotations_of_a_live_blog_are_of_its_day_and_those_of_a_chronicle_of_its_headings() -> None:
    live = "Live\n\n17:31\n\n“It sank,” Quill said.\n\n17:12\n\nNoor claimed it was old.\n\n16:40\n\nRain."
    statements = [("Quill", "said", "“It sank,”"), ("Noor", "claimed", "it was old")]
    assert hear(live, *statements, speakers=["p1", "p2"]) == ["2031-05-15", "-"]
    chronicle = "Days\n\n3 March\n\n“It sank,” Quill said.\n\n5 March\n\n“It was old,” Noor claimed."
    statements = [("Quill", "said", "“It sank,”"), ("Noor", "claimed", "“It was old,”")]
    assert hear(chronicle, *statements, speakers=["p1", "p2"]) == ["2031-03-03", "2031-03-05"]


def test_words_that_a_post_holds_too_were_said_when_it_was_posted() -> None:
    text = "“It sank on the way to the old harbour,” Quill wrote.\nIt sank on the way to the old harbour, all of it."
    reading = Reading(content=(Span(0, 40),), cue=(Span(47, 52),), source=(Span(41, 46),), kind="direct", confidence=1.0)
    embed = Embed(span=Span(54, 104), platform="Mastodon", posted=date(2031, 5, 1), content=(Span(54, 104),))
    telling = Telling(text=text, readings=[reading], times=[], embeds=[embed])
    assert find_times_said(telling) == [Interval(date(2031, 5, 1), date(2031, 5, 1))]


def test_times_are_values_of_the_contract() -> None:
    one = Time(span=Span(0, 3), type="DATE", value="2030", days=find_days("2030"))
    assert one.to_dict("now") == {
        "start": 0,
        "end": 3,
        "text": "now",
        "type": "DATE",
        "value": "2030",
        "from": "2030-01-01",
        "to": "2030-12-31",
    }
