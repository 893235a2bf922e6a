"""Which sources of different documents are taken for one, and why: a table of cases."""

from __future__ import annotations

from onrecord.trace.identity import Judgement, Known, join_sources


def source(key: str, name: str, *roles: str, of: str = "", beside: str = "", handle: str = "", kind: str = "person") -> Known:
    return Known(
        id=f"{key * 12}/p1",
        name=name,
        kind=kind,  # type: ignore[arg-type]
        roles=roles,
        affiliations=(of,) if of else (),
        handles=(handle,) if handle else (),
        beside=frozenset({beside} if beside else ()),
        published=f"2024-01-0{int(key, 16) % 9 + 1}",
    )


def groups(*sources: Known, judgements: tuple[Judgement, ...] = ()) -> list[set[str]]:
    return sorted(({m.id[0] for m in i.members} for i in join_sources(sources, judgements)), key=sorted)


def decide(kind: str, a: str, b: str, at: str = "2024-02-01") -> Judgement:
    return Judgement(kind=kind, a=f"{a * 12}/p1", b=f"{b * 12}/p1", by="Mara", at=at)  # type: ignore[arg-type]


def test_the_same_full_name_and_body() -> None:
    one, other = source("1", "Ilsa Dorn", "director", of="Kelm Port"), source("2", "Dr Ilsa Dorn", "head", of="the Kelm Port")
    assert groups(one, other) == [{"1", "2"}]
    assert "both of Kelm Port" in next(iter(join_sources([one, other])[0].reasons.values()))


def test_the_same_full_name_and_nothing_against_it() -> None:
    assert groups(source("1", "Ilsa Dorn", "director"), source("2", "Ilsa Dorn")) == [{"1", "2"}]


def test_the_same_full_name_with_other_roles_stays_apart() -> None:
    mayor, striker = source("1", "Marek Tarn", "mayor", of="Lissen"), source("2", "Marek Tarn", "striker", of="Kelm United")
    assert groups(mayor, striker) == [{"1"}, {"2"}]
    apart = [line for identity in join_sources([mayor, striker]) for line in identity.apart]
    assert apart == ["striker; Kelm United here, mayor; Lissen there"]


def test_company_makes_one() -> None:
    assert groups(source("1", "Marek Tarn", "mayor", beside="piet hallam"), source("2", "Marek Tarn", "farmer", beside="piet hallam")) == [
        {"1", "2"}
    ]


def test_a_surname_joins_with_something_in_common() -> None:
    full = source("1", "Ilsa Dorn", "director", of="Kelm Port")
    assert groups(full, source("2", "Dorn", of="Kelm Port")) == [{"1", "2"}]
    assert groups(full, source("2", "Dorn")) == [{"1"}, {"2"}]


def test_a_surname_that_fits_two_stays_apart() -> None:
    two = (source("1", "Ilsa Dorn", "director"), source("2", "Oskar Dorn", "director"))
    assert groups(*two, source("3", "Dorn", "director")) == [{"1"}, {"2"}, {"3"}]


def test_an_account_joins() -> None:
    assert groups(source("1", "Ilsa Dorn", "poet", handle="@idorn"), source("2", "Ilsa Dorn", "diver", handle="@IDorn")) == [{"1", "2"}]


def test_bodies_join_by_name() -> None:
    bodies = (source("1", "Kelm Port Authority", kind="organisation"), source("2", "the Kelm Port Authority", kind="organisation"))
    assert groups(*bodies, source("3", "Kelm Port Company", kind="organisation")) == [{"1", "2"}, {"3"}]


def test_joined_and_split_by_hand() -> None:
    mayor, striker = source("1", "Marek Tarn", "mayor"), source("2", "Marek Tarn", "striker")
    assert groups(mayor, striker, judgements=(decide("join", "1", "2"),)) == [{"1", "2"}]
    same = (source("1", "Ilsa Dorn"), source("2", "Ilsa Dorn"))
    assert groups(*same, judgements=(decide("split", "1", "2"),)) == [{"1"}, {"2"}]


def test_the_latest_decision_counts() -> None:
    same = (source("1", "Ilsa Dorn"), source("2", "Ilsa Dorn"))
    decided = (decide("split", "1", "2"), decide("join", "2", "1", at="2024-03-01"))
    assert groups(*same, judgements=decided) == [{"1", "2"}]


def test_a_split_holds_over_a_third() -> None:
    three = (source("1", "Marek Tarn", "mayor"), source("2", "Marek Tarn", "striker"), source("3", "Marek Tarn", "baker"))
    decided = (decide("split", "1", "2"), decide("join", "1", "3"), decide("join", "3", "2"))
    assert groups(*three, judgements=decided) == [{"1", "3"}, {"2"}]
    assert any("were split by hand" in line for i in join_sources(three, decided) for line in i.apart)
