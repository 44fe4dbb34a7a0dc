"""What a reader is shown of a record, and what it understood."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

READINGS = ("Knowledge__kav", "Case", "EmailMessage", "LiveChatTranscript")
"""The objects that questions hinge on: a model's texts of them are read again."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A record's text as it is shown: by its Id, with what anybody may know beside it."""

    id: str
    shown: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of a passage: answers by question, and how the reader came to them."""

    answers: Mapping[str, str]
    reasoning: str
