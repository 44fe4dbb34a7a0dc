"""The questions of a dataset as a task of inspect-ai."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig, ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver

from orgsmith.arena.agents.causes import Sought
from orgsmith.arena.agents.exam import Item
from orgsmith.arena.agents.kinds import ACT, BASELINES, REACT, Contestant
from orgsmith.arena.agents.world import World
from orgsmith.arena.results.columns import BUDGET, ENDPOINT, FAILED
from orgsmith.arena.scoring.ids import named
from orgsmith.arena.trial.baselines import play
from orgsmith.arena.trial.calling import call_tools
from orgsmith.arena.trial.conduct import Conduct
from orgsmith.arena.trial.dialogue import converse
from orgsmith.arena.trial.guard import EndpointError
from orgsmith.arena.trial.logs import FIRST
from orgsmith.arena.trial.parts import Part
from orgsmith.arena.trial.scorer import verdict
from orgsmith.outputs.questions import NONE
from orgsmith.prompts.model.usage import Usage
from orgsmith.schema.errors import BudgetError, OrgsmithError

NAME = "orgsmith"

Done = Callable[[Usage], None]
"""Called when a sample is finished, with what its calls took."""


def nothing(usage: Usage) -> None:
    """Nobody wants to know."""
    del usage


def task_of(
    world: World,
    contestant: Contestant,
    part: Part,
    *,
    name: str | None = NAME,
    heading: Mapping[str, object] = MappingProxyType({}),
    done: Done = nothing,
    cache: bool = True,
) -> Task:
    """A task of inspect-ai: questions, who is to answer them, and how answers are scored.

    Args:
        world: the dataset.
        contestant: who is on trial.
        part: the questions, and which epochs.
        name: that of the task; None where inspect-ai knows it.
        heading: what the log says of the run: columns of `results.columns.SAMPLES`.
        done: called for each sample that is finished, with what its calls took.
        cache: whether replies of the model are kept, so that a call is paid for once.
    """
    manner = contestant.manner
    return Task(
        name=name,
        dataset=MemoryDataset([sample_of(item) for item in part.items], name=NAME),
        solver=on_trial(world, contestant, part, done, cache=cache),
        scorer=verdict(),
        metadata={**heading, FIRST: part.first},
        config=GenerateConfig(
            temperature=manner.temperature,
            max_tokens=manner.max_tokens,
            parallel_tool_calls=False,
        ),
    )


def sample_of(item: Item) -> Sample:
    """A question as a sample: what the scorer and the results need of it."""
    question, answer = item.question, item.answer
    return Sample(
        id=item.task_id,
        input=question.question,
        target=list(answer.answers),
        metadata={
            "task": question.task,
            "persona": question.persona,
            "today": question.today.isoformat(),
            "answer_type": question.answer_type,
            "metric": question.metric,
            "given": list(named(f"{question.question}\n{question.context}")),
            "fact": item.fact,
            "none_expected": answer.answers == (NONE,),
            "sought": asdict(Sought.of(item)),
        },
    )


def on_trial(
    world: World, contestant: Contestant, part: Part, done: Done, *, cache: bool
) -> Solver:
    """Answers questions in the way of a contestant."""
    items = {item.task_id: item for item in part.items}

    # Made here: what a solver is made with is written into the log, and a world cannot be.
    @solver(name=contestant.agent)
    def answering() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            del generate
            item = items[str(state.sample_id)]
            conduct = Conduct(epoch=part.first - 1 + state.epoch, cached=cache)
            desk = world.desk(contestant, item)
            try:
                if contestant.agent in BASELINES:
                    play(world, contestant.agent, item, desk, conduct)
                elif contestant.agent in {ACT, REACT}:
                    state.messages = await converse(world, contestant, item, desk, conduct)
                else:
                    state.messages = await call_tools(world, contestant, item, desk, conduct)
            except EndpointError as error:
                conduct.stopped, conduct.stopped_by = ENDPOINT, str(error)
                raise
            except BudgetError as error:
                conduct.stopped, conduct.stopped_by = BUDGET, str(error)
                raise
            except OrgsmithError as error:
                conduct.stopped, conduct.stopped_by = FAILED, str(error)
                raise
            finally:
                conduct.asked(desk)
                conduct.keep(state.store)
            state.output = ModelOutput.from_content(contestant.name, conduct.reply or "")
            state.completed = True
            done(conduct.usage)
            return state

        return solve

    return answering()
