"""Conversations are read a part at a time, and every part is what it would be in one go."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from orgsmith.validators.outcome import merged
from orgsmith.validators.texts import conversations
from orgsmith.validators.texts.conversations import among
from orgsmith.validators.texts.threads import threads
from tests.validators.tables import Frames


def test_parts_make_up_the_whole(made: Frames, monkeypatch: pytest.MonkeyPatch) -> None:
    (whole,) = conversations.conversations(made)
    monkeypatch.setattr(conversations, "PART", 60)
    parts = list(conversations.conversations(made))
    assert len(parts) > 3
    for name in ("cases", "mails", "chats", "lines"):
        frames = [getattr(part, name) for part in parts]
        assert max(frame.height for frame in frames) < getattr(whole, name).height / 2
        key = {"mails": ["ParentId", "place"], "lines": ["Id", "place"]}.get(name, ["Id"])
        assert_frame_equal(pl.concat(frames).sort(key), getattr(whole, name).sort(key))
    said = pl.concat([part.said for part in parts])
    assert_frame_equal(said, whole.said.sort(said.columns), check_row_order=False)
    judged = [list(merged(threads(made, part))) for part in (whole, *parts)]
    assert sum(outcome.n for part in judged[1:] for outcome in part) == sum(
        outcome.n for outcome in judged[0]
    )
    assert not any(outcome.failed for part in judged for outcome in part)


def test_a_part_takes_only_rows_of_its_own() -> None:
    table = pl.LazyFrame({"Id": ["a", "b", "b", None], "value": [1, 2, 3, 4]})
    ids = pl.Series(["b", "b", None, "z"])
    assert among(table, "Id", ids).sort("value")["value"].to_list() == [2, 3]
    assert among(table, "Id", pl.Series([], dtype=pl.String)).is_empty()
