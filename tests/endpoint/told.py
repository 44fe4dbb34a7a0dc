"""A record as it is told: its values as they stand in a sentence."""

from tests.endpoint.server import Record

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


class Told(dict[str, str]):
    """The values of a record by name; a name with a capital gives the value with one.

    `day` is the order's day, `first` and `last` are the days of a sale. A value that the record
    does not have is an error, so that no sentence is written around a gap.
    """

    def __init__(self, record: Record) -> None:
        super().__init__({name: str(value) for name, value in record.items()})
        days = {"day": "order_date", "first": "ValidFrom", "last": "ValidTo"}
        self.update({name: spoken(self[iso]) for name, iso in days.items() if iso in self})
        # Names of a single word that are fields, such as Name, keep their own value.
        self.update(
            {_capital(n): _capital(v) for n, v in list(self.items()) if _capital(n) not in self}
        )


def spoken(iso: str) -> str:
    """2025-03-05 as it is written in a text: March 5, 2025."""
    year, month, day = iso[:10].split("-")
    return f"{MONTHS[int(month) - 1]} {int(day)}, {year}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
