"""A card for each task: what it asks, by which rules, and what to know before trusting a score."""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from orgsmith.arena.benchmark.wanted import FEWEST
from orgsmith.arena.tasks import TASKS, rules
from orgsmith.arena.tasks.task import Task
from orgsmith.outputs.asking import QUESTIONS
from orgsmith.prompts.questions import Request, compose
from orgsmith.schema.streams import stream

FILE = Path(__file__).with_name("cards.yaml")
TEMPLATE = Path(__file__).parent / "templates" / "tasks.md.jinja"

METRICS = {"exact": "exact match", "f1": "token F1, the best of the accepted answers"}


class Card(BaseModel):
    """What a card says that the task itself does not; `slots` are those of its example."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    definition: str
    answer: str
    shape: str
    slots: Mapping[str, str]
    kept: str
    limits: str
    difference: str


class Rendered(BaseModel):
    """A card beside its task, with the rules told in every context, and an example."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    task: Task
    card: Card
    rules: tuple[str, ...]
    example: str


@cache
def cards() -> Mapping[str, Card]:
    """The cards by the key of the task."""
    import yaml

    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {key: Card.model_validate(card) for key, card in content.items()}


def render() -> str:
    """docs/tasks.md."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        cards=[_rendered(TASKS[key], card) for key, card in cards().items()],
        questions=QUESTIONS,
        fewest=FEWEST,
        metrics=METRICS,
    )


def _rendered(task: Task, card: Card) -> Rendered:
    request = Request(task.key, card.shape, card.slots)
    (example,) = compose([request], stream(0, task.key, 0, "card"))
    card = card.model_copy(update={"kept": card.kept.format(**vars(rules))})
    return Rendered(task=task, card=card, rules=(rules.TODAY_RULE, *task.rules), example=example)


if __name__ == "__main__":
    sys.stdout.write(render())
