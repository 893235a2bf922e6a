"""Rows of what a careful reader gets out of one article, printed and checked: `bench/rows ARTICLE --published DATE [R8 R12]`.

The checks know nothing of the article (see bench/careful.py). A row that asks for nothing in an article is wrong in it, unless it is
about what must not be there.

  R1   whoever is quoted inside another's words has name, role and body, and statements in the outlet's words
  R2   a quotation inside a quotation is nested; its chain has the relay and the platform
  R3   the words inside are a direct statement of their own
  R4   a few words in quotation marks are no statement; partly quoted contents are mixed
  R5   a doubt is about another statement, and neither is stated as fact
  R6   a post with name, account and date is an embed, its words are a statement
  R7   the same words twice are one group, duplicate or truncation
  R8   every place where the text has a source's last name, or the group that a name is of, is a mention of one source
  R9   a screenshot has its supplier, an account that is gone its status and the words that say so
  R10  translations of one text are a group whose differences are just the words that differ
  R11  words in square brackets are an insertion, and no difference of words
  R12  every weekday, date, year and "last week" is a time with its days, and an embed's date line is on its evidence
  R13  background in the reporter's own voice has no statement
  R14  what people are said to have claimed, urged or blamed is a statement, of collective and of single sources
  R15  a charge partly in quotation marks is mixed, or no statement
  R16  the view shows all of it on a screen
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

import onrecord
from bench import careful
from onrecord.types import Report

ROWS: dict[str, tuple[str, Callable[[Report], Iterator[careful.Found]]]] = {
    "R1": ("an originator with name, role and body", careful.check_originators),
    "R2": ("nesting and chain", careful.check_relays),
    "R3": ("quoted words within quoted words", careful.check_own_words),
    "R4": ("scare quotes", careful.check_fragments),
    "R5": ("doubts", careful.check_doubts),
    "R6": ("embedded posts", careful.check_embeds),
    "R7": ("the same words twice", careful.check_copies),
    "R8": ("one source for all its names", careful.check_names),
    "R9": ("screenshots, and what is gone", careful.check_screenshots),
    "R10": ("translations that disagree", careful.check_translations),
    "R11": ("insertions", careful.check_insertions),
    "R12": ("times with their days, and the embed's date", careful.check_times),
    "R13": ("background", careful.check_background),
    "R14": ("claimed, urged, blamed", careful.check_reported),
    "R15": ("charges partly quoted", careful.check_charges),
    "R16": ("the whole at a glance", careful.check_screen),
}
_MAY_BE_NONE = ("R4", "R13", "R15")  # what must not be there


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
    outcome: dict[str, tuple[int, int]] = {}
    for row in args.rows or ROWS:
        title, check = ROWS[row]
        found = list(check(report))
        outcome[row] = sum(f[0] for f in found), len(found)
        console.print(_draw(f"{row}: {title}; {outcome[row][0]} of {len(found)} right", found))
    wrong = [row for row, (right, asked) in outcome.items() if right < asked or not (asked or row in _MAY_BE_NONE)]
    console.print(f"{len(outcome) - len(wrong)} of {len(outcome)} rows right" + (f"; wrong: {', '.join(wrong)}" if wrong else ""))
    sys.exit(bool(wrong))


def _draw(title: str, found: list[careful.Found]) -> Table:
    table = Table("", "asked", "in the report", title=title, title_justify="left")
    for ok, asked, has in found:
        table.add_row("right" if ok else "wrong", asked, has)
    return table


if __name__ == "__main__":
    main()
