"""The SQL of a session's own rows: a table for each object, and a view over the published ones."""

from dataclasses import dataclass
from functools import cached_property

from orgsmith.arena.catalog import Catalog, Entity
from orgsmith.arena.store.tables import sql_type


@dataclass(frozen=True)
class Statements:
    """The statements for one object in one session's schema."""

    schema: str
    entity: Entity

    @property
    def rows(self) -> str:
        """The table of the rows that the session has written."""
        return f'{self.schema}."{self.entity.name} rows"'

    @property
    def view(self) -> str:
        """The object as the session sees it."""
        return f'{self.schema}."{self.entity.name}"'

    @property
    def empty(self) -> str:
        """Makes the table anew, without a row."""
        columns = ", ".join(
            f'"{column.name}" {sql_type(column)}{" PRIMARY KEY" if column.name == "Id" else ""}'
            for column in self.entity.columns.values()
        )
        return f"CREATE OR REPLACE TABLE {self.rows} ({columns})"

    @property
    def make(self) -> str:
        """Makes the table and the view."""
        view = (
            f'CREATE VIEW {self.view} AS SELECT * FROM main."{self.entity.name}" '
            f'ANTI JOIN {self.rows} USING ("Id") UNION ALL SELECT * FROM {self.rows}'
        )
        return f"{self.empty}; {view}"

    @cached_property
    def update(self) -> str:
        """Replaces the row of an Id; bound are all its values, Id first."""
        names = list(self.entity.columns)[1:]
        values = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(names, 2))
        return f'UPDATE {self.rows} SET {values} WHERE "Id" = $1'

    @cached_property
    def delete(self) -> str:
        """Takes the row of an Id out of the table."""
        return f'DELETE FROM {self.rows} WHERE "Id" = $1'

    @cached_property
    def _row(self) -> str:
        return f"({', '.join('?' * len(self.entity.columns))})"

    def insert(self, count: int) -> str:
        """Adds new rows; bound are their values, one row after another."""
        return f"INSERT INTO {self.rows} VALUES {', '.join([self._row] * count)}"


def make_schema(schema: str, catalog: Catalog) -> str:
    """Makes a schema with the table and the view of every object, all at once."""
    made = "; ".join(Statements(schema, each).make for each in catalog.entities.values())
    return f"BEGIN; CREATE SCHEMA {schema}; {made}; COMMIT"
