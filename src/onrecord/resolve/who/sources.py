"""Mentions gathered into sources: one for a person or body under all names, and none guessed.

Names come first, over the whole document: a shorter name joins the longer one that it is a part of, if there is just one such. What
stands beside a name and says who its bearer is comes next. Then the other mentions, in text order: the ranker chooses the
source before it that a pronoun or description stands for, or none. Last "I" and "you", which go to who speaks. What is not clear
stays a source of its own, named by the words that the text has.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice, takewhile

from onrecord.resolve.vocabulary import Vocabulary, singular
from onrecord.resolve.who.affiliations import COMPLEMENT, find_bodies
from onrecord.resolve.who.book import NameBook
from onrecord.resolve.who.described import join_described, join_introduced
from onrecord.resolve.who.entities import Entity, fold_name, tell_usual_sex
from onrecord.resolve.who.features import POSSESSIVES, Context, compare_heads, describe_candidates, describe_nobody, tell_sort
from onrecord.resolve.who.mentions import Mention
from onrecord.resolve.who.names import Names, is_body
from onrecord.resolve.who.ranking import NOBODY, Chooser
from onrecord.resolve.who.scan import find_handles, find_short_forms, find_ties
from onrecord.resolve.who.voices import Voices
from onrecord.types import Reading, SourceKind, Span

_LOOK_BACK = 20  # sources mentioned last that a mention may stand for
_SCANNED = 200  # those looked through for them
_BEFORE_RELATIVE = 6  # mentions before a relative pronoun that may be what it stands for
_SAME_NOUN = 3  # sources further back that carry the mention's noun
_SENTENCES, _FURTHEST = 2, 6  # sentences with the reporter's own words, and all, before a statement in which its "he" is looked for
_LEAD = 3  # sentences at a text's beginning, headings too, that may only describe somebody who is named later
_ASKS = ("Q", "A")
_PLACED = re.compile(r"\b(?:in|on|at|near|across|outside|inside)[ \u00a0](?:the[ \u00a0])?\Z")
_ITS = re.compile(r"its((?:[ \u00a0][a-z-]+){1,3})", re.I)
_THAT = re.compile(r"(?:that[ \u00a0])?")
_BEFORE_WHICH = re.compile(r"(?: (?:in|of|at|from|for|near) (?:the )?[^\W\d_a-z][\w’'-]*(?: [^\W\d_a-z][\w’'-]*){0,3})?,? ")
_OWNS = re.compile(r"['’]s?\b|['’] ")
_OTHERS = re.compile(r"\w(?:['’]s|(?<=s)['’]) \w")
_OWNED = re.compile(r"(?:my|our|your|his|her|their|its)[ \u00a0]", re.I)
_DETERMINER = re.compile(r"^(?:the|an?|his|her|its|their|one of)\s+", re.I)


@dataclass(frozen=True, slots=True)
class Here:
    """Who writes and publishes the text, by name, if it is known."""

    author: str | None = None
    publisher: str | None = None


class Gathering:
    """The sources of one document. `speakers` are the places of the mentions that are sources, by reading; `wholes` the
    whole phrases that those mentions stand in, by place.
    """

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        names: Names,
        voices: Voices,
        speakers: Sequence[int | None],
        wholes: dict[int, Span],
        here: Here,
        vocabulary: Vocabulary,
        ranker: Chooser,
        headings: Sequence[Span] = (),  # in text order
    ) -> None:
        self.text, self.mentions, self.voices, self.speakers, self.here = text, mentions, voices, speakers, here
        self.vocabulary, self.ranker, self._wholes = vocabulary, ranker, wholes
        self.book = NameBook(text, names, vocabulary)
        self.entities: list[Entity | None] = [None] * len(mentions)  # before joins are followed
        self._recent: dict[int, Entity] = {}  # by id, the last mentioned last
        self._by_head: dict[str, list[Entity]] = {}
        self._here: dict[str, Entity] = {}
        self._same: dict[int, int] = {}  # descriptions of whom a pronoun stands for: "he is a fisherman"
        self._context = Context(text, mentions, voices, speakers, vocabulary)
        self._named: list[tuple[int, int]] = []  # descriptions and the names beside them
        self._opened = find_openings(text, voices.readings, speakers)
        self._empty = re.compile(rf"[ \u00a0]?(?:{'|'.join(map(re.escape, vocabulary.empty))})\b")
        self._in_headings = dict.fromkeys(i for i, m in enumerate(mentions) if m.form == "description" and _is_in(headings, m.span))
        self._says = {place: reading for reading, place in enumerate(speakers) if place is not None}

    def gather(self) -> list[Entity]:
        """The entity of each mention."""
        named = self.book.gather(m for m in self.mentions if m.form == "name")
        for i, mention in enumerate(self.mentions):
            if mention.form == "name":
                self.entities[i] = named[mention.span]
        self._tie()
        self._introduce()
        self._tell_bodies()
        for i in range(len(self.mentions)):
            if i in self._in_headings:
                continue
            self.entities[i] = self.entities[i] or self._describe_same(i) or self._resolve(i)
            if self.entities[i] is not None:
                self._touch(i, self._own(i))
        for i in self._in_headings:
            self.entities[i] = self.entities[i] or self._find_below(i) or self._open(self.mentions[i])
        known = [Entity() if e is None else e.follow() for e in self.entities]
        find_bodies(self.text, self.mentions, known, self._wholes, self.vocabulary)
        self._hear()
        entities = [self._own(i) for i in range(len(self.mentions))]
        join_introduced([(self._own(named), self.mentions[described], self.mentions[named]) for described, named in self._named], entities)
        lead = next(iter(self._context.starts[_LEAD : _LEAD + 1]), len(self.text))
        join_described([self._own(i) for i in range(len(self.mentions))], self.vocabulary, lead)
        return [self._own(i) for i in range(len(self.mentions))]

    def _tie(self) -> None:
        """Descriptions, short forms and account names that the text sets beside names."""
        for i, short in find_short_forms(self.text, self.mentions).items():
            self._rename(i, short)
        for i, handle in find_handles(self.text, self.mentions).items():
            entity = self._own(i)
            entity.handles += [handle] * (handle not in entity.handles)
        for tie in find_ties(self.text, self.mentions, self.vocabulary):
            first, _second = self.mentions[tie.first], self.mentions[tie.second]
            if tie.how == "alias":
                self._merge(tie.first, tie.second)
                continue
            if first.form == "pronoun":
                self._same[tie.second] = tie.first
                continue
            named, described = (tie.first, tie.second) if first.form == "name" else (tie.second, tie.first)
            if described == tie.second and described in self._context.sources and not self._wholes[described].meets(first.span):
                continue  # "as it left Port Noor, the coastguard said"
            entity, mention = self._own(named), self.mentions[described]
            if self.entities[described] is None:
                self._named.append((described, named))
                self.entities[described] = entity
                self._describe(entity, mention)

    def _introduce(self) -> None:
        """Who `Q` and `A` are in an interview: its author, and the one person whom it names before it begins."""
        labels = {
            i: self.mentions[i].text for i in dict.fromkeys(s for s in self.speakers if s is not None) if self.mentions[i].text in _ASKS
        }
        if not labels:
            return
        begin = self.mentions[min(labels)].span.start
        author = fold_name(self.here.author or "")
        named = [e for i, e in enumerate(self.entities) if e and e.kind == "person" and not e.place and self.mentions[i].span.start < begin]
        guests = list(dict.fromkeys(e for e in named if author not in {fold_name(n) for n in e.names} and len(e.name.split()) > 1))
        for i, label in labels.items():
            if label == "A" and len(guests) == 1:
                self.entities[i] = guests[0]
                guests[0].spans[self.mentions[i].span] = None
            elif label == "Q" and self.here.author:
                self.entities[i] = self._own_here("author", self.here.author, self.mentions[i])

    def _tell_bodies(self) -> None:
        """What somebody is the head, spokesman or striker of is a body, if no word says otherwise and it is no place."""
        for entity in self.book.entities:
            places = {name for name in entity.affiliations for role in entity.roles if name in role and self._is_place_in(name, role)}
            entity.affiliations = [name for name in entity.affiliations if name not in places]
            for name in entity.affiliations:
                body = self.book.get(name)
                if (
                    body is not None
                    and body is not entity
                    and not body.sure
                    and not body.place
                    and (any(name in role for role in entity.roles) or any(self._is_owner(name, span) for span in entity.spans))
                ):
                    body.kind, body.sure = "organisation", True

    def _is_owner(self, name: str, span: Span) -> bool:
        """Whether a name stands with its "’s" right before or at the front of a mention: `Lantern’s Ana Vell`."""
        return any(self.text.startswith(f"{name}{mark}s ", start) for mark in "'’" for start in (span.start, span.start - len(name) - 3))

    def _is_place_in(self, name: str, role: str) -> bool:
        """Whether a role says where somebody works: `Paris correspondent`, `leader of Kent council`; not `Herald correspondent`."""
        if is_body(name, self.vocabulary):
            return False
        after = role[role.index(name) + len(name) :].split()
        return bool(after) and (singular(after[0].lower()) in self.vocabulary.place_roles or after[0] in self.vocabulary.bodies_local)

    def _describe_same(self, place: int) -> Entity | None:
        pronoun = self._same.get(place)
        entity = None if pronoun is None or self.entities[pronoun] is None else self._own(pronoun)
        if entity is not None:
            self._describe(entity, self.mentions[place])
        return entity

    def _own(self, place: int) -> Entity:
        entity = self.entities[place]
        assert entity is not None
        return entity.follow()

    def _rename(self, place: int, name: str) -> None:
        """`name` is another name of the entity at `place`; whoever had it alone is the same."""
        entity, other = self._own(place), self.book.get(name)
        if other is not None and other.follow() is not entity and other.names == [name]:
            other.join(entity)
        self.book.rename(entity, name)

    def _merge(self, first: int, second: int) -> None:
        """Two named mentions that the text says are one."""
        kept, gone = self._own(first), self._own(second)
        if kept is gone or (kept.sex and gone.sex and kept.sex != gone.sex):
            return
        for name in gone.names:
            self.book.rename(kept, name)
        gone.join(kept)

    def _describe(self, entity: Entity, mention: Mention) -> None:
        """What a description beside a name says of its bearer."""
        if not entity.sure and self.vocabulary.is_noun(mention.head):
            kinds: dict[str, SourceKind] = {"organisation": "organisation", "group": "organisation", "document": "document"}
            entity.kind, entity.sure = kinds.get(mention.kind or "", "person"), True
        role = _DETERMINER.sub("", mention.text + (more[0].rstrip() if (more := COMPLEMENT.match(self.text, mention.span.end)) else ""))
        if entity.kind == "person" and mention.head not in self.vocabulary.plain_people and not any(role in r for r in entity.roles):
            entity.roles.append(role)
        entity.heads.add(mention.head)
        entity.take(mention)

    def _touch(self, place: int, entity: Entity) -> None:
        if self.mentions[place].head in ("anybody", "relative"):
            return
        entity.last = place
        entity.count += 1
        self._recent.pop(id(entity), None)
        self._recent[id(entity)] = entity
        for head in entity.heads if entity.count == 1 else (self.mentions[place].head,):
            bearers = self._by_head.setdefault(head, [])
            if entity not in bearers[-_SAME_NOUN:]:
                bearers.append(entity)

    # --- pronouns and descriptions -----------------------------------------------------------------------------------

    def _resolve(self, place: int) -> Entity | None:
        mention = self.mentions[place]
        if mention.form == "pronoun" and mention.head in ("speaker", "speakers", "addressee"):
            return None  # until all others are known
        here = self._find_here(mention)
        if here is not None:
            return here
        newspaper = self._find_newspaper(mention)
        if newspaper is not None:
            newspaper.spans[mention.span] = None
            return newspaper
        sort = tell_sort(mention)
        if sort is None:
            antecedent = self._find_antecedent(place)
            if antecedent is None:
                return self._open(mention)
            antecedent.spans[mention.span] = None
            return antecedent
        teller = self._find_teller(place)
        if teller is not None:
            teller.sex = teller.sex or mention.sex
            teller.spans[mention.span] = None
            return teller
        speaking = self._find_speaking(place) or self._find_owner(place)
        if speaking is not None:
            speaking.sex = speaking.sex or mention.sex
            speaking.spans[mention.span] = None
            return speaking
        candidates = self._find_candidates(place)
        if mention.form == "description" and any(compare_heads(mention, e, self.vocabulary) != "other noun" for e in candidates):
            sort += " again"
        described = describe_candidates(self._context, place, candidates)
        if not described:
            return self._open(mention)
        speaks = mention.form == "pronoun" and place in self._context.sources
        nobody = None if speaks else describe_nobody(self._context, place, candidates)
        choice = self.ranker.choose(sort, described, nobody, mention.span, [self.mentions[e.last].span for e in candidates])
        if choice == NOBODY:
            return self._open(mention)
        entity = candidates[choice]
        entity.sex = entity.sex or mention.sex
        entity.affiliations += [a for a in mention.affiliations if a not in entity.affiliations and entity.kind == "person"]
        entity.spans[mention.span] = None
        return entity

    def _find_newspaper(self, mention: Mention) -> Entity | None:
        """The newspaper that "the paper" is, where the last one called so is none that somebody has written."""
        if mention.form != "description" or mention.head != "paper" or not mention.definite:
            return None
        called = self._by_head.get("paper", ())
        last = called[-1].follow() if called else None
        return last if last is not None and last.named and last.kind == "organisation" else None

    def _find_below(self, place: int) -> Entity | None:
        """Whom a description in a heading stands for, which comes before all names: the only one that the text gives its noun to."""
        mention = self.mentions[place]
        bearers = {id(e.follow()): e.follow() for e in self._by_head.get(mention.head, ())}
        if len(bearers) != 1:
            return None
        entity = next(iter(bearers.values()))
        entity.spans[mention.span] = None
        return entity

    def _find_antecedent(self, place: int) -> Entity | None:
        """Whom a relative pronoun right behind a mention stands for: `Ana Vell, who said`; of mentions that end there, the longest's."""
        mention = self.mentions[place]
        if mention.form != "pronoun" or mention.head != "relative":
            return None
        before = [
            k
            for k in range(max(0, place - _BEFORE_RELATIVE), place)
            if _BEFORE_WHICH.fullmatch(self.text, self.mentions[k].span.end, mention.span.start) and self.entities[k] is not None
        ]
        found = min(before, key=lambda k: self.mentions[k].span.start, default=None)
        if found is None or _PLACED.search(self.text, max(0, self.mentions[found].span.start - 12), self.mentions[found].span.start):
            return None  # "Democrats on Capitol Hill, who"
        entity, is_person = self._own(found), mention.text.lower() in ("who", "whom", "whose")
        return entity if entity.kind != ("organisation" if is_person else "person") or entity.plural else None

    def _find_teller(self, place: int) -> Entity | None:
        """Who says what the pronoun at `place` opens: `the ministry said that it had no boat`, if the two agree and it is no empty "it"."""
        mention = self.mentions[place]
        source = self._opened.get(mention.span.start) if mention.form == "pronoun" and not mention.plural else None
        if source is None or source >= place or self.entities[source] is None or self._empty.match(self.text, mention.span.end):
            return None
        entity = self._own(source)
        sex = entity.sex or tell_usual_sex(entity.names, self.vocabulary)
        agrees = entity.kind != "document" and _fits(entity, mention) and (mention.sex is None or sex in (None, mention.sex))
        return entity if agrees and (entity.named or mention.sex is None) else None

    def _find_speaking(self, place: int) -> Entity | None:
        """Who goes on speaking as "he", "she" or "it": of the sentences before a statement, up to two with the reporter's own words, the
        nearest that has somebody who may be meant as a source, or as its first mention.
        """
        mention, reading = self.mentions[place], self._says.get(place)
        is_one = mention.form == "pronoun" and (mention.sex is not None or mention.head == "thing")
        if not is_one or reading is None or self.voices.readings[reading].within is not None:
            return None
        said = self.voices.readings[reading]
        start = min(span.start for span in (*said.content, *said.cue, *said.source))
        last = bisect_left(self.mentions, start, key=lambda m: m.span.start)
        furthest = bisect_right(self._context.starts, start) - _FURTHEST
        spoken_of = self._list_spoken_of(reading)
        own = [k for k in range(last - 1, max(-1, last - 1 - _SCANNED), -1) if self._context.voices[k] is None]
        sentences = groupby(own, key=self._context.sentences.__getitem__)
        for _, mine in takewhile(lambda pair: pair[0] >= furthest, islice(sentences, _SENTENCES)):
            able = [k for k in mine if not self._owns(k) and self._may_be_one(k, mention) and id(self._own(k)) not in spoken_of]
            sources = [k for k in able if k in self._says and self.voices.readings[self._says[k]].within is None]
            found = next((k for k in (*sources, *reversed(able)) if k in sources or not self._context.oblique[k]), None)
            if found is not None:
                return self._own(found)
        return None

    def _list_spoken_of(self, reading: int) -> set[int]:
        """Who is mentioned in the very words of a statement, by id: `“Vell has no boat,” he said` is not Vell's."""
        found = set()
        for span in self.voices.readings[reading].content:
            first, last = (bisect_left(self.mentions, at, key=lambda m: m.span.start) for at in (span.start, span.end))
            inside = (k for k in range(first, last) if self._context.voices[k] == reading and self.entities[k] is not None)
            found |= {id(self._own(k)) for k in inside if not _OWNED.match(self.mentions[k].text)}  # "my brother"
        return found

    def _find_owner(self, place: int) -> Entity | None:
        """Whose "his" or "her" is where the sentence begins with somebody who may be meant, and nobody else is between."""
        mention, context = self.mentions[place], self._context
        if mention.sex is None or mention.text.lower() not in POSSESSIVES or context.voices[place] is not None:
            return None
        near = takewhile(lambda k: context.sentences[k] == context.sentences[place], range(place - 1, max(-1, place - _LOOK_BACK), -1))
        before = [k for k in near if context.voices[k] is None and self._may_be_one(k, mention)]
        if not before or len({id(self._own(k)) for k in before}) > 1 or context.oblique[before[-1]]:
            return None
        entity = self._own(before[0])
        in_own = any(self.mentions[k].span.holds(mention.span) for k in before)  # "his wife, Ana Vell"
        return entity if entity.named and not in_own else None

    def _owns(self, place: int) -> bool:
        """Whether a mention only says whose something is: "his", "Vell’s"."""
        mention = self.mentions[place]
        return mention.text.lower() in POSSESSIVES or _OWNS.match(self.text, mention.span.end) is not None

    def _may_be_one(self, place: int, pronoun: Mention) -> bool:
        """Whether "he", "she" or "it" may stand for whoever is mentioned at `place`, by what they are and what first names tell."""
        if self.entities[place] is None:
            return False
        entity = self._own(place)
        sex = (entity.sex or tell_usual_sex(entity.names, self.vocabulary)) if pronoun.sex else None
        return _fits(entity, pronoun) and sex in (None, pronoun.sex)

    def _find_candidates(self, place: int) -> list[Entity]:
        """Entities before a mention that may be what it stands for, the last mentioned first. A name in a description ("the Assad
        regime") must be one of the entity's.
        """
        mention = self.mentions[place]
        recent = []
        outlet = self.book.get(self.here.publisher) if mention.form == "pronoun" and self.here.publisher else None
        told = set(re.findall(r"(?<= )[A-Z][\w.-]+", mention.text)) if mention.form == "description" else set()
        told = {w.lower() for w in told} - {mention.head}
        for entity in islice(reversed(self._recent.values()), _SCANNED):
            if entity is outlet or self._is_within(mention, entity) or (place in self._says and self._is_quoted_by(place, entity)):
                continue  # an outlet names itself, and means others by "it"
            if _fits(entity, mention) and (not told or any(t in entity.heads or any(t in r.lower() for r in entity.roles) for t in told)):
                recent.append(entity)
                if len(recent) == _LOOK_BACK:
                    break
        if mention.form == "description":
            recent += [e for e in self._by_head.get(mention.head, [])[-_SAME_NOUN:] if e not in recent and not told and _fits(e, mention)]
        # "my father", "the president’s spokesman": nobody who is not called so
        owned = _OWNED.match(mention.text) is not None or _OTHERS.search(mention.text) is not None
        if mention.form == "description" and (owned or mention.head in self.vocabulary.own):
            recent = [e for e in recent if mention.head in e.heads]
        if mention.head == "thing" and self._has_people(mention):
            recent = [e for e in recent if e.kind != "document"]
        same = [e for e in recent if mention.form == "description" and mention.head in e.heads]
        return same or recent

    def _has_people(self, pronoun: Mention) -> bool:
        """Whether `its` stands before a noun for people: a body has a director, a letter has none."""
        found = _ITS.match(self.text, pronoun.span.start)
        nouns = {singular(w) for w in found[1].lower().split()} if found else set()
        return bool(nouns & self.vocabulary.people) and not nouns & self.vocabulary.makers

    def _is_within(self, mention: Mention, entity: Entity) -> bool:
        """Whether a mention stands inside the entity's own last one: "the translation of the post" is not the post."""
        last = self.mentions[entity.last].span
        return last.start <= mention.span.start and mention.span.end <= last.end and last != mention.span

    def _is_quoted_by(self, place: int, entity: Entity) -> bool:
        """Whether an entity's last mention stands in the very words that the mention at `place` is the speaker of."""
        voice = self.voices.find(self.mentions[entity.last].span.start)
        return voice is not None and voice.reading == self._says[place]

    def _find_here(self, mention: Mention) -> Entity | None:
        """The text's own publisher or author, under "this newspaper", "this reporter"."""
        if mention.form != "description" or not mention.text.lower().startswith("this "):
            return None
        which = next((w for w, nouns in self.vocabulary.here.items() if mention.head in nouns), None)
        name = which and getattr(self.here, which)
        return self._own_here(which, name, mention) if which and name else None

    def _own_here(self, which: str, name: str, mention: Mention) -> Entity:
        entity = self._here.get(which)
        if entity is None:
            kind: SourceKind = "person" if which == "author" else "organisation"
            named = Mention(mention.span, "name", name, name=name, kind=kind)
            entity = self._here[which] = self.book.gather([named])[mention.span]
        entity.spans[mention.span] = None
        return entity

    def _open(self, mention: Mention) -> Entity:
        entity = Entity(
            names=[_cut_name(mention)], kind=mention.kind or "unnamed", plural=mention.plural, sex=mention.sex, definite=mention.definite
        )
        entity.pronoun = mention.head if mention.form == "pronoun" else ""
        entity.heads.update({mention.head} if mention.form == "description" else ())
        entity.affiliations += mention.affiliations
        entity.roles += mention.roles
        entity.spans[mention.span] = None
        return entity

    # --- who speaks, and to whom ----------------------------------------------------------------------------------

    def _hear(self) -> None:
        """First and second persons, by whose words they stand in."""
        for i, mention in enumerate(self.mentions):
            if self.entities[i] is None:
                self.entities[i] = self._find_speaker(mention) or self._open(mention)

        for place, pronoun in self._same.items():
            if self.mentions[pronoun].head == "speaker" and self._own(pronoun).named:
                entity, described = self._own(pronoun), self._own(place)
                self._describe(entity, self.mentions[place])
                if described is not entity and not described.named:
                    described.join(entity)

    def _find_speaker(self, mention: Mention) -> Entity | None:
        voice = self.voices.find(mention.span.start)
        if voice is None:
            alone = mention.head == "speaker" and self.here.author
            return self._own_here("author", self.here.author or "", mention) if alone else None
        reading = voice.hearer if mention.head == "addressee" else voice.reading
        place = None if reading is None else self.speakers[reading]
        entity = None if place is None or self.entities[place] is None else self._own(place)
        if entity is not None and mention.head == "speakers" and entity.kind == "person":
            entity = self._find_body(entity)
        if entity is None or self.mentions[place or 0].span == mention.span:
            return None
        entity.spans[mention.span] = None
        return entity

    def _find_body(self, person: Entity) -> Entity | None:
        """The one body that a person speaks for, if the text names just one."""
        named = [body for name in person.affiliations if (body := self.book.get(name)) and body.kind == "organisation"]
        bodies = {body.follow() for body in (*named, *person.bodies) if body.kind == "organisation"}
        return bodies.pop() if len(bodies) == 1 else None


def find_openings(text: str, readings: Sequence[Reading], speakers: Sequence[int | None]) -> dict[int, int]:
    """Where a content in the reporter's words begins behind its cue, after "that": the place of its source."""
    return {
        _THAT.match(text, reading.content[0].start).end(): place  # type: ignore[union-attr]
        for reading, place in zip(readings, speakers, strict=True)
        if place is not None and reading.kind != "direct" and reading.cue and reading.cue[0].start < reading.content[0].start
    }


def _cut_name(mention: Mention) -> str:
    """What somebody unnamed is called: the description, without what a comma sets beside it ("A second official, in the ministry")."""
    front = re.split(r",\s", mention.text, maxsplit=1)[0]
    return mention.text if mention.plural or mention.form != "description" or len(front.split()) == 1 else front


def _fits(entity: Entity, mention: Mention) -> bool:
    """Whether sex, number and kind allow that a mention stands for an entity."""
    if entity.pronoun and (mention.form != "pronoun" or entity.pronoun != mention.head):
        return False
    if entity.place and not entity.sure:
        return False
    if entity.sex and mention.sex and entity.sex != mention.sex:
        return False
    if mention.form == "pronoun":
        if mention.head == "plural":
            return entity.plural or entity.kind in ("group", "organisation")
        if mention.head == "thing":
            return not entity.plural and entity.kind in ("organisation", "document", "group")
        return entity.kind in ("person", "unnamed") and not entity.plural
    if mention.kind in ("person", "unnamed"):
        return entity.kind in ("person", "unnamed") and entity.plural == mention.plural
    if mention.kind == "document":
        return entity.kind == "document" and entity.plural == mention.plural
    if mention.kind == "organisation":
        return entity.kind in ("organisation", "group") and entity.plural == mention.plural
    return entity.plural == mention.plural and entity.kind in ("group", "organisation", "unnamed")


def _is_in(spans: Sequence[Span], span: Span) -> bool:
    """Whether one of `spans`, in text order and apart, holds `span`."""
    at = bisect_right(spans, span.start, key=lambda s: s.start) - 1
    return at >= 0 and spans[at].holds(span)
