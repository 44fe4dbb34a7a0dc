"""What is done for a query: the engine's SQL, and the shape of its rows."""

from dataclasses import dataclass

from orgsmith.arena.soql.shape import Shape


@dataclass(frozen=True, slots=True)
class Plan:
    """A query, compiled.

    `bound` are the values of $1, $2 ... in `sql`. In `children` $1 stands for the Ids of the
    parents, and each row begins with that of its parent. `viewed` says that what is found counts
    as looked at.
    """

    entity: str
    sql: str
    bound: tuple[object, ...]
    shape: Shape
    count_only: bool = False
    viewed: bool = False
    children: "tuple[Plan, ...]" = ()
