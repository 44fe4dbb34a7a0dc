"""The full-text indexes of a dataset, one for each object, made when they are first needed."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import polars as pl

from orgsmith.arena.catalog import Catalog, Entity
from orgsmith.arena.sosl.index import TextIndex
from orgsmith.arena.sosl.scopes import searched
from orgsmith.arena.source import RecordSource
from orgsmith.schema.errors import DatasetError

SLICE = 50_000
"""Records that are in memory at the same time while an index is made."""


class Indexes:
    """Makes each index once, whoever asks for it first. Threads may share it."""

    def __init__(self, dataset: RecordSource, catalog: Catalog) -> None:
        self._dataset = dataset
        self._catalog = catalog
        self._made: dict[str, TextIndex] = {}
        self._locks = {name: threading.Lock() for name in catalog.entities}
        self._closed = threading.Event()
        self._maker: threading.Thread | None = None

    def start(self) -> None:
        """Make all indexes in the background, that of the smallest object first."""
        if self._maker is None:
            self._maker = threading.Thread(
                target=self._make_all, name="full-text indexes", daemon=True
            )
            self._maker.start()

    def close(self) -> None:
        """Make no further index."""
        self._closed.set()
        if self._maker is not None:
            self._maker.join()

    def index(self, entity: Entity) -> TextIndex:
        """The index of an object, made now or waited for if it is not there yet.

        Raises:
            DatasetError: the object's records cannot be read.
        """
        found = self._made.get(entity.name)
        if found is not None:
            return found
        with self._locks[entity.name]:
            if entity.name not in self._made:
                self._made[entity.name] = TextIndex(entity, self._rows(entity))
            return self._made[entity.name]

    def _make_all(self) -> None:
        entities = self._catalog.entities.values()
        for entity in sorted(entities, key=lambda e: self._dataset.table(e.name).rows):
            if self._closed.is_set():
                return
            # Whoever searches an object that cannot be read is told.
            with suppress(DatasetError):
                if searched(entity):
                    self.index(entity)

    def _rows(self, entity: Entity) -> Iterator[Sequence[Any]]:
        names = ["Id", *(column.name for column in searched(entity))]
        try:
            lazy = self._dataset.scan(entity.name).select(names)
            for start in range(0, self._dataset.table(entity.name).rows, SLICE):
                yield from lazy.slice(start, SLICE).collect().iter_rows()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise DatasetError(
                f"{self._dataset.path}: {entity.name} cannot be read; {self._dataset.damaged}"
            ) from error
