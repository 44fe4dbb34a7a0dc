"""Noise is scored in linear time: by the shape of the patterns and the count of calls."""

import importlib
import re
import sys
from itertools import cycle
from pathlib import Path
from types import FrameType

import pytest

from orgsmith.arena.scoring import score
from orgsmith.arena.scoring.score import score_reply
from orgsmith.arena.scoring.verdict import Kind

WIDEST = 500
"""Characters that a pattern may look at from one place; each place costs no more than these."""

MEGABYTE = 1_000_000
NOISE = (
    "<",
    "<answer>",
    "</think>",
    "</answer>",
    "```",
    "0",
    "a",
    "A.",
    "[",
    "[1,",
    '{"a":',
    '{"a":1}',
    '{"answer":1}',
    '{"',
    "{",
    "or ",
    "less ",
    "no longer ",
    "without any ",
    '["',
    "answer ",
    "answer____",
    "the answer to ",
    "u\u0315\u0300",
    "\ufdfa",
    "non ",
    "none of ",
    "no such ",
    "there is no ",
    "1-",
    "20",
    "2023-",
    "july and ",
    "not a ",
    "North ",
    "i can ",
    "as an ",
    "twenty-",
    "\u200b\u00a0",
    ". ",
    "\n\n",
    "\\",
    "\x00",
)
ASKED = (
    ("id", "exact", "005Or000BSoGAaFIYW"),
    ("month", "exact", "2023-07"),
    ("state", "exact", "MI"),
    ("label", "exact", "Neutral"),
    ("text", "f1", "eight addresses"),
)
SILENT = {Kind.UNREADABLE, Kind.UNANSWERED, Kind.WRONG}


def patterns() -> list[re.Pattern[str]]:
    """The patterns of the modules of the scorer."""
    folder = Path(score.__file__).parent
    modules = [
        importlib.import_module(f"orgsmith.arena.scoring.{file.stem}")
        for file in sorted(folder.glob("*.py"))
    ]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, re.Pattern)
    ]


def widest(pattern: re.Pattern[str]) -> int:
    """The most characters that a match can have."""
    parser = importlib.import_module("re._parser")
    return int(parser.parse(pattern.pattern, pattern.flags).getwidth()[1])


def calls(reply: str, asked: tuple[str, str, str]) -> int:
    """How many functions are called while a reply is scored."""
    count = 0

    def note(frame: FrameType, event: str, called: object) -> None:
        nonlocal count
        del frame, called
        count += event in {"call", "c_call"}

    answer_type, metric, answer = asked
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        score_reply(reply, [answer], answer_type, metric)
    finally:
        sys.setprofile(before)
    return count


def test_no_pattern_looks_far() -> None:
    found = patterns()
    assert len(found) >= 10
    assert {pattern.pattern: widest(pattern) for pattern in found if widest(pattern) > WIDEST} == {}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[0])
@pytest.mark.parametrize("noise", NOISE)
def test_twice_the_noise_takes_twice_the_calls(noise: str, asked: tuple[str, str, str]) -> None:
    once = calls(noise * 500, asked)
    assert once > 0
    assert calls(noise * 1000, asked) <= 2 * once + 20


@pytest.mark.parametrize(("noise", "asked"), list(zip(NOISE, cycle(ASKED), strict=False)))
def test_a_megabyte_of_noise_says_nothing(noise: str, asked: tuple[str, str, str]) -> None:
    answer_type, metric, answer = asked
    verdict = score_reply(noise * (MEGABYTE // len(noise)), [answer], answer_type, metric)
    assert verdict.kind in SILENT
    assert verdict.score == 0


@pytest.mark.parametrize(
    "opening", ['{"month":1,"year":', '{"answer":', '{"a":1,"b":', '{"a":[{"answer":2},']
)
def test_objects_within_objects_take_linear_time(opening: str) -> None:
    closing = "]}" if "[" in opening else "}"

    def nested(depth: int) -> str:
        return f"Sure! {opening * depth}1{closing * depth} Done."

    once = calls(nested(100), ASKED[1])
    assert calls(nested(200), ASKED[1]) <= 2 * once + 20


def test_lists_that_are_deeper_than_the_stack_say_nothing() -> None:
    for depth in range(100, 1200, 50):
        reply = f'Sure! {{"answer": {"[" * depth}1{"]" * depth}}} Done.'
        assert score_reply(reply, ["2023-07"], "month", "exact").kind in SILENT


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[0])
def test_an_answer_is_found_in_noise(asked: tuple[str, str, str]) -> None:
    answer_type, metric, answer = asked
    reply = f"{'< ' * 50_000}<answer>{answer}</answer>{' >' * 50_000}"
    assert score_reply(reply, [answer], answer_type, metric).kind is Kind.RIGHT


def test_as_many_ids_as_fit_are_all_compared() -> None:
    ids = [f"005Or0{number:09}" for number in range(5_000)]
    verdict = score_reply(" ".join(ids), [ids[-1]], "id", "exact")
    assert (verdict.kind, verdict.partial) == (Kind.SEVERAL, 1 / 5_000)
