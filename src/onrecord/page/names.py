"""Bylines as names: who wrote it, without their titles, roles, cities and addresses."""

from __future__ import annotations

import re

_LONGEST = 60
_MOST = 20
_LEAD = re.compile(
    r"\s*(?:(?:exclusive|analysis|opinion|words|text|story|report|written|reported|posted|published|edited|compiled|authors?)\b[\s:]*"
    r"(?:by\b[\s:]*)?|by\b[\s:]*)",
    re.I,
)
_BYLINE = re.compile(r"\s*(?:written |reported |words |text |story )?by\b[\s:]", re.I)
_SPLIT = re.compile(r"\s*(?:,|;|\||•|·|/|\band\b|&|\bwith\b|\n)\s*")
_TAIL = re.compile(r"\s+(?:in|for|at|of|from|on)\s.*$|\s*[(\[<].*$|\s+[—–-]\s.*$|\s*\S*@\S*.*$", re.S)
_TITLES = re.compile(r"(?:(?:dr|prof|professor|mr|mrs|ms|miss|sir|dame|rev|col|gen|capt|lt|sgt)\b\.?\s+)+", re.I)
_ROLES = re.compile(
    r"\b(?:reporters?|editors?|correspondents?|writers?|journalists?|columnists?|contributors?|contributing|analysts?|staff|producers?|"
    r"bureau|chief|desk|photographers?|critics?|newsroom|senior|special|freelance|political|published|updated|admin|administrator|"
    r"webmaster|editorial|team|null|none|undefined|guest|user|anonymous|author|unknown|news agency|associate|assistant|director|fellow|"
    r"researcher|professor|ph\.?d|m\.?d)\b\.?",
    re.I,
)
_ROLE_BEFORE = re.compile(
    r"^(?:(?:senior|special|chief|staff|political|foreign|health|science|business|sports|crime|world|"
    r"national|local|investigative|freelance|deputy|associate|"
    r"assistant|contributing|diplomatic|defen[cs]e|security|court|education|economics|environment|technology|media|\w+ affairs)\s+)*"
    r"(?:reporter|editor|correspondent|writer|journalist|columnist|contributor|analyst)\s+",
    re.I,
)
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv)\.?$", re.I)
_AGENCIES = frozenset(
    ("associated press", "the associated press", "ap", "reuters", "afp", "agence france-presse", "pa media", "press association", "upi")
)
_PARTICLES = frozenset(
    ("van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "el", "al", "bin", "ibn", "ter", "ten",
     "y", "e", "zu", "af", "av", "of", "the", "abu", "bint")
)  # fmt: skip


def clean(value: str, limit: int = 500) -> str:
    """A value from outside as one line: no tags, control or bidirectional marks; white space collapsed; cut at `limit` characters."""
    value = re.sub(r"<[^<>]{0,500}>", " ", value[: limit * 8])
    value = "".join(char if char.isprintable() else " " if char.isspace() or ord(char) < 32 else "" for char in value)
    return " ".join(value.split())[:limit].rstrip()


def parse_authors(byline: str) -> tuple[str, ...]:
    """The names in a byline or an author value: "By A Name and B Name, senior reporters" gives both, in order, without the roles."""
    byline = clean(re.sub(r"\s*[\r\n]+\s*", ", ", byline[:600].strip()), 300)
    byline = _LEAD.sub("", byline, count=1) if _LEAD.match(byline) else byline
    names: list[str] = []
    for part in _SPLIT.split(byline)[:_MOST]:
        name = _clean_name(part)
        if names and name and _SUFFIX.match(name):
            names[-1] = f"{names[-1]} {name}"
        elif name and _is_name(name) and name not in names and not (names and name.lower() in _AGENCIES):
            names.append(name)
    return tuple(names)


def _clean_name(part: str) -> str:
    name = _LEAD.sub("", part, count=1) if _LEAD.match(part) else part
    name = _TAIL.sub("", name)
    name = _TITLES.sub("", name, count=1) if _TITLES.match(name) else name
    name = _ROLE_BEFORE.sub("", name)
    if name.isupper() and len(name) > 4:
        name = " ".join(
            word.capitalize() if "-" not in word and "'" not in word and "." not in word else word.title() for word in name.split()
        )
    return name.strip(" :-–—|*") if re.search(r"\b[A-Z]\.$|\b[JS]r\.$", name) else name.strip(" .:-–—|*")


def _is_name(name: str) -> bool:
    """Whether what is left can be a name: short, of letters, with a capital where the script has them, and no role among its words."""
    words = name.split()
    if not 1 <= len(words) <= 6 or len(name) > _LONGEST or re.search(r"[<>{}=\\@:/?!\"“”]|\d", name) or _ROLES.search(name):
        return False
    letters = [char for char in name if char.isalpha()]
    has_capitals = any(char.isupper() or char == char.swapcase() for char in letters)
    return len(letters) >= 2 and has_capitals and not any(word[0].islower() and word not in _PARTICLES for word in words)


def is_byline(line: str) -> bool:
    """Whether a line says who wrote the piece, and nothing else."""
    if not _BYLINE.match(line) or len(line.split()) > 20:
        return False
    return bool(parse_authors(line)) and (len(line.split()) <= 5 or not line.rstrip().endswith((".", "!", "?", "…")))
