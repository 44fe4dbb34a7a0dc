"""Chats around what is said in them: a header, then each line with its time and its speaker."""

import numpy as np
import polars as pl

from orgsmith.prompts.columns import joined
from orgsmith.prompts.days import days
from orgsmith.prompts.moves import AGENT, SPEAKERS

_AGENT = "Agent "
_BEFORE_WORDS = r"^\[\d\d:\d\d:\d\d\] [^:]+: "
_WORD = r"\S+"
_AGENTS_MOVES = [move for move, speaker in SPEAKERS.items() if speaker == AGENT]


def stamped(frame: pl.DataFrame) -> pl.DataFrame:
    """Chats with a header line, each utterance with its time (UTC) and its speaker."""
    said = frame.select(
        "first_name",
        "last_name",
        "agent_first_name",
        "StartTime",
        line=pl.col("Body").str.split("\n"),
        move=pl.col("moves").str.extract_all(_WORD),
        seconds=pl.col("times").str.extract_all(_WORD),
    )
    starts = np.append(0, np.cumsum(said["line"].list.len().to_numpy(), dtype=np.int64))
    lines = said.explode("line", "move", "seconds")
    at = pl.col("StartTime") + pl.duration(
        seconds=pl.col("seconds").cast(pl.Float64).cast(pl.Int64)
    )
    agent = pl.concat_str(pl.lit(_AGENT), "agent_first_name")
    customer = pl.concat_str("first_name", "last_name", separator=" ")
    speaker = pl.when(pl.col("move").is_in(_AGENTS_MOVES)).then(agent).otherwise(customer)
    bodies = joined(
        lines.select(
            pl.format("\n[{}] {}: {}", at.dt.strftime("%H:%M:%S"), speaker, "line")
        ).to_series(),
        starts,
    )
    return frame.with_columns(
        Body=pl.format(
            "Chat started: {}, {} UTC{}",
            days(frame["StartTime"].dt.date()),
            pl.col("StartTime").dt.strftime("%H:%M:%S"),
            bodies,
        )
    )


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Chats as one line for each utterance; needs no more than the published body."""
    line = pl.element()
    words = line.str.replace(_BEFORE_WORDS, "")
    said = pl.when(words.str.len_bytes() < line.str.len_bytes()).then(words)
    return frame.with_columns(Body=pl.col("Body").str.split("\n").list.eval(said).list.join("\n"))
