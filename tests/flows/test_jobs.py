"""The task graph is the dependency graph, whatever the number of blocks, and stays small."""

from dataclasses import replace

import pytest

from orgsmith.flows.jobs import MOST_TASKS, Job, jobs_of
from orgsmith.prompts.reading import READINGS
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load

SCALES = (0.02, 1.0, 25.0, 200.0, 1000.0)


def jobs(scale: float) -> list[Job]:
    """The jobs of a run at some scale."""
    industry = load("sportswear")
    organisation = Organisation(industry, seed=7, scale=1.0, as_of=industry.as_of)
    return list(jobs_of(replace(organisation, scale=scale)))


@pytest.mark.parametrize("scale", SCALES)
def test_every_job_comes_after_what_it_needs(scale: float) -> None:
    before: set[str] = set()
    for job in jobs(scale):
        assert set(job.after) <= before
        assert job.name not in before
        before.add(job.name)


@pytest.mark.parametrize("scale", SCALES)
def test_every_block_of_every_node_is_made_once(scale: float) -> None:
    industry = load("sportswear")
    organisation = Organisation(industry, seed=7, scale=scale, as_of=industry.as_of)
    made: dict[str, list[int]] = {node: [] for node in generation_order()}
    for job in jobs(scale):
        made[job.node] += range(job.first, job.last + 1)
    for node, blocks in made.items():
        assert blocks == list(range(organisation.blocks_of(NODES[node]))), node


def test_parents_are_those_that_are_declared() -> None:
    for job in jobs(25.0):
        if job.accepts:
            shown = NODES[job.node].parents if job.node in READINGS else ()
            assert set(job.needs) == {job.node, *shown}
        else:
            assert set(job.needs) == set(NODES[job.node].parents)


def test_children_wait_for_the_acceptance_of_objects() -> None:
    for job in jobs(25.0):
        for parent, needed in job.needs.items():
            if parent in OBJECTS and not job.accepts:
                assert needed == [f"{parent}/accepted"]


def test_the_number_of_tasks_is_bounded() -> None:
    assert len(jobs(1.0)) == len(NODES) + len(OBJECTS)
    assert len(jobs(1000.0)) <= MOST_TASKS * len(NODES) + len(OBJECTS)
    assert len(jobs(1000.0)) < 500
