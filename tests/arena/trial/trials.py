"""Runs of trials as tests ask for them."""

from collections.abc import Sequence
from pathlib import Path

from orgsmith.arena.agents.exam import Item
from orgsmith.arena.agents.kinds import Contestant, Manner
from orgsmith.arena.agents.world import World
from orgsmith.arena.trial.endpoint import Endpoint
from orgsmith.arena.trial.parts import Asked
from orgsmith.arena.trial.run import Ran, folder_of, run
from tests.endpoint.server import Server

TURNS = 4


def contestant(agent: str, player: str, level: str | None = None, **manner: object) -> Contestant:
    """A player of the endpoint as an agent of a kind."""
    told = {"turns": TURNS, **manner}
    return Contestant.of(agent, f"openai/{player}", level, Manner(**told))  # type: ignore[arg-type]


def endpoint_at(server: Server, cache: Path | None = None, **told: object) -> Endpoint:
    """The endpoint of a server, without retries."""
    known = {"retries": 0, "concurrency": 4, "prompt_price": 1.0, "completion_price": 2.0, **told}
    return Endpoint(base_url=server.url, cache=cache, **known)  # type: ignore[arg-type]


def tried(
    world: World,
    who: Contestant,
    items: Sequence[Item],
    endpoint: Endpoint,
    runs: Path,
    epochs: int = 1,
) -> Ran:
    """What comes of a run in its folder below `runs`."""
    folder = folder_of(runs, world, who, endpoint.base_url)
    return run(world, who, Asked(items, epochs), endpoint, folder)
