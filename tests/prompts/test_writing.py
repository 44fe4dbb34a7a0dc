"""What the phrasebook writes says what the record says."""

import re

import numpy as np
import polars as pl
import pytest

from orgsmith.prompts.grammar import productions
from orgsmith.prompts.moves import AGENT, CUSTOMER, SPEAKERS
from orgsmith.prompts.naming import ProductNames
from orgsmith.prompts.phrasebook import PhrasebookWriter, grammar
from orgsmith.schema.declaration import Object
from orgsmith.schema.ids import record_ids, record_serials
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from tests.prompts.world import WRITTEN, World, organisation

SAID_DATE = "%B %-d, %Y"


def label(mention: str) -> str:
    """The words by which headings and notes call an issue."""
    return re.sub(r"^(?:an?|the|some) ", "", mention).lower()


@pytest.mark.parametrize("declared", WRITTEN, ids=lambda declared: declared.name)
def test_a_text_depends_on_its_record_alone(declared: Object, small: World) -> None:
    variables = small.variables(declared)
    every = PhrasebookWriter(small.organisation).write(declared, variables, 0)
    some = variables.sample(min(7, variables.height), seed=3, shuffle=True)
    again = PhrasebookWriter(small.organisation).write(declared, some, 0)
    assert again.equals(some.select("Id").join(every, on="Id", maintain_order="left"))


@pytest.mark.parametrize("name", ["Product2", "Case", "EmailMessage", "LiveChatTranscript"])
def test_another_attempt_gives_another_text(name: str, small: World) -> None:
    declared, variables = OBJECTS[name], small.variables(OBJECTS[name])
    text = declared.written[-1].name
    first, second = (small.writer.write(declared, variables, attempt)[text] for attempt in (0, 1))
    assert (first != second).mean() > 0.9  # type: ignore[operator]


def test_another_seed_gives_another_text(small: World) -> None:
    other = PhrasebookWriter(organisation(scale=0.1, seed=8))
    declared = OBJECTS["Case"]
    texts = other.write(declared, small.variables(declared), 0)["Description"]
    assert (texts != small["Case"]["Description"]).mean() > 0.9  # type: ignore[operator]


def test_a_case_names_its_product_its_trouble_and_its_issue(world: World) -> None:
    for row in world["Case"].iter_rows(named=True):
        text = row["Description"]
        assert row["product"] in text
        assert row["symptom"].lower() in text.lower()
        assert label(row["mention"]) in f"{row['Subject']} {text}".lower()


def test_only_chats_are_told_in_the_third_person(world: World) -> None:
    own = world["Case"].filter(pl.col("Origin") != "Chat")["Description"]
    assert not own.str.contains(r"\b[Cc]ustomer('s)? (says|wants|would|is|was)\b").any()
    notes = world["Case"].filter(pl.col("Origin") == "Chat")["Description"]
    assert not notes.str.contains(r"\b(my|me)\b").is_in([True]).mean() > 0.2  # type: ignore[operator]


def test_agents_name_product_order_date_and_issue_once(world: World) -> None:
    """In their first mail; the offer names the remedy, and rarely the order again."""
    agents = world["EmailMessage"].filter(~pl.col("Incoming")).sort("ParentId", "number")
    assert set(agents["move"]) >= {"ask_detail", "offer", "confirm"}
    restated = list[bool]()
    for row in agents.iter_rows(named=True):
        text = row["TextBody"]
        named = row["product"] in text, f"{row['order_date']:{SAID_DATE}}" in text
        if row["answers"] in ("report", "chase"):
            assert all(named)
            assert row["issue"] in text
        elif row["move"] == "offer":
            assert named in [(True, True), (False, False)]
            restated.append(named[0])
        if row["answers"] != "report":
            assert row["issue"] not in text
        assert (row["offer"] if row["move"] == "offer" else "") in text
        assert (row["detail_ask"] if row["move"] == "ask_detail" else "") in text
    assert 0.1 < sum(restated) / len(restated) < 0.3


def test_chats_say_one_line_for_each_move(world: World) -> None:
    for row in world["LiveChatTranscript"].iter_rows(named=True):
        moves, lines = row["moves"].split(), row["Body"].split("\n")
        assert len(moves) == len(lines)
        said = dict(zip(moves, lines, strict=True))
        if "offer" in said:
            words = " ".join(line for move, line in said.items() if SPEAKERS[move] == AGENT)
            assert words.count(row["product"]) == 1
            assert words.count(f"{row['order_date']:{SAID_DATE}}") == 1
            assert words.count(row["issue"]) == 1
            assert row["offer"] in said["offer"]
        if "ask_detail" in said:
            assert row["detail_ask"] in said["ask_detail"]
        if "reassure" in said:
            assert row["fulfilment"] in said["reassure"]
        if "confirm" in said:
            assert row["outcome"].lower() in said["confirm"].lower()


def test_a_chat_voices_what_its_description_reports_as_wanted(world: World) -> None:
    notes = dict(world["Case"].select("Id", "Description").iter_rows())
    voiced = 0
    for row in world["LiveChatTranscript"].iter_rows(named=True):
        line = row["Body"].split("\n")[row["moves"].split().index("report")]
        spoken = row["request"] in line
        voiced += spoken
        assert spoken or row["request"] not in notes[row["CaseId"]]
        if spoken:
            assert "request so far" not in notes[row["CaseId"]]
    assert 0.4 < voiced / world["LiveChatTranscript"].height < 0.8


def test_mails_answer_the_wish(world: World) -> None:
    """Offers grant or refuse the wish; a refusal stands before the offer. What no remedy fulfils
    is passed on, and some offers say so."""
    offers = world["EmailMessage"].filter(move="offer")
    assert set(offers["wish"]) == {"granted", "other", "apart"}
    yes = symbol_words("o_meets", "o_meets_first")
    no = symbol_words("o_other_first")
    passed = symbol_words("o_apart")
    told = list[bool]()
    for text, offer, wish in offers.select("TextBody", "offer", "wish").iter_rows():
        before = text[: text.index(offer)]
        granted, forwarded = (any(part in text for part in parts) for parts in (yes, passed))
        assert granted == (wish == "granted"), text
        assert any(part in before for part in no) == (wish == "other"), text
        assert not forwarded or wish == "apart", text
        if wish == "apart":
            told.append(forwarded)
    assert 0.3 < sum(told) / len(told) < 0.7


def test_agents_do_not_recite_the_request(world: World) -> None:
    for row in world["EmailMessage"].filter(~pl.col("Incoming")).iter_rows(named=True):
        assert row["request"] not in without(row["TextBody"], row)
    for row in world["LiveChatTranscript"].iter_rows(named=True):
        for move, line in zip(row["moves"].split(), row["Body"].split("\n"), strict=True):
            assert SPEAKERS[move] == CUSTOMER or row["request"] not in without(line, row)


def test_what_settles_the_trouble_is_told_before_the_outcome(world: World) -> None:
    mails = world["EmailMessage"].filter(pl.col("settled").is_not_null(), move="confirm")
    assert mails.height > 10
    for text, settled, outcome in mails.select("TextBody", "settled", "outcome").iter_rows():
        assert f"{settled}. {outcome}.".lower() in text.lower()


def test_time_is_told_by_reassuring_mails_alone(world: World) -> None:
    for row in (
        world["EmailMessage"].filter(pl.col("fulfilment").is_not_null()).iter_rows(named=True)
    ):
        if row["move"] == "confirm":
            assert row["fulfilment"] not in without(row["TextBody"], row)


def symbol_words(*names: str) -> list[str]:
    """The longest piece of own words of each production of some symbols."""
    symbols = (grammar().symbols[name] for name in names)
    return [
        max((piece for piece in each if isinstance(piece, str)), key=len)
        for symbol in symbols
        for each in productions(symbol)
    ]


def test_every_mail_says_something_between_greeting_and_closing(world: World) -> None:
    for text, symptom, move in world["EmailMessage"].select("TextBody", "symptom", "move").rows():
        assert re.search(r"\w[^\n]*[.!?]", text)
        if move == "report":
            assert symptom.lower() in text.lower()


def test_closings_suit_the_tone(world: World) -> None:
    for row in world["LiveChatTranscript"].filter(tone="Negative").iter_rows(named=True):
        if "close" in row["moves"]:
            last = row["Body"].split("\n")[-1]
            assert not re.search(r"welcome|[Tt]hank|good day|nice day", last), last


def test_agents_name_no_remedy_but_in_the_offer(world: World) -> None:
    terms = [t for remedy in world.organisation.industry.remedies for t in remedy.terms]
    found = re.compile(r"\b(" + "|".join(map(re.escape, terms)) + r")\b", re.IGNORECASE)
    for row in world["EmailMessage"].filter(~pl.col("Incoming")).iter_rows(named=True):
        text = row["TextBody"]
        assert not found.search(without(text, row))
    for row in world["LiveChatTranscript"].iter_rows(named=True):
        for move, line in zip(row["moves"].split(), row["Body"].split("\n"), strict=True):
            if SPEAKERS[move] == AGENT:
                assert not found.search(without(line, row))


def without(text: str, row: dict[str, str | None]) -> str:
    """The text without the offer, and without what became of it."""
    for phrase in (row["offer"], row["outcome"]):
        text = re.sub(f"(?i){re.escape(phrase)}", "", text) if phrase else text
    return text


def test_an_agent_who_takes_a_case_over_says_so(world: World) -> None:
    mails = world["EmailMessage"].filter(~pl.col("Incoming")).sort("ParentId", "number")
    first = mails.group_by("ParentId", "agent_first_name", "agent_last_name").first()
    taken = first.filter("taken_over")
    assert taken.height > 10
    assert taken["TextBody"].str.contains("take[ns]? (this )?over|took over").mean() > 0.95  # type: ignore[operator]
    others = mails.filter(~pl.col("taken_over"))["TextBody"]
    assert not others.str.contains("take[ns]? (this )?over|took over").any()


def test_people_call_each_other_by_first_name(world: World) -> None:
    for row in world["EmailMessage"].iter_rows(named=True):
        if not row["Incoming"]:
            assert row["first_name"] in row["TextBody"].split("\n")[0]


def test_a_person_greets_alike_in_every_mail(world: World) -> None:
    mails = world["EmailMessage"].filter(~pl.col("Incoming"))
    greeting = pl.col("TextBody").str.extract(r"^(\w+) ")
    styles = mails.group_by("agent_first_name", "agent_last_name").agg(greeting.n_unique())
    assert styles["TextBody"].max() == 1


def test_a_thread_repeats_no_sentence(world: World) -> None:
    sentence = re.compile(r"[^.!?\n]+[.!?]")
    repeats = 0
    for (_,), thread in world["EmailMessage"].group_by("ParentId", maintain_order=True):
        facts = thread.row(0, named=True)
        told = {facts["symptom"].lower(), facts["detail_give"].lower()}
        said = [
            text.strip().lower()
            for body in thread["TextBody"]
            for text in sentence.findall(body.partition("\n\n")[2])
        ]
        own = [text for text in said if text.rstrip(".") not in told]
        repeats += len(own) - len(set(own))
    assert repeats <= 0.02 * world["EmailMessage"]["ParentId"].n_unique()


def test_articles_state_every_fact_word_for_word(world: World) -> None:
    bodies = dict(world["Knowledge__kav"].select("Id", "FAQ_Answer__c").iter_rows())
    facts = world["KnowledgeFact"]
    assert facts.height > 100
    for article, statement in facts.select("KnowledgeId", "statement").iter_rows():
        assert statement in bodies[article].split("\n")


def test_policy_articles_name_their_issue_in_the_title(world: World) -> None:
    policies = world["Knowledge__kav"].filter(kind="policy")
    names = set(world["Issue__c"]["Name"])
    assert set(policies["subject"]) == names
    for title, subject in policies.select("Title", "subject").iter_rows():
        assert subject in title
    others = world["Knowledge__kav"].filter(pl.col("kind") != "policy")["Title"]
    assert not [title for title in others if any(name in title for name in names)]


@pytest.mark.parametrize("attempt", [0, 1, 3])
def test_product_names_are_unique_whatever_is_written_again(attempt: int, world: World) -> None:
    declared = OBJECTS["Product2"]
    variables = world.variables(declared)
    again = world.writer.write(declared, variables.head(90), attempt)
    kept = world["Product2"].tail(-90)
    assert pl.concat([again["Name"], kept["Name"]]).is_unique().all()
    ends = zip(world["Product2"]["Name"], variables["noun"], strict=True)
    assert all(name.lower().endswith(noun.lower()) for name, noun in ends)


def test_product_names_stay_unique_past_the_number_of_pairs() -> None:
    names = ProductNames(7, tuple(f"L{i}" for i in range(12)), 1000)
    attributes = tuple(f"A{i}" for i in range(16))
    made = [names.name(attributes, "thing", serial, 0) for serial in range(1000)]
    again = [names.name(attributes, "thing", serial, 1) for serial in range(1000)]
    assert len({*made, *again}) == 2000


def test_every_move_has_a_speaker() -> None:
    moves = next(f for f in LATENTS["CaseTimeline"].fields if f.name == "move").values
    assert set(SPEAKERS) == set(moves)
    assert set(SPEAKERS.values()) == {CUSTOMER, AGENT}


@pytest.mark.parametrize("serials", [[], [0], [5, 3, (1 << 40) - 1, 1 << 24]])
def test_ids_give_their_serials_back(serials: list[int]) -> None:
    made = record_ids("01t", np.array(serials, dtype=np.int64), 7, space="Product2")
    assert record_serials(made, 7, "Product2").tolist() == serials
