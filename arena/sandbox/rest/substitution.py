"""References of a composite request to what its earlier parts were answered."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from orgsmith.arena.errors import OrgError

_REFERENCE = re.compile(r"@\{([A-Za-z]\w*)((?:\.\w+|\[\d{1,6}\])*)\}", re.ASCII)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]", re.ASCII)


def filled(value: object, answers: Mapping[str, object]) -> object:
    """A body with every reference replaced, in all its strings.

    Args:
        value: JSON.
        answers: what earlier parts were answered, by their reference ids.

    Raises:
        OrgError: PROCESSING_HALTED, a reference leads nowhere.
    """
    if isinstance(value, dict):
        return {name: filled(each, answers) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, answers) for each in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole is not None:
        return _value(whole, answers)
    return _REFERENCE.sub(lambda match: str(_value(match, answers)), value)


def filled_address(address: str, answers: Mapping[str, object]) -> str:
    """An address with every reference replaced; what it replaces is quoted.

    Raises:
        OrgError: PROCESSING_HALTED, a reference leads nowhere.
    """
    return _REFERENCE.sub(lambda match: quote(str(_value(match, answers)), safe=""), address)


def _value(match: re.Match[str], answers: Mapping[str, object]) -> object:
    reference, steps = match[1], match[2]
    value = answers.get(reference)
    for name, place in _STEP.findall(steps):
        if name and isinstance(value, Mapping):
            value = value.get(name)
        elif place and isinstance(value, list) and int(place) < len(value):
            value = value[int(place)]
        else:
            value = None
    if value is None:
        raise OrgError(
            "PROCESSING_HALTED",
            f"Invalid reference specified. No value for {reference}{steps} found in {reference}",
        )
    return value
