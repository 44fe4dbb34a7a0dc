"""An organisation, opened for serving: its tables, its full-text index, and who asks."""

import datetime as dt
import threading
from itertools import count

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.engine import Engine, Limits
from orgsmith.arena.session import Session
from orgsmith.arena.sosl.search import Searcher
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.tables import Tables
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.schema_file import read_schema


class Org:
    """One dataset, served to any number of sessions at once."""

    def __init__(
        self, dataset: Dataset, catalog: Catalog, engine: Engine, searcher: Searcher, today: dt.date
    ) -> None:
        self.dataset = dataset
        self.catalog = catalog
        self.engine = engine
        self.searcher = searcher
        self.today = today
        self._sessions: dict[str, Session] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls, dataset: Dataset, *, today: dt.date | None = None, limits: Limits | None = None
    ) -> "Org":
        """Load a dataset's sixteen objects into memory; nothing else of it is read.

        Args:
            dataset: what is served.
            today: the day that date literals are told from; the dataset's as-of date unless given.
            limits: what one query may take.

        Raises:
            DatasetError: a file is missing or damaged.
        """
        catalog = Catalog.of(read_schema(dataset.path))
        engine = Engine(Tables.open(dataset, catalog), limits or Limits())
        searcher = Searcher(dataset, catalog)
        return cls(dataset, catalog, engine, searcher, today or dataset.manifest.as_of)

    @property
    def name(self) -> str:
        """The company's name."""
        return self.dataset.organisation.industry.company.name

    def session(self, token: str, *, today: dt.date | None = None) -> Session:
        """The session of a token, begun at its first use; `today` sets its date."""
        with self._lock:
            found = self._sessions.get(token)
            if found is None:
                overlay = Overlay(self.engine.tables, next(self._numbers), self.catalog)
                found = Session(
                    token, self.catalog, self.engine, self.searcher, overlay, today or self.today
                )
                self._sessions[token] = found
        if today is not None:
            found.today = today
        return found

    def end(self, token: str) -> None:
        """Forget a session and what it wrote."""
        with self._lock:
            found = self._sessions.pop(token, None)
        if found is not None:
            found.close()

    def start(self) -> None:
        """Index texts in the background, before anybody searches."""
        self.searcher.start()

    def close(self) -> None:
        """Let everything go."""
        self.searcher.close()
        self.engine.close()
