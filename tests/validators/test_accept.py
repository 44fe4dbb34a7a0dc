"""Acceptance of a block: what is kept, what is refused, and why."""

import polars as pl
import pytest

from orgsmith.flows.make import make_block
from orgsmith.prompts.phrasebook import PhrasebookWriter
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.checks import accept_block
from orgsmith.validators.records.compliance import REFUSED


@pytest.fixture(scope="module")
def blocks(organisation: Organisation) -> dict[str, pl.DataFrame]:
    """Blocks of every node as they come to acceptance: fields, variables, own words."""
    writer = PhrasebookWriter(organisation)
    frames: dict[str, pl.DataFrame] = {}
    for name in generation_order():
        parents = {parent: frames[parent] for parent in NODES[name].parents}
        frames[name] = make_block(organisation, writer, name, parents, 0).frame
    return frames


def refused(
    organisation: Organisation, name: str, frame: pl.DataFrame
) -> list[tuple[str, str, str]]:
    """Id, rule and reason of what is refused; the rest must be kept."""
    kept, wrong = accept_block(organisation, OBJECTS[name], frame)
    assert wrong.schema == REFUSED
    assert kept.columns == frame.columns
    assert set(kept["Id"]) == set(frame["Id"]) - set(wrong["Id"])
    return wrong.select("Id", "rule", "reason").rows()


def changed(frame: pl.DataFrame, row: int, name: str, value: object) -> pl.DataFrame:
    """The frame with one value changed."""
    values = frame[name].to_list()
    values[row] = value
    return frame.with_columns(pl.Series(name, values, frame.schema[name]))


@pytest.mark.parametrize("name", OBJECTS)
def test_sound_blocks_are_kept(
    organisation: Organisation, blocks: dict[str, pl.DataFrame], name: str
) -> None:
    assert refused(organisation, name, blocks[name]) == []


@pytest.mark.parametrize("name", OBJECTS)
def test_broken_values_are_refused(
    organisation: Organisation, blocks: dict[str, pl.DataFrame], name: str
) -> None:
    frame = blocks[name]
    field = next(f.name for f in OBJECTS[name].fields if not f.optional and f.name != "Id")
    found = refused(organisation, name, changed(frame, 1, field, None))
    reason = f"{field} is empty, but the field is required"
    assert (frame["Id"][1], "not_nullable", reason) in found


@pytest.mark.parametrize("name", [o.name for o in OBJECTS.values() if o.identity])
def test_the_later_of_two_equal_records_is_refused(
    organisation: Organisation, blocks: dict[str, pl.DataFrame], name: str
) -> None:
    frame = blocks[name].sort("Id", descending=True)
    for column in OBJECTS[name].identity:
        frame = changed(frame, 0, column, frame[column][1])
    found = [row for row in refused(organisation, name, frame) if row[1] == "unique"]
    assert {row[0] for row in found} == {frame["Id"][0]}
    assert "+".join(OBJECTS[name].identity) in " ".join(row[2] for row in found)


@pytest.mark.parametrize(
    ("name", "field"), [(o.name, f.name) for o in OBJECTS.values() for f in o.written]
)
def test_unfinished_texts_are_refused(
    organisation: Organisation, blocks: dict[str, pl.DataFrame], name: str, field: str
) -> None:
    frame = blocks[name]
    slot = changed(frame, 0, field, f"{frame[field][0]} {{noun}}")
    assert (frame["Id"][0], "text") in {row[:2] for row in refused(organisation, name, slot)}
    empty = changed(frame, 0, field, "  ")
    assert (frame["Id"][0], "text") in {row[:2] for row in refused(organisation, name, empty)}


def test_a_mail_without_a_sentence_is_refused(
    organisation: Organisation, blocks: dict[str, pl.DataFrame]
) -> None:
    frame = blocks["EmailMessage"]
    row = int((frame["move"] == "report").arg_true()[0])
    bare = changed(frame, row, "TextBody", "Dear Sir or Madam,\n\nSincerely,")
    (found,) = refused(organisation, "EmailMessage", bare)
    assert found == (frame["Id"][row], "text", "TextBody says nothing")


def test_what_an_earlier_mail_has_named_need_not_stand_in_the_offer(
    organisation: Organisation, blocks: dict[str, pl.DataFrame]
) -> None:
    """And what it has not named must, in the question and in the offer."""
    frame = blocks["EmailMessage"]
    later = frame.filter((pl.col("move") == "offer") & (pl.col("answers") == "give_detail"))
    short = later.filter(~pl.col("TextBody").str.contains(pl.col("product"), literal=True))
    case = short["ParentId"][0]
    asked = int(((frame["ParentId"] == case) & (frame["move"] == "ask_detail")).arg_true()[0])
    silent = changed(frame, asked, "TextBody", "Hello,\n\nWhat color is it?\n\nBest,")
    found = refused(organisation, "EmailMessage", silent)
    # The question is refused as well: the offer leans on it.
    assert {row[:2] for row in found} == {
        (short["Id"][0], "facts"),
        (frame["Id"][asked], "facts"),
    }
    assert len(found) == 6


def offer(frame: pl.DataFrame, field: str) -> tuple[int, dict[str, object]]:
    """A record that makes an offer without a size."""
    moves = frame["moves" if field == "Body" else "move"]
    makes = moves.str.split(" ").list.contains("offer") & ~frame["offer"].str.contains(r"\d")
    row = int(makes.arg_true()[0])
    return row, frame.row(row, named=True)


@pytest.mark.parametrize(
    ("name", "field"), [("EmailMessage", "TextBody"), ("LiveChatTranscript", "Body")]
)
@pytest.mark.parametrize("left_out", ["product", "remedy", "issue", "day"])
def test_an_offer_names_its_facts(
    organisation: Organisation,
    blocks: dict[str, pl.DataFrame],
    name: str,
    field: str,
    left_out: str,
) -> None:
    frame, industry = blocks[name], organisation.industry
    row, record = offer(frame, field)
    terms = {
        "product": [str(record["product"])],
        "remedy": next(list(r.terms) for r in industry.remedies if r.key == record["remedy"]),
        "issue": next(list(i.terms) for i in industry.issues if i.name == record["issue"]),
        "day": [f"{record['order_date']:%B}"],
    }[left_out]
    text = frame[field][row]
    for term in terms:
        text = pl.select(pl.lit(text).str.replace_all(f"(?i){term}", "thing")).item()
    found = refused(organisation, name, changed(frame, row, field, text))
    assert [(record["Id"], "facts")] == list({r[:2] for r in found})


def test_agents_name_no_other_remedy(
    organisation: Organisation, blocks: dict[str, pl.DataFrame]
) -> None:
    frame, remedies = blocks["EmailMessage"], organisation.industry.remedies
    row = int((~frame["Incoming"] & (frame["move"] == "ask_detail")).arg_true()[0])
    other = next(r for r in remedies if r.key != frame["remedy"][row])
    text = f"{frame['TextBody'][row]} A {other.terms[0]} will do."
    found = refused(organisation, "EmailMessage", changed(frame, row, "TextBody", text))
    assert {each[:2] for each in found} == {(frame["Id"][row], "facts")}
    assert any("names another remedy" in reason for _, _, reason in found)
    asked = int(frame["Incoming"].arg_true()[0])
    text = f"{frame['TextBody'][asked]} Can I have a {other.terms[0]}?"
    assert refused(organisation, "EmailMessage", changed(frame, asked, "TextBody", text)) == []


def test_chats_have_a_line_for_each_move(
    organisation: Organisation, blocks: dict[str, pl.DataFrame]
) -> None:
    frame = blocks["LiveChatTranscript"]
    text = frame["Body"][0] + "\nOne more thing."
    (found,) = refused(organisation, "LiveChatTranscript", changed(frame, 0, "Body", text))
    assert "number of lines" in found[2]


def test_cases_name_product_and_issue(
    organisation: Organisation, blocks: dict[str, pl.DataFrame]
) -> None:
    frame = blocks["Case"]
    plain = changed(changed(frame, 0, "Description", "It is bad."), 0, "Subject", "Help")
    reasons = [row[2] for row in refused(organisation, "Case", plain)]
    assert len(reasons) == 2
    assert any(frame["product"][0] in reason for reason in reasons)
    assert any(frame["issue"][0] in reason for reason in reasons)


def test_policy_articles_state_their_rules(
    organisation: Organisation, blocks: dict[str, pl.DataFrame]
) -> None:
    frame = blocks["Knowledge__kav"]
    row = int((frame["kind"] == "policy").arg_true()[0])
    text = frame["FAQ_Answer__c"][row].replace(" days", " weeks")
    (found,) = refused(organisation, "Knowledge__kav", changed(frame, row, "FAQ_Answer__c", text))
    assert found[:2] == (frame["Id"][row], "facts")


@pytest.mark.parametrize("move", ["ask_detail", "greet", "check"])
def test_agents_name_no_remedy_before_the_offer(
    organisation: Organisation, blocks: dict[str, pl.DataFrame], move: str
) -> None:
    """A reader takes the first remedy that agents name for the offer, the case's own as well."""
    chat = move != "ask_detail"
    name, field = ("LiveChatTranscript", "Body") if chat else ("EmailMessage", "TextBody")
    frame = blocks[name].filter(pl.col("remedy").is_not_null())
    wanted = pl.col("moves").str.contains(move) if chat else pl.col("move") == move
    row = int(frame.select(wanted.arg_max()).item())
    terms = {remedy.key: remedy.terms[0] for remedy in organisation.industry.remedies}
    record = frame.row(row, named=True)
    lines = record[field].split("\n")
    place = record["moves"].split().index(move) if chat else 0
    lines[place] = f"{lines[place]} I know of the {terms[record['remedy']]}."
    found = refused(organisation, name, changed(frame, row, field, "\n".join(lines)))
    assert (record["Id"], "facts", f"{field} names a remedy before it is offered") in found


def test_agents_name_no_remedy_where_nothing_is_offered(
    organisation: Organisation, blocks: dict[str, pl.DataFrame]
) -> None:
    frame = blocks["EmailMessage"]
    open_cases = pl.col("remedy").is_null() & ~pl.col("Incoming")
    row = int(frame.select(open_cases.arg_max()).item())
    term = organisation.industry.remedies[0].terms[0]
    text = f"{frame['TextBody'][row]} There will be a {term} for you."
    found = refused(organisation, "EmailMessage", changed(frame, row, "TextBody", text))
    assert any("names another remedy" in reason for _, _, reason in found)


@pytest.mark.parametrize(
    ("name", "field"), [("EmailMessage", "TextBody"), ("LiveChatTranscript", "Body")]
)
def test_agents_state_no_day_before_the_orders(
    organisation: Organisation, blocks: dict[str, pl.DataFrame], name: str, field: str
) -> None:
    frame = blocks[name]
    row, record = offer(frame, field)
    text = str(record[field]).replace(str(record["offer"]), f"{record['offer']} as on May 1, 2001")
    found = refused(organisation, name, changed(frame, row, field, text))
    assert any("states a day before the order's" in reason for _, _, reason in found)


def test_the_first_share_an_agent_names_is_the_one_offered(
    organisation: Organisation, blocks: dict[str, pl.DataFrame]
) -> None:
    frame = blocks["EmailMessage"]
    sized = (pl.col("move") == "offer") & pl.col("offer").str.contains("percent")
    row = int(frame.select(sized.arg_max()).item())
    text = f"By 1 percent I would be sure. {frame['TextBody'][row]}"
    found = refused(organisation, "EmailMessage", changed(frame, row, "TextBody", text))
    assert any("names another share" in reason for _, _, reason in found)


@pytest.mark.parametrize(
    "hidden", ["\U000e0041", "\u2028", "\u00ad", "\ue000", "\ufe0f", "\u202e", "\x1b"]
)
def test_characters_that_are_not_seen_are_refused(
    organisation: Organisation, blocks: dict[str, pl.DataFrame], hidden: str
) -> None:
    frame = blocks["Case"]
    text = f"{frame['Description'][0]}{hidden}"
    found = refused(organisation, "Case", changed(frame, 0, "Description", text))
    assert any("control character" in reason for _, _, reason in found)


def test_a_subject_is_one_line(organisation: Organisation, blocks: dict[str, pl.DataFrame]) -> None:
    frame = blocks["Case"]
    text = f"{frame['Subject'][0]}\nBcc: all"
    found = refused(organisation, "Case", changed(frame, 0, "Subject", text))
    assert any("more than one line" in reason for _, _, reason in found)


@pytest.mark.parametrize("name", ["Case", "EmailMessage", "LiveChatTranscript"])
def test_only_what_is_fresh_is_read(
    organisation: Organisation, blocks: dict[str, pl.DataFrame], name: str
) -> None:
    """What has been accepted is not read again; but an offer leans on what was said before it."""
    frame = blocks[name]
    field = OBJECTS[name].written[-1].name
    broken = changed(frame, 3, field, "A slot was left: {product}.")
    every = refused(organisation, name, broken)
    fresh = frame["Id"][3:4]
    assert (
        accept_block(organisation, OBJECTS[name], broken, fresh)[1]
        .select("Id", "rule", "reason")
        .rows()
        == every
    )
    assert {record for record, _, _ in every} >= {fresh[0]}
    others = frame["Id"].filter(frame["Id"] != fresh[0])
    if name == "EmailMessage":
        thread = frame.filter(pl.col("ParentId") == frame["ParentId"][3])["Id"]
        others = others.filter(~others.is_in(thread.implode()))
    assert accept_block(organisation, OBJECTS[name], broken, others)[1].is_empty()


def test_what_is_not_fresh_may_be_refused_as_a_repetition(
    organisation: Organisation, blocks: dict[str, pl.DataFrame]
) -> None:
    frame = blocks["LiveChatTranscript"]
    repeated = changed(frame, 5, "Name", frame["Name"][2])
    wrong = accept_block(organisation, OBJECTS["LiveChatTranscript"], repeated, frame["Id"][2:3])[1]
    assert wrong.select("Id", "rule").rows() == [(frame["Id"][5], "unique")]
