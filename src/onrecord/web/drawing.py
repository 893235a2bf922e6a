"""The text of an article as HTML: elements for its pieces, drawn here and not by a template, as a long article has thousands of them.

A piece names the statements that it belongs to in `data-s`, and in `data-i` the innermost of several, for scripts; and by its place among
those of its stretch, `k0` to `k11`, for the style sheet: so what belongs together lights up without a script too. Whatever comes from
outside is escaped here, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from unicodedata import name

from markupsafe import Markup

from onrecord.types import StatementKind
from onrecord.web.marking import Paragraph, Piece

NUMBERED = 12  # statements of one stretch that the style sheet can tell apart; their places are their classes there
_HIDDEN = re.compile(r"⟨U\+([0-9A-F]{4,6})⟩")


def show_hidden(text: str) -> Markup:
    """Text whose hidden characters were made visible, with those set apart and named."""
    return Markup(_draw_words(text))


def _draw_words(text: str) -> str:
    """The same as a plain string: wrapping thousands of pieces one by one takes longer than drawing them."""
    escaped = escape(text)
    return _HIDDEN.sub(_draw_hidden, escaped) if "⟨U+" in escaped else escaped


def _draw_hidden(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    told = name(chr(number), "an unnamed character") if number <= 0x10FFFF else "no character"
    return f'<span class="hidden-char" title="{told}">{match[0]}</span>'


def draw_paragraph(
    paragraph: Paragraph, places: Mapping[str, int], kinds: Mapping[str, StatementKind], *, is_placed: bool = False
) -> Markup:
    """A paragraph as an element. `places`: where each statement of its stretch stands among them; `kinds`: of all statements.

    `is_placed` tells in `data-at` where each piece stands in the text, so that a script can tell what somebody marks; no anchors then.
    """
    if is_placed:
        pieces = "".join(
            f'<span data-at="{piece.start}"{_draw_classes(piece, {}, kinds)}>{_draw_words(piece.text)}</span>' for piece in paragraph.pieces
        )
        return Markup(f'<p class="{escape(paragraph.kind)}" dir="auto">{pieces}</p>')
    element = "h2" if paragraph.kind == "heading" else "p"
    pieces = "".join(_draw_piece(piece, places, kinds) for piece in paragraph.pieces)
    return Markup(f'<{element} class="{escape(paragraph.kind)}" dir="auto">{pieces}</{element}>')


def _draw_piece(piece: Piece, places: Mapping[str, int], kinds: Mapping[str, StatementKind]) -> str:
    words = _draw_words(piece.text)
    belongs = piece.all
    if belongs or piece.is_chosen:
        about = "".join(_find_attributes(piece, belongs, places, kinds))
        words = f"<span{about}>{words}</span>"
    return "".join(_draw_anchor(each, places) for each in piece.begins) + words if piece.begins else words


def _draw_anchor(statement: str, places: Mapping[str, int]) -> str:
    shown = escape(statement)
    number = shown.removeprefix("s")
    place = f" k{places[statement]}" if places.get(statement, NUMBERED) < NUMBERED else ""
    return f'<a class="anchor{place}" id="t-{shown}" href="#{shown}" aria-label="Statement {number}"><sup>{number}</sup></a>'


def _find_attributes(
    piece: Piece, belongs: tuple[str, ...], places: Mapping[str, int], kinds: Mapping[str, StatementKind]
) -> Iterator[str]:
    yield _draw_classes(piece, places, kinds)
    if piece.opens:
        yield ' id="span"'
    if belongs:
        yield f' data-s="{escape(" ".join(belongs))}"'
    if len(belongs) > 1 and piece.content:
        yield f' data-i="{escape(piece.content[-1])}"'
    if piece.content and places.get(piece.content[-1], NUMBERED) < NUMBERED:
        yield f' data-k="{places[piece.content[-1]]}"'


def _draw_classes(piece: Piece, places: Mapping[str, int], kinds: Mapping[str, StatementKind]) -> str:
    classes = [f"mark d{piece.depth} {kinds.get(piece.content[-1], 'direct')}"] if piece.content else []
    classes += [word for word, is_so in (("cue", piece.cue), ("who", piece.source), ("chosen", piece.is_chosen)) if is_so]
    classes += [f"k{places[each]}" for each in piece.all if places.get(each, NUMBERED) < NUMBERED]
    return f' class="{" ".join(classes)}"' if classes else ""
