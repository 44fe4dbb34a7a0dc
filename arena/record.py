"""Records as the REST API returns them."""

from typing import Any

API_VERSION = "59.0"
"""The version records name in their addresses; the one that simple_salesforce asks by default."""

SERVICES = f"/services/data/v{API_VERSION}"

Record = dict[str, Any]
"""A record as JSON has it: `attributes`, then its fields; parents as records, children as lists."""


def attributes(entity: str, record: str) -> Record:
    """What every record begins with: its type and its address."""
    return {"type": entity, "url": f"{SERVICES}/sobjects/{entity}/{record}"}
