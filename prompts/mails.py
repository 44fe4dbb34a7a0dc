"""Mails around their writers' words: the subject of the thread, signatures, quoted tails."""

import numpy as np
import polars as pl

from orgsmith.prompts.columns import Ints, by_value, joined, spans
from orgsmith.prompts.days import clocks, days
from orgsmith.prompts.hashes import seed_of

QUOTED_MESSAGES = 7
"""How many earlier messages a mail quotes at most."""

QUOTES_OF_CUSTOMERS = (1, 2, QUOTED_MESSAGES, QUOTED_MESSAGES)
"""How many of them the mail programs of customers keep; the service desk's keeps them all."""

_NEEDED = (
    *("ParentId", "MessageDate", "Subject", "TextBody", "FromName", "Incoming"),
    *("first_name", "agent_first_name"),
)
_REPLY = "Re: "
_MARKS = pl.Series(
    f"\n{'>' * level}{gap}"
    for level in range(QUOTED_MESSAGES + 1)
    for gap in (" " if level else "", "")
)
"""What stands before a line, by the level on which it is quoted; the second if it is empty."""
_INTRODUCED = 3
"""Parts of a quote before its lines: the empty line's mark, the header's mark and the header."""
_QUOTE = r"\n\nOn [A-Z][a-z]+ \d{1,2}, \d{4} at \d{1,2}:\d\d [AP]M UTC, [^\n]+ wrote:\n>"


def threaded(frame: pl.DataFrame, support_name: str) -> pl.DataFrame:
    """Mails with subject, signature and quoted tail; whole threads, their rows in any order."""
    ordered = frame.select(_NEEDED).with_row_index("_row").sort("ParentId", "MessageDate")
    rows = np.arange(ordered.height)
    new = ordered["ParentId"].ne_missing(ordered["ParentId"].shift()).to_numpy()
    place = rows - np.maximum.accumulate(np.where(new, rows, 0))
    subject = ordered["Subject"][rows - place]
    finished = pl.DataFrame(
        {
            "_row": ordered["_row"],
            "Subject": subject.zip_with(pl.Series(place == 0), _REPLY + subject),
            "TextBody": _quoting(
                _signed(ordered, support_name), _headers(ordered), _quoted(ordered, place)
            ),
        }
    ).sort("_row")
    return frame.with_columns(finished["Subject"], finished["TextBody"])


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Mails without quoted tail, signature and "Re: "; needs no more than published fields."""
    text = pl.col("TextBody")
    # Found in bytes, and so cut.
    end = text.str.find(_QUOTE).fill_null(text.str.len_bytes())
    own = text.cast(pl.Binary).bin.slice(0, end).cast(pl.String)
    return (
        frame.with_columns(pl.col("Subject").str.strip_prefix(_REPLY), own)
        .with_columns(_lines=text.str.split("\n"))
        .with_columns(_unsigned())
        .drop("_lines")
    )


def _signed(mails: pl.DataFrame, support_name: str) -> pl.Series:
    """The words with their signature: the sender's name stands right below a closing line
    ("Thanks,"), below a sentence after a blank line."""
    agent = pl.concat_str("agent_first_name", pl.lit(f"\n{support_name}"))
    name = pl.when("Incoming").then("first_name").otherwise(agent)
    closed = pl.col("TextBody").str.ends_with(",")
    gap = pl.when(closed).then(pl.lit("\n")).otherwise(pl.lit("\n\n"))
    return mails.select(pl.concat_str("TextBody", gap, name)).to_series()


def _headers(mails: pl.DataFrame) -> pl.Series:
    """The lines that introduce mails where they are quoted."""
    sent = mails["MessageDate"]
    return pl.select(
        pl.format(
            "On {} at {} UTC, {} wrote:", days(sent.dt.date()), clocks(sent), mails["FromName"]
        )
    ).to_series()


def _quoted(mails: pl.DataFrame, place: Ints) -> Ints:
    """How many messages each mail quotes: no more than its sender's program keeps, and none that
    the mail before it does not show. `place` is the mail's place in its thread."""
    kept = by_value(
        mails["FromName"],
        lambda names: pl.Series(map(_kept, names.to_list()), dtype=pl.Int64),
    )
    most = kept.zip_with(mails["Incoming"], pl.Series([QUOTED_MESSAGES])).to_numpy()
    quoted: Ints = np.minimum(place, most)
    while (quoted[1:] > (shown := quoted[:-1] + 1)).any():
        quoted[1:] = np.minimum(quoted[1:], shown)
    return quoted


def _kept(customer: str) -> int:
    """How many messages the customer's mail program quotes."""
    return QUOTES_OF_CUSTOMERS[seed_of(f"quotes {customer}") % len(QUOTES_OF_CUSTOMERS)]


def _quoting(signed: pl.Series, headers: pl.Series, quoted: Ints) -> pl.Series:
    """Mails with the messages before them, the latest first, each one level deeper.

    A message is quoted as an empty line, its header, and a level deeper the lines of its text.
    """
    text = signed.str.split("\n")
    lines = text.explode()
    counts = text.list.len().to_numpy().astype(np.int64)
    # Each quote: the mail it stands in, its level there, the message quoted, its place in the
    # order of all parts: the mail's own words are one part, a line's mark and the line are two.
    mail = np.repeat(np.arange(quoted.size), quoted)
    level = spans(np.zeros_like(quoted), quoted)
    message = mail - 1 - level
    sizes = counts[message]
    ends = np.append(0, np.cumsum(_INTRODUCED + 2 * sizes))
    place = ends[:-1] + mail + 1
    starts = ends[np.append(0, np.cumsum(quoted))] + np.arange(quoted.size + 1)
    # Each line of a quote: which one it is, and its place.
    line = spans((np.cumsum(counts) - counts)[message], sizes)
    at = 2 * spans(np.zeros_like(sizes), sizes) + np.repeat(place + _INTRODUCED, sizes)
    bare = (lines == "").to_numpy()[line]
    strings = pl.concat([each.alias("") for each in (_MARKS, signed, headers, lines)])
    order = np.empty(starts[-1], dtype=np.int64)
    order[starts[:-1]] = len(_MARKS) + np.arange(quoted.size)
    order[place] = 2 * level + 1
    order[place + 1] = 2 * level
    order[place + 2] = len(_MARKS) + quoted.size + message
    order[at] = 2 * np.repeat(level + 1, sizes) + bare
    order[at + 1] = len(_MARKS) + 2 * quoted.size + line
    return joined(strings, starts, order)


def _unsigned() -> pl.Expr:
    """The text without the lines of its signature, if they are there: the first of them begins the
    sender's name, an agent's is followed by the desk's. Needs the text's `_lines`."""
    text, lines = pl.col("TextBody"), pl.col("_lines")
    last = lines.list.get(-1, null_on_oob=True)
    before = lines.list.get(-2, null_on_oob=True)
    name = pl.when("Incoming").then(last).otherwise(before)
    signature = (
        pl.when("Incoming").then(last).otherwise(pl.concat_str(before, last, separator="\n"))
    )
    signed = (
        (lines.list.len() > pl.when("Incoming").then(1).otherwise(2))
        & (name != "")
        & pl.col("FromName").str.starts_with(name)
    )
    cut = text.str.strip_suffix(pl.concat_str(pl.lit("\n"), signature)).str.strip_chars_end("\n")
    return pl.when(signed).then(cut).otherwise(text)
