"""What names mean in a query: fields over relationships, and the joins that reach them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from orgsmith.arena.catalog import Catalog, Column, Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.soql.tokens import refused
from orgsmith.arena.soql.tree import Path, Source
from orgsmith.schema.declaration import Kind

MOST_STEPS = 5
"""Relationships of one path, as in Salesforce."""

TYPE = "Type"
"""The field of a polymorphic relationship that says what object it leads to."""


@dataclass(frozen=True, slots=True)
class World:
    """What a query is asked of.

    `source` gives the engine's name of an object's rows, `today` is the day date literals are told
    from. With `deleted`, records in the recycle bin are found too.
    """

    catalog: Catalog
    source: Callable[[str], str]
    today: dt.date
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a path reaches.

    `steps` are the relationships walked, as declared; `sql` is the engine's expression; `key` the
    expression of the Id of the record it belongs to.
    """

    column: Column
    steps: tuple[str, ...]
    sql: str
    key: str

    @property
    def kind(self) -> Kind:
        """The field's type."""
        return self.column.kind

    @property
    def name(self) -> str:
        """The field's name as it stands in results, over its relationships."""
        return ".".join((*self.steps, self.column.name))


class Values:
    """Values of a query that are bound, not written, into its SQL."""

    def __init__(self) -> None:
        self.bound: list[object] = []

    def add(self, value: object) -> str:
        """The place of a value in the SQL."""
        self.bound.append(value)
        return f"${len(self.bound)}"


class Scope:
    """The names of one SELECT. Parents are joined when a path first walks to them."""

    def __init__(
        self, world: World, text: str, entity: Entity, source: Source, prefix: str = "t"
    ) -> None:
        self.world = world
        self.text = text
        self.entity = entity
        self.prefix = prefix
        self._walks: dict[str, tuple[str, ...]] = {}
        self._aliases: dict[tuple[str, ...], str] = {(): f"{prefix}0"}
        self._entities: dict[tuple[str, ...], Entity] = {(): entity}
        self._joins: list[str] = []
        self.own = (source.alias or entity.name).lower()
        """The name that the object itself goes by, in lower case."""

    @property
    def root(self) -> str:
        """The alias of the rows of the object itself."""
        return self._aliases[()]

    @property
    def tables(self) -> str:
        """The FROM clause, without the word."""
        rows = f"{self.world.source(self.entity.name)} AS {self.root}"
        return " ".join((rows, *self._joins))

    def name_walk(self, source: Source) -> None:
        """Give a relationship a short name: `FROM Contact c, c.Account a`; else its own is kept.

        Raises:
            OrgError: INVALID_FIELD, there is no such relationship.
        """
        names = self._without_own(source.names)
        steps, _ = self._walk(names, source.at)
        self._walks[(source.alias or names[-1]).lower()] = steps

    def field(self, path: Path) -> Field:
        """The field that a path reaches.

        Raises:
            OrgError: INVALID_FIELD, there is no such field or relationship.
        """
        names = self._without_own(path.names)
        steps, entity = self._walk(names[:-1], path.at)
        column = entity.column(names[-1])
        if column is None:
            column = self._type_of(names[-1], steps, path.at, entity)
        if column.name == TYPE and column.system:
            key = f'{self._joined(steps)}."Id"'
            sql = f"CASE WHEN {key} IS NOT NULL THEN '{self._entities[steps].name}' END"
            return Field(column, steps, sql, key)
        alias = self._joined(steps)
        return Field(column, steps, f'{alias}."{column.name}"', f'{alias}."Id"')

    def relationship(self, path: Path) -> tuple[tuple[str, ...], Column, Entity]:
        """The relationship that a path walks: its steps, the last reference, where it leads.

        Raises:
            OrgError: INVALID_FIELD, there is no such relationship.
        """
        names = self._without_own(path.names)
        steps, entity = self._walk(names, path.at)
        if not steps:
            raise self.no_column(path.names[-1], self.entity, path.at)
        before = self._entities[steps[:-1]]
        column = before.parent(steps[-1])
        assert column is not None
        return steps, column, entity

    def reach_id(self, steps: tuple[str, ...]) -> Field:
        """The Id of the records that steps already walked lead to."""
        return self.reach(steps, self._entities[steps].columns["Id"])

    def reach(self, steps: tuple[str, ...], column: Column) -> Field:
        """A field of the records that steps already walked lead to."""
        alias = self._joined(steps)
        return Field(column, steps, f'{alias}."{column.name}"', f'{alias}."Id"')

    def no_column(self, name: str, entity: Entity, at: int) -> OrgError:
        """INVALID_FIELD for a field that an object does not have."""
        return refused(
            "INVALID_FIELD",
            self.text,
            at,
            f"No such column '{name}' on entity '{entity.name}'. If you are attempting to use a "
            "custom field, be sure to append the '__c' after the custom field name. The describe "
            "call lists the fields.",
        )

    def _without_own(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Names without the object's own before them, and with short names spelled out."""
        if len(names) > 1:
            first = names[0].lower()
            if first in self._walks:
                return (*self._walks[first], *names[1:])
            if first == self.own:
                return names[1:]
        return names

    def _walk(self, names: tuple[str, ...], at: int) -> tuple[tuple[str, ...], Entity]:
        if len(names) > MOST_STEPS:
            raise refused(
                "MALFORMED_QUERY", self.text, at,
                f"a path walks over at most {MOST_STEPS} relationships",
            )  # fmt: skip
        steps: tuple[str, ...] = ()
        entity = self.entity
        for name in names:
            column = entity.parent(name)
            if column is None or column.parent is None or column.relationship is None:
                raise self._no_relationship(name, entity, at)
            parent = self.world.catalog.entity(column.parent)
            assert parent is not None
            steps, entity = (*steps, column.relationship), parent
            self._entities[steps] = entity
        return steps, entity

    def _joined(self, steps: tuple[str, ...]) -> str:
        """The alias of the records that steps lead to, joined if it is not yet."""
        if steps in self._aliases:
            return self._aliases[steps]
        before = self._joined(steps[:-1])
        column = self._entities[steps[:-1]].parent(steps[-1])
        assert column is not None
        alias = f"{self.prefix}{len(self._aliases)}"
        rows = self.world.source(self._entities[steps].name)
        self._joins.append(
            f'LEFT JOIN {rows} AS {alias} ON {alias}."Id" = {before}."{column.name}"'
        )
        self._aliases[steps] = alias
        return alias

    def _type_of(self, name: str, steps: tuple[str, ...], at: int, entity: Entity) -> Column:
        """The field Type of a polymorphic relationship.

        Raises:
            OrgError: INVALID_FIELD, it is no such relationship or no such field.
        """
        if name.lower() == TYPE.lower() and steps:
            column = self._entities[steps[:-1]].parent(steps[-1])
            if column is not None and column.polymorphic:
                return Column(entity.name, TYPE, Kind.STRING, TYPE, "The object it is", system=True)
        raise self.no_column(name, entity, at)

    def _no_relationship(self, name: str, entity: Entity, at: int) -> OrgError:
        hint = ""
        column = entity.column(name)
        if column is not None and column.relationship:
            hint = f" The field {column.name} is walked as {column.relationship}."
        elif name.lower().endswith("__c"):
            hint = " A custom relationship ends in '__r'."
        return refused(
            "INVALID_FIELD",
            self.text,
            at,
            f"Didn't understand relationship '{name}' in field path of entity '{entity.name}'. If "
            "you are attempting to use a custom relationship, be sure to append the '__r' after "
            f"the custom relationship name.{hint}",
        )


def entity_named(catalog: Catalog, text: str, source: Source) -> Entity:
    """The object that a query reads.

    Raises:
        OrgError: INVALID_TYPE, there is none of that name.
    """
    name = ".".join(source.names)
    entity = catalog.entity(name) if len(source.names) == 1 else None
    if entity is None:
        raise refused(
            "INVALID_TYPE",
            text,
            source.at,
            f"sObject type '{name}' is not supported. If you are attempting to use a custom "
            "object, be sure to append the '__c' after the entity name. The sobjects resource "
            "lists the objects.",
        )
    return entity
