"""Rankings: who leads, and how that is told."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.solver.ranking import SHOWN, Compared, Ranking, counted, decided

NUMBERS = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 4), max_size=9)


def compared(numbers: dict[str, int]) -> list[Compared]:
    return [Compared(key, key.upper(), number, str(number)) for key, number in numbers.items()]


@given(NUMBERS, st.booleans())
def test_the_only_best_one_is_the_answer(numbers: dict[str, int], greatest: bool) -> None:
    ranking = Ranking.of(compared(numbers), greatest=greatest)
    found = decided(["heading"], ranking, lambda key: [f"{key}2", f"{key}1"])
    best = (max if greatest else min)(numbers.values(), default=None)
    leaders = sorted(key for key, number in numbers.items() if number == best)
    assert [one.key for one in ranking.leaders] == leaders
    if len(leaders) == 1:
        assert found.answer == leaders[0]
        assert found.evidence == (f"{leaders[0]}1", f"{leaders[0]}2")
    else:
        assert (found.answer, found.evidence) == ("None", ())


@given(NUMBERS, st.booleans())
def test_the_order_of_those_compared_does_not_matter(
    numbers: dict[str, int],
    greatest: bool,
) -> None:
    one, other = compared(numbers), compared(numbers)[::-1]
    assert Ranking.of(one, greatest=greatest) == Ranking.of(other, greatest=greatest)


def test_the_first_few_are_told_and_the_rest_counted() -> None:
    ranking = Ranking.of(compared(dict.fromkeys("abcdefg", 1)), greatest=True)
    lines = ranking.lines()
    assert len(lines) == SHOWN + 1
    assert lines[0] == "1. A (a): 1"
    assert lines[-1] == "and 2 more"


def test_a_key_that_is_its_own_name_is_told_once() -> None:
    assert Compared("TX", "TX", 1, "1 case").label == "TX"


def test_fractions_that_print_alike_are_not_a_tie() -> None:
    near = [
        Compared(key, key, Fraction(10**15 + extra, 3), "") for key, extra in (("a", 1), ("b", 0))
    ]
    assert [one.key for one in Ranking.of(near, greatest=True).leaders] == ["a"]


def test_a_tie_and_nothing_are_said() -> None:
    tie = decided([], Ranking.of(compared({"a": 1, "b": 1, "c": 0}), greatest=True), lambda _: ())
    assert tie.derivation.endswith("a tie: A (a), B (b)")
    nothing = decided(["of nobody"], Ranking(()), lambda _: ())
    assert nothing.derivation == "of nobody\nnothing is left to compare"


def test_nouns_fit_their_number() -> None:
    assert [counted(number, "case") for number in (0, 1, 2)] == ["0 cases", "1 case", "2 cases"]
