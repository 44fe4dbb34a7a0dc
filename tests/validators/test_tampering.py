"""A published dataset that was tampered with: every fault is named by object, record and field.

Faults of one kind are planted together, in every object and field they can occur in, each in a
record of its own. The manifest's digests follow, so that what finds them is the check of meaning,
not the check of bytes.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl
import pytest

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.integrity import check_files
from orgsmith.schema.declaration import Field, Kind, Object
from orgsmith.schema.graph import NODES
from orgsmith.schema.ids import SUFFIXES, suffix
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.checks import check_tables
from orgsmith.validators.outcome import Finding
from orgsmith.validators.records.references import references
from tests.validators.published import Tampered

Expected = tuple[str, str, str]
"""Object, record and field that a message must name."""

DAY = dt.timedelta(days=1)
GROUPS = 6
"""Into how many groups the tables are put that are emptied together."""


def missed(findings: Iterable[Finding], expected: Iterable[Expected]) -> list[Expected]:
    """What no message names; an empty field or record stands for any."""
    found = [(f.object, f.record, f.field) for f in findings]
    assert all(str(finding).startswith(finding.object) for finding in findings)
    return [
        wanted
        for wanted in expected
        if not any(
            all(name in {"", shown} for name, shown in zip(wanted, named, strict=True))
            for named in found
        )
    ]


def plant(
    tampered: Tampered,
    where: Callable[[Object, Field], bool],
    spoil: Callable[[Field, object], object],
) -> list[Expected]:
    """Spoil one value of each field `where` says, each in another record with a value."""
    expected = []
    for name, declared in OBJECTS.items():
        used: set[int] = set()
        for field in declared.fields:
            if not where(declared, field):
                continue
            frame = tampered[name]
            filled = frame[field.name].is_not_null().arg_true().to_list()
            row = next(row for row in filled if row not in used)
            used.add(row)
            expected.append((name, frame["Id"][row], field.name))
            tampered.set(name, row, field.name, spoil(field, frame[field.name][row]))
    assert expected
    return expected


def other_suffix(value: object) -> str:
    """The id with another suffix."""
    text = str(value)
    return text[:17] + SUFFIXES[(SUFFIXES.index(text[17]) + 1) % len(SUFFIXES)]


def other_prefix(value: object) -> str:
    """The id with a key prefix that no object has."""
    return f"zzz{str(value)[3:]}"


def elsewhere(value: object) -> str:
    """A well-formed id of the same object that no record has."""
    fifteen = str(value)[:6] + "zzzzzzzz0"
    return fifteen + suffix(fifteen)


# Every sound dataset first: a check that cries wolf would catch all faults below.


def test_the_dataset_is_sound(published: Path) -> None:
    outcomes = [*check_tables(Dataset.open(published)), *check_files(published)]
    assert [str(f) for outcome in outcomes for f in outcome.findings] == []
    assert {outcome.object for outcome in outcomes} >= set(NODES)


# Files.


def test_missing_files(tampered: Tampered) -> None:
    dataset = Dataset.open(tampered.path)
    gone = {node: dataset.files(node)[0] for node in NODES}
    for file in gone.values():
        file.unlink()
    found = [f for outcome in check_files(tampered.path) for f in outcome.findings]
    for node, file in gone.items():
        assert any(f.object == node and f.record.endswith(file.name) for f in found), node


def test_changed_bytes(tampered: Tampered) -> None:
    dataset = Dataset.open(tampered.path)
    for node in NODES:
        file = dataset.files(node)[0]
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    found = [f for outcome in check_files(tampered.path) for f in outcome.findings]
    assert missed(found, [(node, "", "sha256") for node in NODES]) == []


@pytest.mark.parametrize("fault", ["dropped", "cast", "added"])
def test_columns(tampered: Tampered, fault: str) -> None:
    expected = []
    for name, node in NODES.items():
        last = node.fields[-1].name
        frame = tampered[name]
        if fault == "dropped":
            tampered[name] = frame.drop(last)
        elif fault == "cast":
            tampered[name] = frame.with_columns(pl.lit(1, pl.Int16).alias(last))
        else:
            last = "Extra__c"
            tampered[name] = frame.with_columns(pl.lit(1).alias(last))
        expected.append((name, "(all)", last))
    assert missed(tampered.findings(), expected) == []


def test_another_pack(tampered: Tampered) -> None:
    """What was asked for is part of the dataset."""
    manifest = tampered.path / "manifest.json"
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**content, "scale": 0.6}))
    assert (
        missed(tampered.findings(), [("Case", "(all)", "(rows)"), ("User", "(all)", "(rows)")])
        == []
    )


# Values, field by field.


def test_nulls_in_required_fields(tampered: Tampered) -> None:
    expected = plant(tampered, lambda _, f: not f.optional and f.name != "Id", lambda _f, _v: None)
    assert missed(tampered.findings(), expected) == []


def test_values_out_of_picklists(tampered: Tampered) -> None:
    expected = plant(tampered, lambda _, f: bool(f.values), lambda _f, _v: "Unheard Of")
    assert missed(tampered.findings(), expected) == []


def test_broken_patterns(tampered: Tampered) -> None:
    expected = plant(tampered, lambda _, f: f.pattern is not None, lambda _f, _v: "!")
    assert missed(tampered.findings(), expected) == []


def test_values_below_the_minimum(tampered: Tampered) -> None:
    expected = plant(tampered, lambda _, f: f.minimum is not None, lambda _f, _v: -5)
    assert missed(tampered.findings(), expected) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300])
def test_numbers_that_are_none(tampered: Tampered, value: float) -> None:
    expected = plant(tampered, lambda _, f: f.kind is Kind.CURRENCY, lambda _f, _v: value)
    assert missed(tampered.findings(), expected) == []


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_table_stops_the_checks(tampered: Tampered, group: int) -> None:
    """However little is left of tables, checks end with findings that name them."""
    nodes = list(NODES)[group::GROUPS]
    for node in nodes:
        frame = tampered[node]
        key = "Id" if node in OBJECTS else frame.columns[0]
        tampered[node] = frame.with_columns(
            pl.lit(None, dtype).alias(name) for name, dtype in frame.schema.items() if name != key
        )
    assert missed(tampered.findings(), [(node, "", "") for node in nodes]) == []


def test_empty_tables_do_not_stop_the_checks(tampered: Tampered) -> None:
    for node in NODES:
        tampered[node] = tampered[node].clear()
    named = [(node, "(all)", "(rows)") for node in OBJECTS if node != "PricebookEntry"]
    assert missed(tampered.findings(), named) == []


def test_texts_that_are_too_long(tampered: Tampered) -> None:
    expected = plant(
        tampered,
        lambda _, f: f.max_length is not None and not f.pattern and f.name != "Body",
        lambda f, _v: "long" * (f.max_length or 1),
    )
    assert missed(tampered.findings(), expected) == []


def test_gaps_that_are_filled_and_fields_that_are_emptied(tampered: Tampered) -> None:
    expected = []
    for name, declared in OBJECTS.items():
        for field in declared.fields:
            if field.gaps:
                nothing = pl.lit(None, field.kind.dtype).alias(field.name)
                tampered[name] = tampered[name].with_columns(nothing)
                expected.append((name, "(all)", field.name))
    assert missed(tampered.findings(), expected) == []


def test_empty_texts_and_slots_left_over(tampered: Tampered) -> None:
    expected = plant(
        tampered,
        lambda _, f: f.written,
        lambda f, value: " \n" if f.kind is Kind.STRING else f"{value} {{noun}}",
    )
    assert missed(tampered.findings(), expected) == []


def test_money_that_is_no_whole_cents(tampered: Tampered) -> None:
    prices = {
        ("PricebookEntry", "UnitPrice"),
        ("OrderItem", "UnitPrice"),
        ("OrderItem", "TotalPrice"),
    }
    expected = plant(
        tampered,
        lambda o, f: (o.name, f.name) in prices,
        lambda _f, value: float(str(value)) + 0.003,
    )
    assert missed(tampered.findings(), expected) == []


# Ids and references.


@pytest.mark.parametrize("spoil", [other_suffix, other_prefix])
def test_malformed_ids(tampered: Tampered, spoil: Callable[[object], str]) -> None:
    expected = [
        (name, other_suffix(record), "Id")
        for name, record, _ in plant(
            tampered, lambda _, f: f.name == "Id", lambda _f, v: other_suffix(v)
        )
    ]
    assert missed(tampered.findings(), expected) == []


def test_wrong_prefixes_of_ids(tampered: Tampered) -> None:
    expected = [
        (name, f"zzz{record[3:]}", "Id")
        for name, record, _ in plant(
            tampered, lambda _, f: f.name == "Id", lambda _f, v: f"zzz{str(v)[3:]}"
        )
    ]
    assert missed(tampered.findings(), expected) == []


@pytest.mark.parametrize("spoil", [other_suffix, elsewhere, other_prefix])
def test_dangling_references(tampered: Tampered, spoil: Callable[[object], str]) -> None:
    expected = plant(tampered, lambda o, f: f.name in references(o), lambda _f, value: spoil(value))
    receiver = tampered["EmailMessage"].row(-1, named=True)
    wrong = json.dumps([spoil(json.loads(receiver["ToIds"])[0])])
    tampered.set("EmailMessage", -1, "ToIds", wrong)
    expected.append(("EmailMessage", receiver["Id"], "ToIds"))
    assert missed(tampered.findings(), expected) == []


def test_dangling_references_of_latents(tampered: Tampered) -> None:
    expected = []
    for name, node in NODES.items():
        for column in references(node) if name not in OBJECTS else ():
            frame = tampered[name]
            row = frame[column].is_not_null().arg_true()[0]
            tampered.set(name, row, column, elsewhere(frame[column][row]))
            expected.append((name, "", column))
    assert missed(tampered.findings(), expected) == []


def test_duplicate_ids(tampered: Tampered) -> None:
    expected = []
    for name in OBJECTS:
        frame = tampered[name]
        tampered[name] = pl.concat([frame, frame[3:4]])
        expected.append((name, frame["Id"][3], "Id"))
    assert missed(tampered.findings(), expected) == []


def test_values_that_must_be_unique(tampered: Tampered) -> None:
    expected = []
    for name, declared in OBJECTS.items():
        for field in declared.fields:
            if field.unique and field.name != "Id":
                frame = tampered[name]
                tampered.set(name, 1, field.name, frame[field.name][0])
                expected.append((name, frame["Id"][1], field.name))
    assert missed(tampered.findings(), expected) == []


def test_what_identifies_a_record_is_shared(tampered: Tampered) -> None:
    expected = []
    for name, declared in OBJECTS.items():
        if declared.identity:
            frame = tampered[name]
            for column in declared.identity:
                tampered.set(name, 1, column, frame[column][0])
            expected.append((name, frame["Id"][1], "+".join(declared.identity)))
    assert missed(tampered.findings(), expected) == []


# A price book that is gone leaves every product with a price too many: the others apart from it.
@pytest.mark.parametrize("names", [["Pricebook2"], [n for n in OBJECTS if n != "Pricebook2"]])
def test_records_that_are_gone(tampered: Tampered, names: list[str]) -> None:
    """Something else always tells of a record: a reference to it, or the plan it was made from."""
    gone = {}
    for name in names:
        frame = tampered[name]
        row = frame.height // 2
        if name == "Contact":
            # One without a case leaves no trace but the count of rows.
            cases = Dataset.open(tampered.path).scan("Case").collect()["ContactId"]
            row = frame["Id"].is_in(cases.to_list()).arg_true()[0]
        if name == "ProductCategoryProduct":
            row = (~frame["IsPrimaryCategory"]).arg_true()[0]
        gone[name] = frame.row(row, named=True)
        tampered[name] = frame.filter(pl.col("Id") != gone[name]["Id"])
    messages = [str(finding) for finding in tampered.findings()]
    telling = {
        "CaseHistory__c": "CaseId__c",
        "EmailMessage": "ParentId",
        "LiveChatTranscript": "CaseId",
        "PricebookEntry": "Product2Id",
        "ProductCategoryProduct": "ProductId",
    }
    for name, record in gone.items():
        told = record[telling.get(name, "Id")]
        assert any(told in message for message in messages), name


# Time.


def test_dates_outside_of_the_span(tampered: Tampered) -> None:
    as_of = Dataset.open(tampered.path).organisation.as_of

    def late(field: Field, value: object) -> object:
        del value
        day = dt.datetime.combine(as_of, dt.time(1), dt.UTC)
        return day if field.kind is Kind.DATETIME else day.date()

    expected = plant(
        tampered,
        lambda o, f: f.kind in {Kind.DATE, Kind.DATETIME} and o.name != "Pricebook2",
        late,
    )
    assert missed(tampered.findings(), expected) == []


def test_dates_before_the_span(tampered: Tampered) -> None:
    early = dt.datetime(1999, 1, 1, tzinfo=dt.UTC)
    expected = plant(
        tampered,
        lambda o, f: (
            o.blocked
            and f.kind in {Kind.DATE, Kind.DATETIME}
            and o.name not in {"Account", "Contact"}
        ),
        lambda f, _: early if f.kind is Kind.DATETIME else early.date(),
    )
    assert missed(tampered.findings(), expected) == []


def closed_case(tampered: Tampered, number: int) -> int:
    """Row of a closed case."""
    return int(tampered["Case"]["IsClosed"].arg_true()[number])


def row_of(tampered: Tampered, node: str, record: str) -> int:
    """Row of a record."""
    return int((tampered[node]["Id"] == record).arg_true()[0])


def test_time_order(tampered: Tampered) -> None:
    expected = []

    def move(node: str, row: int, name: str, value: object) -> None:
        expected.append((node, tampered[node]["Id"][row], name))
        tampered.set(node, row, name, value)

    case = closed_case(tampered, 0)
    move("Case", case, "ClosedDate", tampered["Case"]["CreatedDate"][case] - DAY)
    mail, chat, step = (
        tampered[name].row(0, named=True)
        for name in ("EmailMessage", "LiveChatTranscript", "CaseHistory__c")
    )
    move("EmailMessage", 0, "MessageDate", mail["MessageDate"] - 900 * DAY)
    move("LiveChatTranscript", 0, "EndTime", chat["StartTime"] - dt.timedelta(seconds=1))
    move("LiveChatTranscript", 1, "StartTime", chat["StartTime"] + 2000 * DAY)
    move("CaseHistory__c", 0, "CreatedDate", step["CreatedDate"] - 400 * DAY)
    delivered = tampered["Order"]["DeliveryDate__c"].is_not_null().arg_true()
    first, second, third = (int(row) for row in delivered[:3])
    move("Order", first, "DeliveryDate__c", tampered["Order"]["EffectiveDate"][first] - DAY)
    move("Order", second, "EffectiveDate", tampered["Order"]["DeliveryDate__c"][second] + DAY)
    buyer = row_of(tampered, "Account", tampered["Order"]["AccountId"][third])
    tampered.set("Account", buyer, "CreatedDate", tampered["Order"]["CreatedDate"][third] + DAY)
    expected.append(("Order", tampered["Order"]["Id"][third], "CreatedDate"))
    reporter = row_of(tampered, "Contact", tampered["Case"]["ContactId"][case + 1])
    tampered.set(
        "Contact", reporter, "CreatedDate", tampered["Case"]["CreatedDate"][case + 1] + DAY
    )
    expected.append(("Case", tampered["Case"]["Id"][case + 1], "CreatedDate"))
    bought = tampered["OrderItem"].row(0, named=True)
    product = row_of(tampered, "Product2", bought["Product2Id"])
    tampered.set("Product2", product, "CreatedDate", bought["CreatedDate"] + 5 * DAY)
    expected.append(("OrderItem", bought["Id"], "Product2Id"))
    move("OrderItem", 1, "CreatedDate", tampered["OrderItem"]["CreatedDate"][1] - 30 * DAY)
    sale = int((~tampered["Pricebook2"]["IsStandard"]).arg_true()[0])
    move("Pricebook2", sale, "ValidTo", tampered["Pricebook2"]["ValidFrom"][sale] - DAY)
    left = int(tampered["User"]["DutyEnd__c"].is_not_null().arg_true()[0])
    move("User", left, "DutyEnd__c", tampered["User"]["DutyStart__c"][left] - DAY)
    article = tampered["Knowledge__kav"]
    move("Knowledge__kav", 0, "LastPublishedDate", article["CreatedDate"][0] - DAY)
    move("PricebookEntry", 0, "CreatedDate", dt.datetime(2001, 1, 1, tzinfo=dt.UTC))
    move("ProductCategoryProduct", 0, "CreatedDate", dt.datetime(2001, 1, 1, tzinfo=dt.UTC))
    born = int(tampered["Account"]["PersonBirthdate"].is_not_null().arg_true()[0])
    move("Account", born, "PersonBirthdate", tampered["Account"]["CreatedDate"][born].date() + DAY)
    assert missed(tampered.findings(), expected) == []


# Cases and their histories.


def test_broken_histories(tampered: Tampered) -> None:
    expected = []
    cases, steps = tampered["Case"], tampered["CaseHistory__c"]
    agents = tampered["User"]["Id"]

    def case_of(number: int) -> tuple[int, str]:
        row = closed_case(tampered, number)
        return row, cases["Id"][row]

    def step_of(case: str, kind: str) -> int:
        mine = (steps["CaseId__c"] == case) & (steps["Field__c"] == kind)
        return int(mine.arg_true()[0])

    row, case = case_of(0)
    tampered.set(
        "Case", row, "OwnerId", agents[0] if agents[0] != cases["OwnerId"][row] else agents[1]
    )
    expected.append(("Case", case, "OwnerId"))
    row, case = case_of(1)
    tampered.set("CaseHistory__c", step_of(case, "Case Creation"), "Field__c", "Case Closed")
    expected.append(("Case", case, "CreatedDate"))
    row, case = case_of(2)
    first = step_of(case, "Owner Assignment")
    tampered.set("CaseHistory__c", first, "OldValue__c", agents[0])
    expected.append(("CaseHistory__c", steps["Id"][first], "OldValue__c"))
    row, case = case_of(3)
    closing = step_of(case, "Case Closed")
    tampered.set("CaseHistory__c", closing, "NewValue__c", agents[0])
    expected.append(("CaseHistory__c", steps["Id"][closing], "NewValue__c"))
    row, case = case_of(4)
    closing = step_of(case, "Case Closed")
    tampered.set("CaseHistory__c", closing, "CreatedDate", steps["CreatedDate"][closing] + DAY / 2)
    expected.append(("Case", case, "ClosedDate"))
    row, case = case_of(5)
    tampered.set("Case", row, "Status", "Working")
    expected.append(("Case", case, "Status"))
    row, case = case_of(6)
    tampered.set("Case", row, "IsClosed", False)
    expected.append(("Case", case, "IsClosed"))
    row, case = case_of(7)
    tampered.set("Case", row, "ClosedDate", None)
    expected.append(("Case", case, "ClosedDate"))
    moved = int(steps["OldValue__c"].is_not_null().arg_true()[0])
    tampered.set("CaseHistory__c", moved, "OldValue__c", steps["NewValue__c"][moved])
    expected.append(("CaseHistory__c", steps["Id"][moved], "OldValue__c"))
    assert missed(tampered.findings(), expected) == []


def test_a_step_is_told_twice(tampered: Tampered) -> None:
    steps = tampered["CaseHistory__c"]
    closing = steps.filter(Field__c="Case Closed")[:1]
    again = closing.with_columns(
        pl.col("Id").map_elements(elsewhere, pl.String), pl.col("CreatedDate") + DAY / 24
    )
    tampered["CaseHistory__c"] = pl.concat([steps, again])
    expected = [
        ("Case", closing["CaseId__c"][0], "ClosedDate"),
        ("CaseHistory__c", closing["Id"][0], "Field__c"),
        ("CaseHistory__c", again["Id"][0], "CreatedDate"),
    ]
    assert missed(tampered.findings(), expected) == []


# Figures and links.


def test_totals_and_links(tampered: Tampered) -> None:
    expected = []

    def put(node: str, row: int, name: str, value: object, told: str = "") -> None:
        expected.append((node, tampered[node]["Id"][row], told or name))
        tampered.set(node, row, name, value)

    items, orders, cases = tampered["OrderItem"], tampered["Order"], tampered["Case"]
    put("Order", 0, "TotalAmount", orders["TotalAmount"][0] + 0.01)
    put("OrderItem", 0, "TotalPrice", items["TotalPrice"][0] + 1)
    put("OrderItem", 1, "UnitPrice", items["UnitPrice"][1] + 0.01)
    put("OrderItem", 2, "Quantity", items["Quantity"][2] + 1, told="TotalPrice")
    put("OrderItem", 3, "Quantity", items["Quantity"][3] + 0.5)
    put("OrderItem", 4, "PricebookEntryId", items["PricebookEntryId"][5])
    put("OrderItem", 6, "Product2Id", items["Product2Id"][7], told="PricebookEntryId")
    put("PricebookEntry", 0, "UnitPrice", tampered["PricebookEntry"]["UnitPrice"][0] + 0.5)
    strangers = cases["AccountId"] != cases["AccountId"][0]
    other = int(strangers.arg_true()[0])
    put("Case", 0, "OrderItemId__c", cases["OrderItemId__c"][other])
    put("Case", other, "ContactId", cases["ContactId"][0])
    chats = tampered["LiveChatTranscript"]
    stranger = int((chats["AccountId"] != chats["AccountId"][0]).arg_true()[0])
    put("LiveChatTranscript", 0, "AccountId", chats["AccountId"][stranger])
    put("LiveChatTranscript", stranger, "ContactId", chats["ContactId"][0])
    for node in ("User", "Account", "Contact"):
        put(node, 0, "Name", "Somebody Else")
    put("Contact", 1, "Email", "somebody@elsewhere.example")
    put("Product2", 0, "Family", "Elsewhere")
    put("User", 1, "IsActive", not tampered["User"]["IsActive"][1])
    filled = int(tampered["Account"]["BillingCity"].is_not_null().arg_true()[0])
    put("Account", filled, "BillingCity", None, told="BillingStreet")
    assert missed(tampered.findings(), expected) == []


# Conversations.


def test_broken_threads(tampered: Tampered) -> None:
    expected = []
    mails = tampered["EmailMessage"]
    replies = mails["Subject"].str.starts_with("Re: ").arg_true().to_list()

    def put(row: int, name: str, value: object) -> None:
        expected.append(("EmailMessage", mails["Id"][row], name))
        tampered.set("EmailMessage", row, name, value)

    def body(row: int) -> str:
        return str(mails["TextBody"][row])

    put(replies[0], "Subject", mails["Subject"][replies[0]].removeprefix("Re: "))
    opening = int((~mails["Subject"].str.starts_with("Re: ")).arg_true()[0])
    put(opening, "Subject", "Re: " + mails["Subject"][opening])
    put(replies[1], "TextBody", body(replies[1]).split("\n\nOn ")[0])
    put(replies[2], "TextBody", body(replies[2]) + " and more")
    head, _, tail = body(replies[3]).partition("\n> ")
    put(replies[3], "TextBody", f"{head}\n> Another first line\n> {tail}")
    put(replies[4], "TextBody", body(replies[4]).replace(" UTC, ", " UTC, Not ", 1))
    incoming = mails["Incoming"].arg_true().to_list()
    outgoing = (~mails["Incoming"]).arg_true().to_list()
    put(incoming[20], "FromName", "Somebody Else")
    put(incoming[21], "FromAddress", "somebody@elsewhere.example")
    put(incoming[22], "ToAddress", "somebody@elsewhere.example")
    put(outgoing[20], "FromName", "Somebody Else")
    put(outgoing[21], "FromAddress", "somebody@elsewhere.example")
    put(outgoing[22], "ToAddress", "somebody@elsewhere.example")
    put(outgoing[23], "ToIds", json.dumps([tampered["Contact"]["Id"][0]]))
    put(outgoing[24], "Incoming", True)
    assert missed(tampered.findings(), expected) == []


def test_broken_chats(tampered: Tampered) -> None:
    expected = []
    chats = tampered["LiveChatTranscript"]

    def put(row: int, spoil: Callable[[list[str]], list[str]]) -> None:
        expected.append(("LiveChatTranscript", chats["Id"][row], "Body"))
        lines = str(chats["Body"][row]).split("\n")
        tampered.set("LiveChatTranscript", row, "Body", "\n".join(spoil(lines)))

    put(0, lambda lines: lines[1:])
    put(1, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
    put(2, lambda lines: [*lines[:3], "no stamp and no name", *lines[4:]])
    put(3, lambda lines: [*lines[:-1], lines[-1].replace(": ", "son: ", 1)])
    put(4, lambda lines: lines[:-1])
    put(5, lambda lines: [lines[0].replace("20", "19", 1), *lines[1:]])
    put(6, lambda lines: [line.replace("] Agent ", "] Agent Not") for line in lines])
    assert missed(tampered.findings(), expected) == []


def offers(tampered: Tampered) -> pl.DataFrame:
    """The mails that hold an offer, with row, own words and what is offered."""
    dataset = Dataset.open(tampered.path)
    moments = dataset.scan("CaseTimeline").filter(move="offer").select("CaseId", "at")
    latent = dataset.scan("PolicyViolation").select("CaseId", "remedy", "percent", "violated")
    return (
        dataset.scan("EmailMessage")
        .with_row_index("row")
        .join(moments, left_on=("ParentId", "MessageDate"), right_on=("CaseId", "at"))
        .join(latent, left_on="ParentId", right_on="CaseId")
        .collect()
    )


def test_words_that_leave_the_facts(tampered: Tampered) -> None:
    """Texts change in every message that repeats them, so that the threads stay sound."""
    industry = Dataset.open(tampered.path).organisation.industry
    terms = {remedy.key: remedy.terms for remedy in industry.remedies}
    expected = []
    plain = offers(tampered).filter(pl.col("percent").is_null())
    sized = offers(tampered).filter(pl.col("percent").is_not_null())

    def rewrite(message: dict[str, object], old: str, new: str) -> None:
        """Change words in a whole thread."""
        mails = tampered["EmailMessage"]
        own = str(message["TextBody"]).split("\n\nOn ")[0]
        assert old in own
        changed = pl.col("TextBody").str.replace_all(old, new, literal=True)
        thread = pl.col("ParentId") == message["ParentId"]
        tampered["EmailMessage"] = mails.with_columns(
            pl.when(thread).then(changed).otherwise("TextBody")
        )
        expected.append(("EmailMessage", str(message["Id"]), "TextBody"))

    kept, *others = plain.to_dicts()
    term = next(t for t in terms[kept["remedy"]] if t in kept["TextBody"])
    foreign = next(t[0] for key, t in terms.items() if key != kept["remedy"])
    rewrite(kept, term, foreign)
    # About one offer in five tells the order's day itself; the rest of its thread is changed too.
    other, month = next(
        (each, m) for each in others for m in MONTHS if m in each["TextBody"].split("\n\nOn ")[0]
    )
    rewrite(other, month, "Month")
    percent = sized.row(0, named=True)
    rewrite(percent, f"{percent['percent']} percent", f"{percent['percent'] + 1} percent")
    case = tampered["Case"].row(0, named=True)
    tampered.set("Case", 0, "Description", "It is not what was expected, and that is all.")
    expected += [("Case", case["Id"], "Description")]
    assert missed(tampered.findings(), expected) == []


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def test_a_violation_appears_in_the_words(tampered: Tampered) -> None:
    """An offer that was kept becomes one that no policy allows: the rule finds it."""
    dataset = Dataset.open(tampered.path)
    industry = dataset.organisation.industry
    terms = {remedy.key: remedy.terms[0] for remedy in industry.remedies}
    issues = {issue.name: {a.remedy for a in issue.remedies} for issue in industry.issues}
    names = dataset.scan("Issue__c").select("Id", issue="Name")
    cases = dataset.scan("Case").select("Id", "IssueId__c")
    told = cases.join(names, left_on="IssueId__c", right_on="Id").select("Id", "issue").collect()
    kept = offers(tampered).filter(~pl.col("violated"), pl.col("percent").is_null())
    mail = kept.join(told, left_on="ParentId", right_on="Id").row(0, named=True)
    forbidden = next(key for key in terms if key not in issues[mail["issue"]])
    body = mail["TextBody"].replace(terms[mail["remedy"]], terms[forbidden])
    assert body != mail["TextBody"]
    tampered.set("EmailMessage", mail["row"], "TextBody", body)
    findings = tampered.findings()
    assert missed(findings, [("PolicyViolation", mail["ParentId"], "violated")]) == []
    (flag,) = [f for f in findings if f.check == "policy false flags"]
    assert mail["Id"] in flag.reason


def test_near_duplicates(tampered: Tampered) -> None:
    """A text of another record of the same scope, word for word but for its ending."""
    expected = []
    for name in ("Product2", "Knowledge__kav"):
        frame = tampered[name]
        for column in OBJECTS[name].near_duplicates.text:  # type: ignore[union-attr]
            tampered.set(name, 1, column, frame[column][0] + ("!" if column != "Title" else ""))
        expected.append((name, frame["Id"][1], ""))
    dataset = Dataset.open(tampered.path)
    plan = dataset.scan("CasePlan").collect()
    shelves = plan.sort("CaseId").filter(pl.struct("IssueId", "ProductCategoryId").is_duplicated())
    first = shelves.row(0, named=True)
    same = shelves.filter(IssueId=first["IssueId"], ProductCategoryId=first["ProductCategoryId"])
    rows = [row_of(tampered, "Case", case) for case in same["CaseId"][:2]]
    for column in ("Subject", "Description"):
        tampered.set("Case", rows[1], column, tampered["Case"][column][rows[0]])
    expected.append(("Case", same["CaseId"][1], "Subject+Description"))
    mails = tampered["EmailMessage"]
    agents = mails.with_row_index("row").filter(~pl.col("Incoming"))
    thread = agents.filter(pl.len().over("ParentId") > 1).sort("ParentId", "Id")[:2]
    tampered.set("EmailMessage", thread["row"][1], "TextBody", thread["TextBody"][0])
    expected.append(("EmailMessage", thread["Id"][1], "TextBody"))
    products = plan.select("CaseId", "IssueId", "ProductId")
    chats = tampered["LiveChatTranscript"].with_row_index("row").join(products, on="CaseId")
    scope = ("IssueId", "ProductId")
    pair = chats.filter(pl.len().over(scope) > 1).sort(*scope, "Id")[:2]
    tampered.set("LiveChatTranscript", pair["row"][1], "Body", pair["Body"][0])
    expected.append(("LiveChatTranscript", pair["Id"][1], "Body"))
    findings = [f for f in tampered.findings() if f.check == "duplicates"]
    assert missed(findings, expected) == []


# Hidden truth.


def test_swapped_truth(tampered: Tampered) -> None:
    """Rows of the hidden tables that no longer say what the words and records say."""
    expected = []
    truth = tampered["PolicyViolation"]
    broken = int(truth["violated"].arg_true()[0])
    tampered.set("PolicyViolation", broken, "violated", False)
    expected.append(("PolicyViolation", truth["CaseId"][broken], "violated"))
    kinds = int(truth["violated"].arg_true()[1])
    tampered.set(
        "PolicyViolation",
        kinds,
        "violation",
        "too_late" if truth["violation"][kinds] != "too_late" else "too_much",
    )
    expected.append(("PolicyViolation", truth["CaseId"][kinds], "violation"))
    plain = int((~truth["violated"]).arg_true()[0])
    tampered.set("PolicyViolation", plain, "age_days", truth["age_days"][plain] + 1)
    expected.append(("PolicyViolation", truth["CaseId"][plain], "age_days"))
    second = int((~truth["violated"]).arg_true()[1])
    remedies = tampered["Solution"]["remedy"]
    other = remedies.filter(remedies != truth["remedy"][second])[0]
    tampered.set("PolicyViolation", second, "remedy", other)
    expected.append(("PolicyViolation", truth["CaseId"][second], "remedy"))
    lines = tampered["Basket"]
    tampered.set("Basket", 0, "quantity", lines["quantity"][0] + 1)
    expected.append(("OrderItem", lines["OrderItemId"][0], "Quantity"))
    plan = tampered["CasePlan"]
    tampered.set("CasePlan", 0, "created", plan["created"][0] + DAY)
    expected.append(("Case", plan["CaseId"][0], "CreatedDate"))
    events = tampered["CaseTimeline"]
    message = int((events["event"] == "message").arg_true()[0])
    tampered.set("CaseTimeline", message, "at", events["at"][message] + dt.timedelta(seconds=7))
    expected.append(("CaseTimeline", events["CaseId"][message], "at"))
    duty = tampered["Tenure"]
    tampered.set("Tenure", 0, "start", duty["start"][0] + DAY)
    expected.append(("User", duty["UserId"][0], "DutyStart__c"))
    profile = tampered["ProductProfile"]
    tampered.set("ProductProfile", 0, "price_cents", profile["price_cents"][0] + 700)
    expected.append(("PricebookEntry", "", "UnitPrice"))
    assert missed(tampered.findings(), expected) == []
