"""Random streams depend on their name alone."""

import itertools

import numpy as np

from orgsmith.schema.streams import stream


def test_a_stream_is_the_same_each_time() -> None:
    first = stream(7, "Case", 3, "times").random(5)
    assert (first == stream(7, "Case", 3, "times").random(5)).all()


def test_every_part_of_the_name_counts() -> None:
    names = [
        (7, "Case", 3, "times", 0),
        (8, "Case", 3, "times", 0),
        (7, "Order", 3, "times", 0),
        (7, "Case", 4, "times", 0),
        (7, "Case", 3, "moods", 0),
        (7, "Case", 3, "times", 1),
    ]
    draws = [tuple(stream(*name).random(3)) for name in names]
    assert len(set(draws)) == len(names)


def test_streams_of_neighbouring_blocks_are_uncorrelated() -> None:
    count = 20_000
    draws = [stream(7, "Case", block, "times").random(count) for block in range(4)]
    for one, other in itertools.combinations(draws, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 6 / np.sqrt(count)
