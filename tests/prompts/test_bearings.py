"""What follows from a record's variables, record by record."""

import datetime as dt
import re

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.prompts.bearings import with_bearings
from orgsmith.prompts.days import day
from orgsmith.prompts.hashes import person, seed_of
from orgsmith.prompts.vocabulary import TOLD, Vocabulary
from orgsmith.schema import packs
from tests.prompts.plain_grammar import mixed

NOON = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)

names = st.sampled_from(["Ann", "Bo", "Cleo", "Dee", "", "ß"])
shared = {
    "first_name": names,
    "last_name": names,
    "tone": st.sampled_from(["Negative", "Neutral", "Positive"]),
    "issue": st.just("Late"),
    "mention": st.sampled_from(["a late parcel", "the parcel that is late", "An odd parcel", "x"]),
    "detail_ask": st.sampled_from(["Could you tell?", "Please tell.", "Pleased?", "Canyon you"]),
    "order_date": st.dates(dt.date(2024, 6, 1), dt.date(2025, 6, 1)),
}
agents = {"agent_first_name": names, "agent_last_name": names}
wishes = {
    "wish": st.sampled_from(["apart", "met", "", None]),
    "settled": st.sampled_from(["paid", "", None]),
}
times = st.integers(0, 3600 * 24 * 400).map(lambda seconds: NOON - dt.timedelta(seconds=seconds))
ids = st.integers(0, 10**9).map("5000{}".format)

CASES = st.fixed_dictionaries({**shared, "Id": ids, "CreatedDate": times})
MAILS = st.fixed_dictionaries(
    {
        **shared,
        **agents,
        **wishes,
        "Id": st.just("02s"),
        "ParentId": ids,
        "MessageDate": times,
        "CreatedDate": st.just(NOON),
        "answers": st.sampled_from(["report", "give_detail", "", None]),
        "gap_hours": st.sampled_from([None, 0.5, 30.0, 30.5]),
    }
)
CHATS = st.fixed_dictionaries(
    {
        **shared,
        **agents,
        **wishes,
        "Id": st.just("570"),
        "CaseId": ids,
        "StartTime": times,
        "moves": st.just("greet report"),
    }
)
KINDS: dict[str, pl.DataType] = {
    "order_date": pl.Date(),
    "gap_hours": pl.Float64(),
    **dict.fromkeys(["CreatedDate", "MessageDate", "StartTime"], pl.Datetime("us", "UTC")),
}


def plain(row: dict[str, object]) -> dict[str, object]:
    """What follows from the variables of one record."""
    drawn = seed_of(f"choices {row.get('ParentId') or row.get('CaseId') or row['Id']}")
    digits = [drawn // 10**place % 10 for place in range(6)]
    customer = person(f"{row['first_name']} {row['last_name']}")
    styles = ("formal", "warm", "brief", "warm", "formal")
    wish, gap = row.get("wish"), row.get("gap_hours")
    unheard = ("moves" in row and digits[0] >= 6) or (wish == "apart" and digits[5] >= 5)
    mention = str(row["mention"])
    clause = re.search(r" (that|which|whose) ", mention)
    found: dict[str, object] = {
        "customer": customer,
        "manner": (*("brief", "plain", "chatty") * 2, "brief", "plain")[customer % 8],
        "waited": isinstance(gap, float) and gap > 30,
        "answers": row.get("answers") or "none",
        "mended": row.get("settled") is not None,
        "label": mention if clause else re.sub("^(an?|the|some) ", "", mention),
        "order_day": order_day(row),
        "favor": str(row["detail_ask"]) in ("Could you tell?", "Please tell."),
        "named": "body" if digits[1] < 3 else "subject",
        "voiced": digits[0] < 6,
        "heard": wish if wish and not unheard else "nothing",
        "restate": digits[2] < 2,
        "named_before": row.get("answers") == "give_detail",
        "sorry_due": row["tone"] == "Negative" or digits[3] < 6,
        "numbered": digits[4] < 4,
    }
    if "agent_first_name" in row:
        agent = person(f"{row['agent_first_name']} {row['agent_last_name']}")
        found |= {"agent": agent, "style": styles[agent % 5]}
    return found


def order_day(row: dict[str, object]) -> str:
    """The order's date, without the year if it was not long ago."""
    date = row["order_date"]
    moment = row.get("MessageDate") or row.get("StartTime") or row.get("CreatedDate")
    assert isinstance(date, dt.date)
    assert isinstance(moment, dt.datetime)
    return day(date).split(",")[0] if (moment.date() - date).days < 200 else day(date)


@given(rows=st.one_of(*(st.lists(kind, max_size=6) for kind in (CASES, MAILS, CHATS))))
def test_bearings_are_what_they_are_record_by_record(rows: list[dict[str, object]]) -> None:
    if not rows:
        rows, height = [{**dict.fromkeys(shared, ""), "Id": "", "CreatedDate": None}], 0
    else:
        height = len(rows)
    schema = {name: KINDS.get(name, pl.String()) for name in rows[0]}
    frame = pl.DataFrame(rows if height else [], schema=schema)
    found = with_bearings(frame)
    assert found.height == height
    assert found.select(schema.keys() - {"answers"}).equals(
        frame.select(schema.keys() - {"answers"})
    )
    for row, bearings in zip(rows, found.iter_rows(named=True), strict=False):
        expected = plain(row)
        assert {name: bearings[name] for name in expected} == expected


def test_words_are_drawn_product_by_product() -> None:
    industry = packs.load("sportswear")
    rows = [
        {"category": category.key, "noun": noun.name}
        for number in range(3)
        for category in industry.categories
        for noun in category.nouns[number:]
    ]
    keys = [mixed(number) for number in range(len(rows))]
    found = Vocabulary(industry).products(pl.DataFrame(rows), np.array(keys, dtype=np.uint64))
    categories = {category.key: category for category in industry.categories}
    for row, key, words in zip(rows, keys, found.iter_rows(named=True), strict=True):
        category = categories[row["category"]]
        assert words["goods"] == (not category.service)
        for (kind, count), texts in zip(
            TOLD, (category.features, category.materials, category.uses), strict=True
        ):
            rest = [text.format(noun=row["noun"]) for text in texts]
            for number in range(1, count + 1):
                key = mixed(key + number)
                assert words[f"{kind}_{number}"] == rest.pop(key % len(rest))
