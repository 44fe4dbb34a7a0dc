"""Ids and running numbers of what a session creates."""

from orgsmith.arena.catalog import Entity
from orgsmith.arena.store.overlay import Overlay
from orgsmith.schema.ids import DIGITS, suffix

POD = "Os0"
"""Instance code of what is created here: published ids have another, so that none can meet."""

_SERIAL_DIGITS = 9


def new_id(overlay: Overlay, key_prefix: str) -> str:
    """An 18-character id that no other record of the session has."""
    rest, digits = overlay.serial(key_prefix), ""
    for _ in range(_SERIAL_DIGITS):
        rest, digit = divmod(rest, len(DIGITS))
        digits = DIGITS[digit] + digits
    fifteen = key_prefix + POD + digits
    return fifteen + suffix(fifteen)


def next_number(overlay: Overlay, entity: Entity, name: str, width: int) -> str:
    """The running number after the last one, published ones counted."""
    last = overlay.tables.once(f'SELECT max(CAST("{name}" AS BIGINT)) FROM base."{entity.name}"')
    number = int(str(last or 0)) + overlay.serial(f"{entity.name}.{name}")
    return f"{number:0{width}d}"
