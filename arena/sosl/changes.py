"""Indexes of what sessions have written, beside those of the published records."""

import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from orgsmith.arena.catalog import Entity
from orgsmith.arena.sosl.index import TextIndex
from orgsmith.arena.sosl.scopes import searched
from orgsmith.arena.sosl.tree import Expression, Scope
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.row import Row


@dataclass(frozen=True, slots=True)
class _Made:
    """An index, and the rows it was made of."""

    rows: tuple[Row, ...]
    index: TextIndex


class ChangedIndexes:
    """Keeps an index of each object's rows that a session has written, until it writes again."""

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[Overlay, dict[str, _Made]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def rank(
        self, published: TextIndex, entity: Entity, overlay: Overlay, expression: Expression,
        scope: Scope, most: int | None,
    ) -> list[str]:  # fmt: skip
        """The Ids of the records that a session finds, its own before the published, best first.

        Args:
            published: the index of the object's published records.
            entity: the object.
            overlay: what the session has written.
            expression: what is looked for.
            scope: the fields that are searched.
            most: how many at most; all unless given.

        Raises:
            OrgError: MALFORMED_SEARCH, wildcards can stand for too much.
        """
        changed = overlay.changed(entity.name)
        if not changed.ids:
            return published.rank(expression, scope, most)
        own = self._index(entity, overlay, changed.rows).rank(expression, scope, most)
        further = None if most is None else most + len(changed.ids)
        others = published.rank(expression, scope, further)
        return [*own, *(each for each in others if each not in changed.ids)][:most]

    def _index(self, entity: Entity, overlay: Overlay, rows: tuple[Row, ...]) -> TextIndex:
        with self._lock:
            made = self._made.setdefault(overlay, {}).get(entity.name)
        # Rows are compared, as a transaction that is open sees its own before they are committed.
        if made is not None and made.rows == rows:
            return made.index
        names = ["Id", *(column.name for column in searched(entity))]
        values = sorted([str(row[names[0]]), *(row[name] for name in names[1:])] for row in rows)
        index = TextIndex(entity, values)
        with self._lock:
            self._made.setdefault(overlay, {})[entity.name] = _Made(rows, index)
        return index
