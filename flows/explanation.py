"""Why an answer is the answer: a question, the records that prove it, and who came second."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orgsmith.arena.benchmark.double_entry import agree
from orgsmith.arena.benchmark.readings import StoredReadings
from orgsmith.arena.errors import OrgError
from orgsmith.arena.ids import full_id
from orgsmith.arena.org import Org
from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Found, quoted
from orgsmith.arena.solver.solve import derive
from orgsmith.arena.tasks.question import Asked
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.question_lookup import find_answer
from orgsmith.outputs.questions import Answer, Parameter, Question
from orgsmith.outputs.readings import read_readings

RECORDS_SHOWN = 10
"""Records that are read of those that prove an answer."""

LOOKING = "explain"
"""The session in which records are looked up."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "User": ("DutyStart__c", "DutyEnd__c"),
    "Account": ("ShippingState",),
    "Contact": ("Account.Name", "Email"),
    "Issue__c": ("Description__c",),
    "Product2": ("Description",),
    "Knowledge__kav": ("Summary", "FAQ_Answer__c"),
    "Order": ("Account.Name", "Status", "EffectiveDate"),
    "OrderItem": ("Product2.Name", "Order.EffectiveDate"),
    "Case": (
        "Subject",
        "CreatedDate",
        "ClosedDate",
        "Owner.Name",
        "IssueId__r.Name",
        "Account.ShippingState",
    ),
    "CaseHistory__c": (
        "CaseId__r.CaseNumber",
        "Field__c",
        "OldValue__c",
        "NewValue__c",
        "CreatedDate",
    ),
    "EmailMessage": ("FromName", "MessageDate", "TextBody"),
    "LiveChatTranscript": ("StartTime", "EndTime", "Body"),
}
"""What of a record tells most, beside its name."""

UNITS: Mapping[str, str] = {
    "case_routing": "cases",
    "handle_time": "hours",
    "transfer_count": "hand-overs",
    "named_entity_disambiguation": "share of the words that describe it",
    "knowledge_qa": "share of the question's words",
    "top_issue_identification": "cases",
    "monthly_trend_analysis": "cases",
    "best_region_identification": "hours",
}
"""What the margins of a task are counted in."""


Shown = str | float | bool | None
"""A value as the org sends it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A record that proves an answer: its object (`kind`), its name, the fields that tell most."""

    kind: str
    id: str
    name: str | None
    fields: Mapping[str, Shown]


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The answer that came second: its name if it is a record, by how much it lost, of what."""

    answer: str
    name: str | None
    margin: float | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a second look at the records comes to its answer, and whether that is the published."""

    answer: str
    agrees: bool
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A question and why its answer is the answer.

    `name` is what people call the record whose Id the answer is. Of the `evidence`, Ids of records,
    the first few are read: `records`. `solver_query` holds the statements a solver sent.
    """

    dataset: str
    task_id: str
    task: str
    persona: str
    today: dt.date
    question: str
    context: str
    answer_type: str
    metric: str
    answers: tuple[str, ...]
    name: str | None
    none_reason: str | None
    parameters: Mapping[str, Parameter]
    runner_up: RunnerUp | None
    derivation: Derivation
    evidence: tuple[str, ...]
    records: tuple[Proof, ...]
    solver_query: str


def explain(org: Org, question: Question) -> Explanation:
    """Why the answer to a question about an org is the answer; the solver solves it once more.

    Raises:
        DatasetError: the dataset has no answers, or is damaged.
    """
    answer = find_answer(org.dataset, question)
    session = org.session(LOOKING)
    second = answer.runner_up
    return Explanation(
        dataset=str(org.dataset.path),
        task_id=question.task_id,
        task=question.task,
        persona=question.persona,
        today=question.today,
        question=question.question,
        context=question.context,
        answer_type=question.answer_type,
        metric=question.metric,
        answers=answer.answers,
        name=_name(session, answer.answers[0]),
        none_reason=answer.none_reason,
        parameters=answer.parameters,
        runner_up=None
        if second is None
        else RunnerUp(second, _name(session, second), answer.margin, UNITS.get(question.task)),
        derivation=_derivation(org, question, answer),
        evidence=answer.evidence,
        records=tuple(_proofs(session, answer.evidence[:RECORDS_SHOWN])),
        solver_query=answer.solver_query,
    )


def _derivation(org: Org, question: Question, answer: Answer) -> Derivation:
    """What the solver, or where a model wrote the texts their reader, finds now."""
    asked = Asked(question.task, question.today, answer.parameters, question.context)
    try:
        found = _read(org.dataset, asked, answer) or derive(org, asked)
    except (OrgError, LookupError, TypeError, ValueError) as error:
        said = " ".join(str(error).split())
        return Derivation("", agrees=False, text=f"the question cannot be solved: {said}")
    agrees = agree(answer.answers, answer.evidence, found, question.answer_type)
    return Derivation(found.answer, agrees, found.derivation)


def _read(dataset: Dataset, asked: Asked, answer: Answer) -> Found | None:
    if not dataset.manifest.readings:
        return None
    stored = StoredReadings.of(list(read_readings(dataset)), dataset)
    return stored.second(asked, answer.evidence, answer.answers)


def _name(session: Session, value: str) -> str | None:
    """What people call the record with an Id; None if it is no record's."""
    proofs = list(_proofs(session, (value,)))
    return proofs[0].name if proofs else None


def _proofs(session: Session, ids: Sequence[str]) -> Iterator[Proof]:
    """The records with these Ids, in their order; those that are not there are left out."""
    for record in ids:
        entity = session.catalog.of_id(record)
        if entity is None or full_id(record) is None:
            continue
        known = entity.name_column
        names = (known.name,) if known else ()
        told = [name for name in FIELDS.get(entity.name, ()) if name not in names]
        columns = ", ".join(("Id", *names, *told))
        answer = session.query(f"SELECT {columns} FROM {entity.name} WHERE Id = {quoted(record)}")
        for values in answer.rows():
            found = dict(zip(answer.columns, map(_shown, values), strict=True))
            name = found.get(names[0]) if names else None
            fields = {field: found[field] for field in told}
            yield Proof(entity.name, str(found["Id"]), None if name is None else str(name), fields)


def _shown(value: object) -> Shown:
    return value if isinstance(value, str | float | bool | None) else str(value)
