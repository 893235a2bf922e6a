"""Rows of what a careful reader gets out of one article, printed and checked: `bench/rows ARTICLE --published DATE [R8 R12]`.

The checks know nothing of the article: what must be there is found in its text by other means than onrecord's (plain patterns),
and then looked for in the report.

  R8   every place where the text has a source's last name, or the group that a name is of, is a mention of one source
  R12  every weekday, date, year and "last week" is a time with its days, and an embed's date line is on its evidence
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

import onrecord
from onrecord.types import Report, Source, Span

_DAYS = (
    r"\b(?:(?:last|this|next) (?:week|month|year|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}(?:, \d{4})?"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|(?<![\w$£€,.-])(?:19|20)\d\d(?![\w,.-]*\d))\b"
)
_DATE_LINE = r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4}"

Found = tuple[bool, str, str]  # right, what is asked, what the report has


def check_sources(report: Report) -> Iterator[Found]:
    """R8: for each named person among the sources, every place of the surname; for all, the forms that were gathered."""
    text = report.document.text
    for source in report.sources:
        if source.kind not in ("person", "organisation") or " " not in source.name:
            continue
        missing = [s for s in _find_surname(text, source, report) if not any(m.meets(s) for m in source.mentions)]
        forms = ", ".join(dict.fromkeys(" ".join(m.of(text).split()) for m in source.mentions))
        lost = f"; not joined: {', '.join(text[max(0, s.start - 20) : s.end] for s in missing)}" if missing else ""
        yield not missing, f"{source.name} ({source.kind})", forms + lost
    for found in re.finditer(r"\b[Tt]he group\b(?!\s+of\b|['’-])", text):
        holder = next((s for s in report.sources if any(m.meets(Span(*found.span())) for m in s.mentions)), None)
        yield holder is not None and holder.kind == "organisation", found.group(), holder.name if holder else "no source"


def _find_surname(text: str, source: Source, report: Report) -> Iterator[Span]:
    """Where the last word of a source's name stands, behind no other first name, unless other sources have the same."""
    last = re.split(r"[\s-]", source.name)[-1]
    others = [s for s in report.sources if s is not source and re.split(r"[\s-]", s.name)[-1].lower() == last.lower()]
    if others:
        return
    for found in re.finditer(rf"\b{re.escape(last)}\b", text):
        if source.kind == "person" or text[: found.start()].rstrip().endswith(source.name.split()[-2]):
            yield Span(*found.span())


def check_times(report: Report) -> Iterator[Found]:
    """R12: what plain patterns find, with the days that the report has for it; the date lines of posts."""
    text = report.document.text
    for found in re.finditer(_DAYS, text):
        time = next((t for t in report.times if t.span.meets(Span(*found.span()))), None)
        expected = _count_days(found.group(), report.document.published)
        days = f"{time.value}: {time.days.first} to {time.days.last}" if time and time.days else time.value if time else "no time"
        told = time.days and (time.days.first, time.days.last) if time else None
        yield told is not None and expected in (None, told), found.group(), days
    for evidence in report.evidence:
        if evidence.kind == "embed" and evidence.content:
            near = re.compile(_DATE_LINE).search(text, evidence.content[-1].end, evidence.content[-1].end + 200)
            if near:
                yield evidence.posted is not None, f"{near.group()} under {evidence.author}’s post", f"posted {evidence.posted}"


def _count_days(words: str, published: date | None) -> tuple[date, date] | None:
    """The days of a year, a full date or last week by the calendar; None for what depends on the sentence."""
    if re.fullmatch(r"\d{4}", words):
        return date(int(words), 1, 1), date(int(words), 12, 31)
    if re.fullmatch(_DATE_LINE, words):
        day = datetime.strptime(words, "%B %d, %Y").date()
        return day, day
    if words == "last week" and published:
        monday = published - timedelta(days=published.weekday() + 7)
        return monday, monday + timedelta(days=6)
    return None


ROWS: dict[str, tuple[str, Callable[[Report], Iterator[Found]]]] = {
    "R8": ("one source for all its names", check_sources),
    "R12": ("times with their days, and the embed's date", check_times),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/rows", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("article", type=Path)
    parser.add_argument("--published", help="the day of publication, if the article does not say it")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)} (default: all)")
    args = parser.parse_intermixed_args()
    unknown = [r for r in args.rows if r not in ROWS]
    if unknown:
        parser.error(f"no row {', '.join(unknown)}: there are {', '.join(ROWS)}")
    if not args.article.is_file():
        parser.error(f"no such article: {args.article}")
    report = onrecord.read(str(args.article), published=args.published)
    console = Console()
    failed = False
    for row in args.rows or ROWS:
        title, check = ROWS[row]
        found = list(check(report))
        right = sum(f[0] for f in found)
        table = Table("", "asked", "in the report", title=f"{row}: {title}; {right} of {len(found)} right", title_justify="left")
        for ok, asked, has in found:
            table.add_row("right" if ok else "wrong", asked, has)
        console.print(table)
        failed |= right < len(found) or not found
    sys.exit(failed)


if __name__ == "__main__":
    main()
