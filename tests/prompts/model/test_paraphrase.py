"""Questions in other words: everything that was to be kept is, and what cannot be said stays."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from orgsmith.prompts.likeness import normalised
from orgsmith.prompts.model.paraphrase import (
    LONGEST,
    OBJECT,
    ROUNDS,
    TOGETHER,
    Paraphrased,
    Paraphrases,
    paraphrase,
    paraphrase_hashes,
)
from orgsmith.prompts.phrasings import FOLDER
from orgsmith.prompts.questions import Request, compose, near_duplicate_share
from orgsmith.schema.errors import BudgetError, WriterError
from orgsmith.schema.streams import stream
from tests.endpoint import questions as endpoint
from tests.endpoint.careless import careless
from tests.endpoint.model import answer
from tests.endpoint.server import Call, Fault, Record, Script, serving
from tests.prompts.model.asking import asking
from tests.prompts.model.test_faults import NAME
from tests.prompts.test_phrasings import SHAPES
from tests.prompts.test_questions import requests
from tests.prompts.test_render import approved
from tests.prompts.world import organisation

WHOLE = organisation(0.1)
NUMBER = 60

SLOTS = {"window": "in Q3 2021", "agents": "more than 2 cases"}
ASKED = Request("transfer_count", "most", SLOTS)
GOOD = "Who gave away the most in Q3 2021, having managed more than 2 cases? One Id, or None."


def composed(task: str, count: int = NUMBER) -> tuple[list[Request], list[str]]:
    """Questions of a task and their texts."""
    rng = stream(7, task, 0, "test")
    asked = requests(task, count, rng)
    return asked, compose(asked, rng)


def told(
    script: Script, folder: Path, asked: Sequence[Request], texts: Sequence[str], run: str = "run"
) -> tuple[Paraphrased, list[Call]]:
    """What comes of a paraphrase, and the calls it took."""
    with serving(script) as server, asking(server, folder, WHOLE, run=run) as asking_:
        found = paraphrase(asking_.served, asked, texts)
        # Costs are added up in another order.
        assert asdict(asking_.told[OBJECT]) == pytest.approx(asdict(found.usage))
        return found, server.calls


@pytest.mark.parametrize("task", SHAPES)
def test_every_question_is_said_in_other_words(task: str, tmp_path: Path) -> None:
    asked, texts = composed(task)
    found, calls = told(careless, tmp_path, asked, texts)
    assert found.refused >= NUMBER / TOGETHER
    assert found.composed == ()
    assert len(calls) == -(-NUMBER // TOGETHER) + found.refused == found.usage.calls
    for request, before, after in zip(asked, texts, found.texts, strict=True):
        assert normalised(after) != normalised(before)
        assert not list(request.lacks(after))
        assert len(after) <= LONGEST
    assert near_duplicate_share(found.texts) == 0.0


def test_kept_answers_give_the_same_questions(tmp_path: Path) -> None:
    asked, texts = composed("handle_time")
    first, _ = told(careless, tmp_path, asked, texts)
    again, calls = told(careless, tmp_path, asked, texts, run="another")
    assert calls == []
    assert again.texts == first.texts
    assert (again.usage.calls, again.usage.cached_calls) == (0, first.usage.calls)
    assert again.usage.cost_usd == 0.0


def test_questions_do_not_depend_on_the_order_of_replies(tmp_path: Path) -> None:
    asked, texts = composed("policy_violation_identification", 60)
    found = []
    for concurrency in (1, 8):
        folder = tmp_path / str(concurrency)
        with (
            serving(careless) as server,
            asking(server, folder, WHOLE, concurrency=concurrency) as asking_,
        ):
            found.append(paraphrase(asking_.served, asked, texts).texts)
    assert found[0] == found[1]


SPOILT: Mapping[str, tuple[str, str]] = {
    "slot": (GOOD.replace("Q3", "Q4"), '"in Q3 2021" is missing'),
    "number": (GOOD.replace("2 cases", "3 cases"), '"more than 2 cases" is missing'),
    "id": (GOOD.replace("Id", "name"), 'the word "Id" is missing'),
    "none": (GOOD.replace(", or None", ""), 'the word "None" is missing'),
    "opposite": (GOOD.replace("most", "fewest"), 'the word "fewest" may not stand in it'),
    "unsaid": (GOOD.replace("the most", "cases"), "it has none of these words: most"),
    "paragraphs": (GOOD.replace("? ", "?\n\n"), "it is more than one paragraph"),
    "braces": (GOOD.replace("One", "{one}"), "there are braces in it"),
    "long": (GOOD + " please" * 60, f"characters, {LONGEST} are allowed"),
    "far too long": (GOOD + " please" * 1_000, "question: String should have at most"),
    "empty": ("", "question: String should have at least 1 character"),
    "blank": ("  ", '"in Q3 2021" is missing'),
    "unseen": (GOOD + "\u200b", "characters in it that cannot be seen"),
    "hostile": (NAME[:900], "it is more than one paragraph"),
}
"""Texts that are refused, and the reason that the model is told."""


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_is_refused_is_asked_for_again_with_the_reason(spoilt: str, tmp_path: Path) -> None:
    text, reason = SPOILT[spoilt]

    def script(call: Call) -> list[Record]:
        return [{"record": 1, "question": GOOD if call.number else text}]

    found, calls = told(script, tmp_path, [ASKED], ["As it was composed."])
    assert found.texts == (GOOD,)
    assert len(calls) == 2
    lines = [line for line in calls[1].prompt.splitlines() if line.startswith("- Reason: ")]
    assert any(reason in line for line in lines)
    assert "- Reason: " not in calls[0].prompt


def test_a_text_in_typeset_characters_is_made_plain(tmp_path: Path) -> None:
    typeset = GOOD.replace("Who", "\u2018Who\u2019").replace(", ", " \u2013 ")
    found, _ = told(lambda _: [{"record": 1, "question": typeset}], tmp_path, [ASKED], ["Old."])
    assert found.texts == (GOOD.replace("Who", "'Who'").replace(", ", " - "),)
    named = Request("case_routing", "who", {"subject": "Caf\u00e9 \u2018Lid\u2019"})
    said = 'Which agent takes "Caf\u00e9 \u2018Lid\u2019"? An Id.'
    found, _ = told(lambda _: [{"record": 1, "question": said}], tmp_path, [named], ["Old."])
    assert found.texts == (said,)


def test_the_question_itself_is_no_paraphrase(tmp_path: Path) -> None:
    found, calls = told(lambda _: [{"record": 1, "question": GOOD}], tmp_path, [ASKED], [GOOD])
    assert found.composed == (0,)
    assert "the very words" in calls[-1].prompt


def test_no_two_questions_become_alike(tmp_path: Path) -> None:
    """Neither like one that is said in other words, nor like one as it was composed."""
    texts = ["First.", f"{GOOD} Thanks.", "Third."]

    def script(call: Call) -> list[Record]:
        return [{"record": record["record"], "question": GOOD} for record in call.records]

    found, calls = told(script, tmp_path, [ASKED] * 3, texts)
    assert found.texts == ("First.", GOOD, "Third.")
    assert found.composed == (0, 2)
    assert any(json.dumps(texts[1]) in call.prompt for call in calls if len(call.records) == 1)
    assert all(len(call.records) == 1 for call in calls[1:])


def test_what_cannot_be_said_stays_as_it_was_composed(tmp_path: Path) -> None:
    asked, texts = composed("handle_time", 12)

    def script(call: Call) -> list[Record]:
        """Says all of them but one."""
        return [
            {**record, "question": "No."} if texts[3] in call.prompt and place == 3 % n else record
            for n in [len(call.records)]
            for place, record in enumerate(answer(call))
        ]

    found, calls = told(script, tmp_path, asked, texts)
    assert found.composed == (3,)
    assert found.texts[3] == texts[3]
    assert found.refused == 1 + ROUNDS
    assert len(calls) == 2 + ROUNDS
    again, calls = told(script, tmp_path, asked, texts)
    assert (again.texts, calls) == (found.texts, [])


def _leave_out(records: list[Record]) -> list[Record]:
    return records[1:]


def _misnumber(records: list[Record]) -> list[Record]:
    return [{**records[0], "record": ["one"]}, *records[1:]]


def _add_field(records: list[Record]) -> list[Record]:
    return [{**records[0], "answer": "005"}, *records[1:]]


@pytest.mark.parametrize("spoil", [_leave_out, _misnumber, _add_field])
def test_what_a_reply_lacks_is_asked_for_again(
    spoil: Callable[[list[Record]], list[Record]], tmp_path: Path
) -> None:
    asked, texts = composed("case_routing", 8)

    def script(call: Call) -> list[Record]:
        records = list(answer(call))
        return records if call.number else spoil(records)

    found, calls = told(script, tmp_path, asked, texts)
    assert found.composed == ()
    assert [len(call.records) for call in calls] == [8, 1]


@pytest.mark.parametrize(
    "fault", [Fault(text="I will not."), Fault(text="{", finish="length"), Fault(refusal="No.")]
)
def test_a_model_that_delivers_nothing_ends_nothing(fault: Fault, tmp_path: Path) -> None:
    asked, texts = composed("best_region_identification", 12)
    found, calls = told(lambda _: fault, tmp_path, asked, texts)
    assert found.texts == tuple(texts)
    assert found.composed == tuple(range(12))
    assert len(calls) == (1 + ROUNDS) * 2


def test_a_server_that_fails_ends_the_run(tmp_path: Path) -> None:
    asked, texts = composed("best_region_identification", 3)
    with pytest.raises(WriterError, match=f"{OBJECT}: .* does not accept the key"):
        told(lambda _: Fault(status=401), tmp_path, asked, texts)


def test_the_limit_on_the_cost_holds(tmp_path: Path) -> None:
    asked, texts = composed("best_region_identification")
    with (
        serving(answer) as server,
        asking(server, tmp_path, WHOLE, max_cost=0.018, concurrency=1) as asking_,
    ):
        with pytest.raises(BudgetError, match="--max-cost"):
            paraphrase(asking_.served, asked, texts)
        assert 0 < len(server.calls) < NUMBER / TOGETHER
        assert 0 < asking_.calls.budget.spent <= 0.018


def test_nothing_is_asked_where_there_is_nothing(tmp_path: Path) -> None:
    with serving(answer) as server, asking(server, tmp_path, WHOLE) as asking_:
        assert paraphrase(asking_.served, [], []).texts == ()
        assert server.calls == []


def test_prompts_are_as_approved(tmp_path: Path) -> None:
    subject = Request("case_routing", "who", {"subject": "A subject"})

    def script(call: Call) -> list[Record]:
        return [
            {"record": record["record"], "question": "Who takes it?\nQuick."}
            for record in call.records
        ]

    texts = ["The first question as composed.", "The second question as composed."]
    _, calls = told(script, tmp_path, [ASKED, subject], texts)
    approved("paraphrase", calls[0].prompt)
    again = [call for call in calls if call.records[0]["question"] == texts[0]][1]
    approved("paraphrase-again", again.prompt)


def test_every_string_of_a_reply_has_a_greatest_length() -> None:
    schema = json.dumps(Paraphrases.model_json_schema())
    assert schema.count('"type": "string"') == schema.count('"maxLength"') == 1


def test_prompt_and_reply_have_hashes() -> None:
    found = paraphrase_hashes()
    assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in (found.prompt, found.reply))
    assert found.prompt != found.reply
    assert (found.reading_prompt, found.reading_reply) == (None, None)


def test_the_scripted_model_has_words_of_its_own() -> None:
    ours = {normalised(text) for text in (*endpoint.REASONS, *endpoint.THANKS)}
    files = [yaml.safe_load(file.read_text()) for file in FOLDER.glob("*.yaml")]
    theirs = {normalised(text) for told in files for text in (*told["open"], *told["close"])}
    assert len(theirs) > 200
    assert not ours & theirs
