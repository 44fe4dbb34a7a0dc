"""All records of an organisation as plain rows, to be counted by eye."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from orgsmith.validators.outcome import Tables

Row = Mapping[str, Any]


class Rows:
    """The rows of objects and latents by name, each read when it is first looked at."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._read: dict[str, list[Row]] = {}
        self._by_id: dict[str, dict[str, Row]] = {}

    def __getitem__(self, node: str) -> list[Row]:
        """All rows of a node."""
        if node not in self._read:
            self._read[node] = [*self._tables.scan(node).collect().iter_rows(named=True)]
        return self._read[node]

    def one(self, node: str, key: str) -> Row:
        """The row with an Id."""
        if node not in self._by_id:
            self._by_id[node] = {row["Id"]: row for row in self[node]}
        return self._by_id[node][key]

    def steps(self, case: str) -> list[Row]:
        """The history of a case."""
        return self._steps[case]

    def product(self, case: Row) -> str:
        """Id of the product in the case's order item."""
        return str(self.one("OrderItem", case["OrderItemId__c"])["Product2Id"])

    @cached_property
    def _steps(self) -> Mapping[str, list[Row]]:
        steps: dict[str, list[Row]] = defaultdict(list)
        for step in self["CaseHistory__c"]:
            steps[step["CaseId__c"]].append(step)
        return steps
