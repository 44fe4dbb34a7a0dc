"""The dependency graph of objects and latent variables, derived from their declarations."""

from functools import cache
from graphlib import CycleError, TopologicalSorter

from orgsmith.schema.declaration import Node
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS

NODES: dict[str, Node] = {**OBJECTS, **LATENTS}


@cache
def generation_order() -> tuple[str, ...]:
    """All nodes, parents first; the same order in every process.

    Raises:
        ValueError: the declarations form a cycle, or name a node that does not exist.
    """
    return order_of({name: node.parents for name, node in NODES.items()})


def order_of(parents: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Sort nodes so that each comes after its parents; ties keep the order of declaration."""
    for name, needed in parents.items():
        for parent in needed:
            if parent not in parents:
                raise ValueError(f"{name} needs {parent}, which is not declared")
    sorter = TopologicalSorter(parents)
    try:
        sorter.prepare()
    except CycleError as error:
        raise ValueError("declarations form a cycle: " + " -> ".join(error.args[1])) from error
    rank = {name: position for position, name in enumerate(parents)}
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=rank.__getitem__)
        ordered.extend(ready)
        sorter.done(*ready)
    return tuple(ordered)
