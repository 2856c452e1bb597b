"""What earlier decisions say of a new one."""

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from flows.decisions import MAX_PAIRS, bounded, concerning, contradicting, joined_by, said_already, taken_back
from flows.standing import Decision


def decision(number: int, said: str, a: tuple[str, ...], b: tuple[str, ...]) -> Decision:
    return Decision(number, said, "/".join(a), "/".join(b), "2026-01-15T08:00:00", a, b, ())


PIN_AB, PIN_BC = decision(1, "same", ("a1",), ("b1",)), decision(2, "same", ("b1",), ("c1",))
SPLIT_AC = decision(3, "different", ("a1", "a2"), ("c1", "c2"))


def test_pins_join_over_others() -> None:
    assert joined_by([PIN_AB, PIN_BC, SPLIT_AC], ["a1"]) == {"a1": (), "b1": (PIN_AB,), "c1": (PIN_AB, PIN_BC)}


def test_a_split_of_what_pins_join_over_others_is_a_contradiction_and_names_them_all() -> None:
    assert contradicting([PIN_AB, PIN_BC], "different", ["a1", "a2"], ["c1", "c2"]) == [PIN_AB, PIN_BC]
    assert contradicting([PIN_AB], "different", ["a1", "a2"], ["c1", "c2"]) == []


def test_a_pin_of_what_is_split_over_others_is_a_contradiction() -> None:
    assert contradicting([SPLIT_AC], "same", ["a1", "a2"], ["c1", "c2"]) == [SPLIT_AC]
    assert contradicting([PIN_AB, SPLIT_AC], "same", ["b1"], ["c1"]) == [PIN_AB, SPLIT_AC]
    assert contradicting([PIN_AB, SPLIT_AC], "same", ["c2"], ["b1"]) == [SPLIT_AC, PIN_AB]
    assert contradicting([SPLIT_AC], "same", ["b1"], ["c1"]) == []


def test_a_split_of_single_records_stands_against_a_pin_of_their_papers() -> None:
    parted = decision(1, "different", ("a2",), ("b2",))
    assert contradicting([parted], "same", ["a1", "a2"], ["b1", "b2"]) == [parted]
    assert contradicting([parted], "same", ["a1"], ["b1"]) == []


def test_what_follows_from_earlier_decisions_is_said_already() -> None:
    assert said_already([PIN_AB, PIN_BC], "same", ["c1"], ["a1"]) == [PIN_BC, PIN_AB]
    assert said_already([PIN_AB], "same", ["a1"], ["c1"]) == []
    assert said_already([SPLIT_AC], "different", ["c2"], ["a1", "a2"]) == [SPLIT_AC]
    # A record that came later.
    assert said_already([SPLIT_AC], "different", ["a1", "a2", "a3"], ["c1"]) == []


def test_a_decision_is_found_by_its_names_in_either_order_or_by_its_records() -> None:
    every = [PIN_AB, PIN_BC, SPLIT_AC]
    assert taken_back(every, "same", "b1", " a1") == [PIN_AB]
    assert taken_back(every, "different", "a1", "b1") == []
    assert concerning(every, "different", ["c2"], ["a9", "a2"]) == [SPLIT_AC]
    assert concerning(every, "same", ["a1"], ["c1"]) == []


def test_papers_of_thousands_of_records_are_parted_by_their_first() -> None:
    for many, few in ((5_000, 3), (3, 5_000), (500, 5_000), (50, 60)):
        a, b = bounded([f"a{n}" for n in range(many)], [f"b{n}" for n in range(few)])
        assert 0 < len(a) * len(b) <= MAX_PAIRS
        assert (a[0], b[0]) == ("a0", "b0")
    assert [len(side) for side in bounded(range(50), range(60))] == [50, 60]  # type: ignore[arg-type]


SIDES = st.sets(st.sampled_from("abcdef"), min_size=1, max_size=2).map(lambda side: tuple(sorted(side)))


@given(st.lists(st.tuples(st.sampled_from(["same", "different"]), SIDES, SIDES), max_size=12))
def test_decisions_that_were_let_in_can_all_hold_at_once(asked: list[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> None:
    kept: list[Decision] = []
    for number, (said, a, b) in enumerate(asked):
        if set(a) & set(b) or contradicting(kept, said, a, b):
            continue
        already = said_already(kept, said, a, b)
        assert set(already) <= set(kept)
        kept.append(decision(number, said, a[:1] if said == "same" else a, b[:1] if said == "same" else b))
        assert said_already(kept, said, a, b)
    for one in kept:
        if one.decision == "different":
            assert not any(y in joined_by(kept, [x]) for x, y in product(one.records_a, one.records_b))
    for a, b in combinations("abcdef", 2):
        assert bool(contradicting(kept, "different", [a], [b])) == (b in joined_by(kept, [a]))
