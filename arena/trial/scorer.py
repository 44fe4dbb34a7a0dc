"""The scorer of all agents, as inspect-ai calls it."""

from collections.abc import Collection

from inspect_ai.scorer import Score, Scorer, Target, grouped, mean, scorer, stderr
from inspect_ai.solver import TaskState

from orgsmith.arena.scoring.objects import prefixes_of
from orgsmith.arena.scoring.score import score_reply
from orgsmith.arena.scoring.verdict import Kind, Verdict
from orgsmith.arena.trial.conduct import FILTERED, KEY, Conduct

NAME = "verdict"


@scorer(metrics=[grouped(mean(), "task"), stderr(cluster="fact")], name=NAME)
def verdict() -> Scorer:
    """Compares what an agent answered with the answer; no model is asked."""

    async def score(state: TaskState, target: Target) -> Score:
        conduct = Conduct(**state.store.get(KEY, {}))
        found = judged(
            conduct,
            list(target),
            state.metadata["answer_type"],
            state.metadata["metric"],
            state.metadata["given"],
            prefixes_of(state.metadata["task"]),
        )
        return Score(
            value=found.score,
            answer=conduct.reply,
            explanation=f"{found.kind}: {', '.join(found.said) or 'nothing'} was read of it",
            metadata={
                "verdict": found.kind.value,
                "partial": found.partial,
                "said": list(found.said),
            },
        )

    return score


def judged(
    conduct: Conduct,
    answers: list[str],
    answer_type: str,
    metric: str,
    given: Collection[str],
    prefixes: Collection[str],
) -> Verdict:
    """The verdict on what an agent did.

    `given` are the ids that it was told, `prefixes` tell the object that it was asked for.
    """
    if conduct.ending == FILTERED:
        return Verdict(Kind.REFUSED, 0.0, 0.0)
    return score_reply(conduct.reply, answers, answer_type, metric, given, prefixes)
