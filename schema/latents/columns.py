"""The kinds of column that tables of latent variables are made of."""

from dataclasses import replace

from orgsmith.schema.declaration import Field, Kind
from orgsmith.schema.objects.standard import lookup


def record(name: str, parent: str, description: str, *, nullable: bool = False) -> Field:
    """A column that holds the id of a record."""
    return replace(lookup(name, parent, "", description), nullable=nullable)


def text(name: str, description: str, *values: str, nullable: bool = False) -> Field:
    return Field(name, Kind.STRING, description, values=values, nullable=nullable)


def number(name: str, description: str, minimum: float | None = None) -> Field:
    return Field(name, Kind.DOUBLE, description, minimum=minimum)


def count(name: str, description: str, *, nullable: bool = False) -> Field:
    return Field(name, Kind.INT, description, minimum=0, nullable=nullable)


def day(name: str, description: str, *, nullable: bool = False) -> Field:
    return Field(name, Kind.DATE, description, nullable=nullable)


def time(name: str, description: str, *, nullable: bool = False) -> Field:
    return Field(name, Kind.DATETIME, description, nullable=nullable)
