"""Near-duplicates against rapidfuzz's own scores of all pairs."""

import re
import threading
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from orgsmith.schema.streams import stream
from orgsmith.validators.likeness import search, sweep, vectors
from orgsmith.validators.likeness.compiled import FILES, SOURCES, Kept, compiled
from orgsmith.validators.likeness.profiles import LETTERS, PAIRS, Bytes, Whole, profiled
from orgsmith.validators.likeness.scopes import Near, limits, too_near
from orgsmith.validators.likeness.sweep import pack

SCORED = float("inf")
"""Seconds that scoring every pair may take: then bounds are never put to use."""

Found = list[tuple[int, int, float]]

characters = st.sampled_from(["a", "b", " ", "é", "é", "ß", "𝄞", "漢"])
tiny = st.text(characters, min_size=1, max_size=6)
equal_lengths = st.lists(st.sampled_from("abc"), min_size=12, max_size=12).map("".join)
repeats = st.builds(
    lambda unit, times, at, more: (unit * times)[:at] + more + (unit * times)[at:],
    st.sampled_from(["a", "ab", "abc 𝄞"]),
    st.integers(1, 60),
    st.integers(0, 150),
    st.text("ax", max_size=3),
)
anagrams = st.permutations("the same letters").map("".join)
long = st.builds(
    lambda words, times: " ".join(words * times),
    st.lists(st.sampled_from(["late", "parcel", "torn", "was", "again"]), min_size=8, max_size=12),
    st.integers(1, 12),
)


@st.composite
def chains(draw: st.DrawFn) -> list[str]:
    """Texts each of which is the one before with an edit."""
    text = draw(st.text("abcd", min_size=5, max_size=70))
    texts = [text]
    for _ in range(draw(st.integers(1, 12))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(["", "x", "yz"])) + text[at + 1 :] or "x"
        texts.append(text)
    return texts


texts = st.one_of(
    st.lists(st.one_of(tiny, equal_lengths, repeats, anagrams, long), max_size=40),
    st.lists(anagrams, max_size=40),
    st.lists(equal_lengths, max_size=40),
    chains(),
)
thresholds = st.one_of(
    st.sampled_from([60.0, 200 / 3, 75.0, 80.0, 90.0, 93.75, 100.0]),
    st.floats(60, 100),
)


def all_pairs(words: Sequence[str], threshold: float) -> Found:
    """The definition of design.md section 5 over rapidfuzz's scores of all pairs."""
    if not words:
        return []
    scores = process.cdist(words, words, scorer=fuzz.ratio, dtype=np.float64)
    kept: list[int] = []
    found: Found = []
    for row in range(len(words)):
        near = [other for other in kept if scores[row, other] >= threshold]
        if near:
            best = max(near, key=lambda other: (scores[row, other], -other))
            found.append((row, best, float(scores[row, best])))
        else:
            kept.append(row)
    return found


def one_scope(words: Sequence[str], threshold: float, start_s: float, workers: int = 2) -> Near:
    """What is found among texts that are all compared."""
    scopes = np.array([[0, len(words)]])
    series = pl.Series("text", words, dtype=pl.String)
    return too_near(series, scopes, threshold, start_s=start_s, workers=workers)


def triples(near: Near) -> Found:
    """Rows, partners and scores."""
    return list(zip(near.rows.tolist(), near.partners.tolist(), near.scores.tolist(), strict=True))


@pytest.mark.parametrize("start_s", [0, SCORED])
@settings(deadline=None)
@given(words=texts, threshold=thresholds)
def test_pairs_are_those_of_all_pairs(start_s: float, words: list[str], threshold: float) -> None:
    assert triples(one_scope(words, threshold, start_s)) == all_pairs(words, threshold)


@settings(deadline=None)
@given(words=texts, threshold=thresholds, leaf=st.integers(1, 7), workers=st.integers(1, 3))
def test_parts_of_a_large_scope_change_nothing(
    words: list[str], threshold: float, leaf: int, workers: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "LEAF", leaf)
        patch.setattr(search, "PART", 2)
        near = one_scope(words, threshold, 0, workers)
    assert triples(near) == all_pairs(words, threshold)


@settings(deadline=None)
@given(
    parts=st.lists(st.lists(st.one_of(tiny, anagrams), max_size=12), max_size=8),
    threshold=thresholds,
    start_s=st.sampled_from([0, SCORED]),
    gap=st.integers(0, 2),
)
def test_texts_of_different_scopes_are_not_compared(
    parts: list[list[str]], threshold: float, start_s: float, gap: int
) -> None:
    words: list[str] = []
    scopes: list[tuple[int, int]] = []
    expected: Found = []
    for part in parts:
        # Between scopes texts may stand that are alone in theirs.
        words += ["alone"] * gap
        start = len(words)
        words += part
        scopes.append((start, len(words)))
        expected += [
            (row + start, other + start, score) for row, other, score in all_pairs(part, threshold)
        ]
    series = pl.Series("text", words, dtype=pl.String)
    near = too_near(
        series, np.array(scopes, dtype=np.int64).reshape(-1, 2), threshold, start_s=start_s
    )
    assert triples(near) == expected


def drawn(count: int, letters: str, shortest: int, longest: int) -> list[str]:
    """Texts of letters drawn at random."""
    draw = stream(1, "test", 0, "likeness")
    sizes = draw.integers(shortest, longest + 1, count).tolist()
    return ["".join(letters[at] for at in draw.integers(len(letters), size=size)) for size in sizes]


def shuffled(count: int, letters: str) -> list[str]:
    """Anagrams: bounds see no difference, and few are near each other."""
    draw = stream(1, "test", 0, "anagrams")
    return ["".join(draw.permutation(list(letters))) for _ in range(count)]


@pytest.mark.parametrize(
    ("words", "threshold"),
    [
        (drawn(3000, "abcd", 4, 24), 85.0),
        (drawn(3000, "abcdefgh", 9, 9), 200 / 3),
        (shuffled(2500, "abcdefghijklmnop"), 75.0),
        # The band of their distances is wider than three words.
        (drawn(300, "ab", 700, 900), 82.5),
    ],
    ids=["short", "equal lengths", "anagrams", "long"],
)
def test_many_texts(words: list[str], threshold: float) -> None:
    expected = all_pairs(words, threshold)
    found = [one_scope(words, threshold, 0, workers) for workers in (1, 2, 3)]
    assert [triples(near) for near in found] == [expected] * 3
    assert triples(one_scope(words, threshold, SCORED)) == expected


@pytest.mark.parametrize("start_s", [0, SCORED])
def test_pairs_that_no_bound_settles_are_counted(start_s: float) -> None:
    """Lengths or letters settle three pairs of these; the two that are alike are left."""
    near = one_scope(["a parcel", "b parcel", "a parcel that is late"], 80.0, start_s)
    assert near.rows.tolist() == [1]
    assert (near.pairs, near.unsettled) == (2 if start_s == 0 else 3, 1)


@settings(deadline=None)
@given(one=st.one_of(tiny, repeats, anagrams), two=st.one_of(tiny, repeats, anagrams))
def test_profiles_are_no_farther_apart_than_texts(one: str, two: str) -> None:
    profiles = profiled(pl.Series([one, two]))
    distance = Indel.distance(one, two)
    assert profiles.lengths.tolist() == [len(one), len(two)]
    for counted, most in ((profiles.letters, distance), (profiles.pairs, 3 * distance)):
        counts = counted.astype(np.int64)
        assert np.abs(counts[0] - counts[1]).sum() <= most


@settings(deadline=None)
@given(one=st.one_of(tiny, repeats, long), two=st.one_of(tiny, repeats, long), threshold=thresholds)
@example(one="a" * 9, two="b" + "a" * 8, threshold=fuzz.ratio("a" * 9, "b" + "a" * 8))
def test_limits_are_where_scores_reach_the_threshold(one: str, two: str, threshold: float) -> None:
    """Also at the threshold itself: the score of the two is one."""
    for each in (threshold, fuzz.ratio(one, two)):
        total = len(one) + len(two)
        near = Indel.distance(one, two) <= limits(total, each)[total]
        assert near == (fuzz.ratio(one, two) >= each)


@pytest.mark.parametrize("fast", [False, True])
def test_instructions(fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors give what NumPy gives, with the processor's own instruction and without it."""
    if fast and not vectors.FAST:
        pytest.skip("this processor has no vpsadbw")
    monkeypatch.setattr(vectors, "FAST", fast)
    draw = stream(1, "test", 0, "instructions")
    profiles = draw.integers(0, 256, (64, PAIRS), dtype=np.uint8)
    letters = draw.integers(0, 12, (64, LETTERS), dtype=np.uint8)
    packed = np.zeros(letters.size, dtype=np.uint8)
    pack(letters, np.arange(64), packed)

    @compiled
    def compared(
        profiles: Bytes, letters: Bytes, packed: Bytes, distances: Whole, hits: Whole
    ) -> None:
        for one in range(64):
            for two in range(64):
                distances[one, two] = vectors.apart(profiles, one, two, PAIRS)
            for group in range(4):
                bits = vectors.near(letters, one, packed, group, 120)
                while bits:
                    hits[one, group * 16 + vectors.lowest(bits)] += 1
                    bits &= bits - 1

    distances, hits = np.zeros((64, 64), dtype=np.int64), np.zeros((64, 64), dtype=np.int64)
    compared(profiles, letters, packed, distances, hits)
    wide, few = profiles.astype(np.int64), letters.astype(np.int64)
    assert (distances == np.abs(wide[:, None] - wide).sum(axis=2)).all()
    near = np.abs(few[:, None] - few).sum(axis=2) <= 120
    assert 0 < near.sum() < near.size
    assert (hits == near).all()


def test_memory_follows_the_number_of_texts_and_not_of_pairs() -> None:
    """Where every text is like every other, the pairs alone would take a gigabyte."""
    words = [f"the same words again and again {number:05}" for number in range(8000)]
    one_scope(words[:10], 90.0, 0)
    tracemalloc.start()
    try:
        near = one_scope(words, 60.0, 0)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (near.partners == 0).all()
    assert near.rows.size == len(words) - 1
    assert most < 32 << 20


def test_a_long_search_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "POLL_S", 0)
    said: list[str] = []
    words = pl.Series("text", shuffled(3000, "abcdefghijklmnop"))
    too_near(words, np.array([[0, 3000]]), 75.0, start_s=0, tell=said.append)
    slowly = r"[\d,]+ of 3,000 texts compared, slowly: \d+ % of pairs are too alike for .*"
    assert re.fullmatch(slowly, said[-1])


def test_a_search_ends_when_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Ctrl-C: its threads leave their loops, however much is left."""
    monkeypatch.setattr(search, "POLL_S", 0)
    said: list[str] = []

    def stop(told: str) -> None:
        said.append(told)
        raise KeyboardInterrupt

    before = set(threading.enumerate())
    words = pl.Series("text", shuffled(20_000, "abcdefghijklmnop" * 4))
    with pytest.raises(KeyboardInterrupt):
        too_near(words, np.array([[0, 20_000]]), 90.0, start_s=0, tell=stop)
    assert len(said) == 1
    assert not set(threading.enumerate()) - before


def test_machine_code_is_kept_by_all_that_it_is_made_of() -> None:
    """numba looks at the file of a function only; a change to another would go unseen."""
    made_of = re.compile(r"^from (numba|orgsmith\.validators\.likeness\.compiled)\b", re.MULTILINE)
    folder = Path(compiled.__code__.co_filename).parent
    files = [file.name for file in folder.glob("*.py") if made_of.search(file.read_text())]
    assert sorted(files) == list(FILES)
    kept = vars(sweep.against)["_cache"]
    assert isinstance(kept, Kept)
    machine = SimpleNamespace(magic_tuple=lambda: ("this", "processor"))
    assert kept._index_key("kind", machine)[0] == ("kind", SOURCES)
