"""What a careful reader looks for in an article, row by row, held against a report: the checks of `bench/rows`.

They know nothing of the article: what must be there is found in its text by plain patterns, other means than onrecord's, and then
looked for in the report. Each yields what was asked, whether it is right, and what the report has.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import combinations

from rich.console import Console

from onrecord.cli.view import render_report
from onrecord.types import Evidence, Report, Source, Span, Statement, Variant

Found = tuple[bool, str, str]  # right, what is asked, what the report has

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = (
    r"\b(?:(?:last|this|next) (?:week|month|year|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
    rf"|(?:{_MONTHS}) \d{{1,2}}(?:, \d{{4}})?"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|(?<![\w$£€,.-])(?:19|20)\d\d(?![\w,.-]*\d))\b"
)
_DATE_LINE = rf"(?:{_MONTHS}) \d{{1,2}}, \d{{4}}"
_POST = re.compile(rf"^[—–-] ?(?P<name>[^\n(]+) \((?P<handle>@\w+)\)\s+(?P<date>{_DATE_LINE})", re.M)
_INNER = re.compile(r"“[^”]*?‘(?P<inner>[^“”]{20,}?)(?:’|”)")
_PLATFORMS = (
    r"\bon (?P<platform>Twitter|X|Facebook|Instagram|Threads|Telegram|TikTok|YouTube|Mastodon|Bluesky|VK|Weibo|Truth Social|Reddit)\b"
)
_FRAGMENT = re.compile(r"“(?P<words>[^”]{2,60})”")
_DOUBT = re.compile(r"\b(?:genuine|authentic|(?:un|not (?:\w+ )?)clear (?:if|whether)|doubts?|hoax|fake|forged)\b", re.I)
_GONE = re.compile(
    r"\b(?:account|post|channel|page|profile|video|message)\b[^.\n]{0,40}\b(?:suspended|deleted|removed|taken down|unavailable)\b", re.I
)
_TELLS = re.compile(
    r"\b(?:sa(?:y|id|ys)|told|tells?|add(?:s|ed)|accord|report|claim|argu|ask|urg|warn|den(?:y|ied)|confirm|call|blam|assign|"
    r"accus|debat|insist|promis|offer|threat|vow|writ|wrote|post|tweet|announc|reads?|charg|introduc|translat|provided)",
    re.I,
)
_SPOKEN_OF = re.compile(r"\b(?:claim(?:s|ed)?|urged|blamed?|accused|insisted|warned|alleged)\b")
_CHARGE = re.compile(r"\b(?:charged?|accused|indict(?:ed)?)\b[^.“\n]*(?P<words>“[^”]+”)")
_SHARED = 12  # words in a row that two places have in common
_OPEN = 1.5  # certainty below which neither side is stated as fact
_SCREEN = {120: 64, 80: 90}  # columns, and the lines that a screen of as many pixels has, with half as much again to scroll


def _show(report: Report, statement: Statement) -> str:
    words = " … ".join(span.of(report.document.text) for span in statement.content)
    return f"{statement.id} {statement.kind}: {words if len(words) < 70 else words[:45] + ' … ' + words[-22:]}"


def _name(report: Report, identity: str | None) -> str:
    return next((s.name for s in report.sources if s.id == identity), str(identity))


def _show_chain(report: Report, statement: Statement) -> str:
    return " > ".join(_name(report, h.source) + (f" ({h.medium})" if h.medium else "") for h in statement.chain)


def _find_holding(report: Report, span: Span) -> list[Statement]:
    """The statements whose content covers most of `span`, the tightest first."""
    shared = [(sum(max(0, min(c.end, span.end) - max(c.start, span.start)) for c in s.content), s) for s in report.statements]
    held = [s for length, s in shared if 2 * length > len(span)]
    return sorted(held, key=lambda s: sum(map(len, s.content)))


def _find_sentence(text: str, span: Span) -> Span:
    start = max((m.end() for m in re.finditer(r"[.!?]”?\s+|\n", text[: span.start])), default=0)
    end = re.compile(r"[.!?](?=\s|”|$)|\n|\Z").search(text, span.end)
    return Span(start, end.end() if end else len(text))


# --- who, through whom, in which words ------------------------------------------------------------------------------------


def check_originators(report: Report) -> Iterator[Found]:
    """R1: whoever is quoted inside another's words is a source with a role and a body, in the outlet's words as well."""
    inner = [s for s in report.statements if s.within and s.source and s.kind == "direct"]
    for source in dict.fromkeys(s.source.id for s in inner if s.source):
        who = next(s for s in report.sources if s.id == source)
        mine = [s for s in report.statements if s.source and s.source.id == source]
        outlet = [s for s in mine if s.within is None and s.kind != "direct"]
        yield " " in who.name, "under the fullest name", who.name
        yield bool(who.roles), f"role of {who.name}", "; ".join(who.roles)
        yield bool(who.affiliations), f"body of {who.name}", "; ".join(_name(report, a) for a in who.affiliations)
        yield bool(outlet), f"{who.name} in the outlet’s words", "; ".join(_show(report, s) for s in outlet)


def check_relays(report: Report) -> Iterator[Found]:
    """R2: a quotation inside a quotation is nested, and its chain goes through who quotes it, with the platform that is named."""
    text = report.document.text
    for found in _INNER.finditer(text):
        held = _find_holding(report, Span(*found.span("inner")))
        inner = held[0] if held else None
        outer = next((s for s in report.statements if inner and s.id == inner.within), None)
        yield inner is not None and outer is not None, f"nested: {found['inner'][:40]}…", " in ".join(s.id for s in held)
        if inner is None or outer is None:
            continue
        given = [h.source for h in inner.chain]
        wanted = [inner.source and inner.source.id, outer.source and outer.source.id, "publisher"]
        yield given == wanted, "originator, relay, publisher", _show_chain(report, inner)
        platform = re.compile(_PLATFORMS).search(text, found.end(), _find_sentence(text, Span(found.end(), found.end() + 1)).end)
        if platform:
            yield inner.chain[1].medium == platform["platform"], f"medium {platform['platform']}", _show_chain(report, inner)


def check_own_words(report: Report) -> Iterator[Found]:
    """R3: the words inside are a direct statement, of another source than those around."""
    for found in _INNER.finditer(report.document.text):
        held = _find_holding(report, Span(*found.span("inner")))
        inner = held[0] if held else None
        outer = next((s for s in report.statements if inner and s.id == inner.within), None)
        apart = inner is not None and outer is not None and inner.source is not None and inner.source != outer.source
        yield apart and inner is not None and inner.kind == "direct", f"own words: {found['inner'][:40]}…", _show_all(report, held)


def _show_all(report: Report, statements: list[Statement]) -> str:
    return "; ".join(_show(report, s) for s in statements) or "no statement"


def check_fragments(report: Report) -> Iterator[Found]:
    """R4: a few words in quotation marks are no statement by themselves; what holds them beside other words is mixed."""
    for found in _FRAGMENT.finditer(report.document.text):
        if len(found["words"].split()) > 4 or found["words"][0].isupper():
            continue
        held = _find_holding(report, Span(*found.span("words")))
        right = all(s.kind == "mixed" or s.within for s in held) and not any(_is_only(report, s, found.span()) for s in held)
        yield right, found.group(), _show_all(report, held)


def _is_only(report: Report, statement: Statement, place: tuple[int, int]) -> bool:
    """Whether the content is nothing but the words at `place`."""
    words = "".join(span.of(report.document.text) for span in statement.content)
    return len(re.findall(r"\w+", words)) <= len(re.findall(r"\w+", report.document.text[slice(*place)]))


# --- how surely, on what evidence ----------------------------------------------------------------------------------------


def check_doubts(report: Report) -> Iterator[Found]:
    """R5: a statement that doubts is about another, and neither is stated as fact."""
    text, by_id = report.document.text, {s.id: s for s in report.statements}
    for statement in report.statements:
        if not any(_DOUBT.search(text, c.start, c.end) for c in statement.content) or _find_inner(report, statement):
            continue
        targets = [by_id[a] for a in statement.about]
        yield bool(targets), _show(report, statement), "about " + ", ".join(_show(report, t) for t in targets)
        for one in (statement, *targets):
            value = one.certainty.value if one.certainty else None
            yield value is not None and abs(value) < _OPEN, f"{one.id} is open", f"certainty {value}"


def _find_inner(report: Report, statement: Statement) -> list[Statement]:
    return [s for s in report.statements if s.within == statement.id]


def check_embeds(report: Report) -> Iterator[Found]:
    """R6: what a line with name, account and date closes is an embed with them, and its words are a statement."""
    for found in _POST.finditer(report.document.text):
        name, handle = found["name"].strip(), found["handle"]
        posted = datetime.strptime(found["date"], "%B %d, %Y").date()
        embed = next((e for e in report.evidence if e.kind == "embed" and e.handle == handle), None)
        told = f"{embed.author} {embed.handle} {embed.posted}" if embed else "no embed"
        yield embed is not None and (embed.author, embed.posted) == (name, posted), f"{name} {handle} {posted}", told
        tied = [s for s in report.statements if embed and embed.id in s.evidence]
        yield bool(tied), f"the words of {handle}", _show_all(report, tied)


def check_copies(report: Report) -> Iterator[Found]:
    """R7: the same words at two places are one variant group, a duplicate, or a truncation if one is shorter."""
    for one, other in _find_copies(report):
        group = next((v for v in report.variants if {one.id, other.id} <= set(v.members)), None)
        asked = f"{_show(report, one)} = {other.id}"
        yield group is not None and group.relation in ("duplicate", "truncation"), asked, _show_group(group)


def _find_copies(report: Report) -> list[tuple[Statement, Statement]]:
    """Pairs of statements that share a run of words, neither of them inside the other, and neither a translation."""
    runs: dict[tuple[str, ...], list[Statement]] = {}
    for statement in report.statements:
        words = re.findall(r"\w+", " ".join(c.of(report.document.text) for c in statement.content).lower())
        for at in range(len(words) - _SHARED + 1):
            runs.setdefault(tuple(words[at : at + _SHARED]), []).append(statement)
    pairs = {(a.id, b.id): (a, b) for mine in runs.values() for a, b in combinations(dict.fromkeys(mine), 2)}
    translated = {m for v in report.variants if v.relation == "translation" for m in v.members}
    return [(a, b) for a, b in pairs.values() if a.within != b.id and b.within != a.id and not {a.id, b.id} & translated]


def _show_group(group: Variant | None) -> str:
    return f"{', '.join(group.members)}: {group.relation}" if group else "no group"


def check_screenshots(report: Report) -> Iterator[Found]:
    """R9: a screenshot is evidence with who supplied it; an account that is gone is a status with the words that say so."""
    text = report.document.text
    for found in re.finditer(r"\bscreen ?(?:shot|grab)s?\b", text):
        sentence = _find_sentence(text, Span(*found.span()))
        shot = next((e for e in report.evidence if e.kind == "screenshot" and e.span and e.span.meets(sentence)), None)
        yield shot is not None, "a screenshot", _show_evidence(report, shot)
        supplier = next((s for s in report.sources if shot and s.id == shot.supplied_by), None)
        near = supplier is not None and any(m.meets(sentence) for m in supplier.mentions)
        yield near, "who supplied it, named in its sentence", supplier.name if supplier else "nobody"
    for found in _GONE.finditer(text):
        told = next((e for e in report.evidence if e.status_span and e.status_span.meets(Span(*found.span()))), None)
        yield told is not None and told.status in ("suspended", "deleted"), found.group(), _show_evidence(report, told)


def _show_evidence(report: Report, evidence: Evidence | None) -> str:
    if evidence is None:
        return "no such evidence"
    words = f" (“{evidence.status_span.of(report.document.text)}”)" if evidence.status_span else ""
    return f"{evidence.id} {evidence.kind} {evidence.platform or ''} {evidence.status}{words}"


# --- versions -------------------------------------------------------------------------------------------------------------


def check_translations(report: Report) -> Iterator[Found]:
    """R10: two translations of one text are a group, and its differences are just the words that differ."""
    by_id = {s.id: s for s in report.statements}
    groups = [v for v in report.variants if v.relation == "translation"]
    yield bool(groups), "a group of translations", "; ".join(map(_show_group, groups))
    for group in groups:
        if len(group.members) != 2:
            continue
        a, b = (_find_words(report, by_id[m]) for m in group.members)
        least = sum(j - i + n - k for op, i, j, k, n in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if op != "equal")
        mine, others = (_leave_out(report, by_id[m], [side for d in group.differences for side in (d.a, d.b)]) for m in group.members)
        given = [w for d in group.differences for side in (d.a, d.b) for w in _split_words(side.of(report.document.text))]
        asked = f"{_show_group(group)}: without the words that differ both are the same, and few more than {least} differ"
        yield mine == others and len(given) <= 1.5 * least, asked, ", ".join(given) or "no word"


def _leave_out(report: Report, statement: Statement, places: list[Span]) -> list[str]:
    """The statement's words that stand in none of the places."""
    text = list(report.document.text)
    for place in places:
        text[place.start : place.end] = " " * len(place)
    return _split_words(" ".join("".join(text[c.start : c.end]) for c in statement.content))


def _find_words(report: Report, statement: Statement) -> list[str]:
    return _split_words(" ".join(c.of(report.document.text) for c in statement.content))


def _split_words(words: str) -> list[str]:
    """Words without case, and without those in square brackets."""
    return re.findall(r"\w+(?:['’-]\w+)*", re.sub(r"\[[^\]]*\]", " ", words).lower())


def check_insertions(report: Report) -> Iterator[Found]:
    """R11: words in square brackets inside a statement are known as inserted, and no difference of words."""
    text = report.document.text
    for found in re.finditer(r"\[[^\]\n]+\]", text):
        place = Span(*found.span())
        holders = [s for s in report.statements if any(c.holds(place) for c in s.content)]
        if holders:
            right = all(any(i.holds(place) for i in s.insertions) for s in holders)
            yield right, found.group(), ", ".join(f"{s.id} {'knows' if s.insertions else 'does not know'}" for s in holders)
            differing = [d for v in report.variants for d in v.differences if any(len(s) and place.holds(s) for s in (d.a, d.b))]
            yield not differing, f"{found.group()} is no difference", f"{len(differing)} differences"


# --- the rest -----------------------------------------------------------------------------------------------------------------


def check_names(report: Report) -> Iterator[Found]:
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


def check_background(report: Report) -> Iterator[Found]:
    """R13: a paragraph without quotation marks and without a word of telling holds no statement."""
    for block in report.document.blocks:
        words = block.span.of(report.document.text)
        if len(words.split()) < 12 or re.search(r"[“”\"]", words) or _TELLS.search(words):
            continue
        inside = [s for s in report.statements if block.span.meets(s.content[0]) and not s.evidence]
        yield not inside, words[:60] + "…", _show_all(report, inside)


def check_reported(report: Report) -> Iterator[Found]:
    """R14: what somebody is said to have claimed, urged or blamed is a statement in other words, with its source."""
    text, kinds = report.document.text, {s.id: s.kind for s in report.sources}
    for found in _SPOKEN_OF.finditer(text):
        place = Span(*found.span())
        if text[: place.start].count("“") > text[: place.start].count("”"):
            continue
        near = [s for s in report.statements if any(c.meets(place) for c in (*s.cue, *s.content)) and s.kind != "direct" and s.source]
        yield bool(near), text[max(0, place.start - 30) : place.end + 30].replace("\n", " "), _show_all(report, near)
    given = {kinds[s.source.id] for s in report.statements if s.kind != "direct" and s.source}
    yield "group" in given, "a collective source", ", ".join(sorted(given))
    yield "person" in given, "a single source", ", ".join(sorted(given))


def check_charges(report: Report) -> Iterator[Found]:
    """R15: a charge that is partly in quotation marks is mixed, or no statement."""
    for found in _CHARGE.finditer(report.document.text):
        held = _find_holding(report, Span(*found.span("words")))
        yield all(s.kind == "mixed" for s in held), found.group()[:70], _show_all(report, held)


def check_screen(report: Report) -> Iterator[Found]:
    """R16: the view fits a screen, and has every statement, chain, doubt, version and piece of evidence."""
    for columns, most in _SCREEN.items():
        out = io.StringIO()
        render_report(report, Console(file=out, width=columns))
        lines = out.getvalue().splitlines()
        yield len(lines) <= most, f"at most {most} lines of {columns} columns", f"{len(lines)} lines"
        shown = set(re.findall(r"\b[se]\d+\b", out.getvalue()))
        missing = {s.id for s in report.statements} | {e.id for e in report.evidence} | {m for v in report.variants for m in v.members}
        yield missing <= shown, "every statement and piece of evidence", "missing: " + (", ".join(sorted(missing - shown)) or "none")
