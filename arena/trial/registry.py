"""What inspect-ai finds by itself: `inspect eval orgsmith/all`, or a task by its key.

The entry point `inspect_ai` of the package names this module.
"""

import atexit
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from inspect_ai import Task, task

from orgsmith.arena.agents.kinds import BASELINES, REACT, Contestant, Manner
from orgsmith.arena.agents.world import World
from orgsmith.arena.trial.parts import Part
from orgsmith.arena.trial.scorer import verdict
from orgsmith.arena.trial.tasks import task_of
from orgsmith.outputs.dataset import find_dataset
from orgsmith.outputs.questions import TASK_KEYS

__all__ = ["TASKS", "verdict"]

OUT = "outputs/datasets"
PLAIN = Manner()
BY_INSPECT = "none/none"
"""Stands for the model that inspect-ai is told: agents need one, whichever it is."""

_OPEN = ExitStack()
"""Datasets that are open; inspect-ai does not say when it is done with a task."""
atexit.register(_OPEN.close)


def _made(keys: tuple[str, ...]) -> Callable[..., Task]:
    def made(
        dataset: str | None = None,
        out: str = OUT,
        agent: str = REACT,
        tool_level: str | None = None,
        limit: int | None = None,
        turns: int = PLAIN.turns,
        temperature: float = PLAIN.temperature,
        max_tokens: int = PLAIN.max_tokens,
        observation: int = PLAIN.observation,
        rules: bool = PLAIN.rules,
    ) -> Task:
        """Questions of a dataset, answered by an agent and scored.

        Args:
            dataset: a dataset's folder, INDUSTRY or INDUSTRY/VERSION; the newest if left out.
            out: the folder in which datasets are published.
            agent: act, react, tools, tools+query, solver, constant or random.
            tool_level: basic, standard or composed, of agents that call tools.
            limit: questions of each task; all if left out.
            turns: replies that an agent has for a question.
            temperature: of the model.
            max_tokens: of one reply.
            observation: characters of what an agent is shown at a time.
            rules: whether an agent is told the rules of its task.

        Raises:
            DatasetError: there is no such dataset, it has no questions, or it is damaged.
            UsageError: the parts do not fit together.
        """
        manner = Manner(turns, temperature, max_tokens, observation, rules)
        model = None if agent in BASELINES else BY_INSPECT
        contestant = Contestant.of(agent, model, tool_level, manner)
        world = _OPEN.enter_context(World.open(find_dataset(dataset, Path(out))))
        part = Part(tuple(world.exam.chosen(keys, limit)), first=1, epochs=1)
        return task_of(world, contestant, part, name=None, cache=False)

    return made


TASKS = {
    name: task(name=name)(_made(keys))
    for name, keys in (("all", ()), *((key, (key,)) for key in TASK_KEYS))
}
"""By name."""
