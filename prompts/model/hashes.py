"""Which prompts and reply models an object's texts are from, as hashes for the manifest."""

import hashlib
import json
from dataclasses import dataclass

from pydantic import BaseModel

from orgsmith.prompts.model.reader import REPLIES
from orgsmith.prompts.render import READING, prompt_hash
from orgsmith.prompts.replies import reply_model
from orgsmith.schema.declaration import Object


@dataclass(frozen=True, slots=True)
class Hashes:
    """SHA-256 of the prompts that write and read an object's texts, and of their replies' schemas;
    None where nothing is read."""

    prompt: str
    reply: str
    reading_prompt: str | None
    reading_reply: str | None


def prompt_hashes(declared: Object) -> Hashes:
    """The hashes of an object with written fields."""
    read = REPLIES.get(declared.name)
    return Hashes(
        prompt=prompt_hash(declared),
        reply=_schema_hash(reply_model(declared)),
        reading_prompt=prompt_hash(declared, READING) if read else None,
        reading_reply=_schema_hash(read[0]) if read else None,
    )


def _schema_hash(model: type[BaseModel]) -> str:
    schema = json.dumps(model.model_json_schema(), sort_keys=True)
    return hashlib.sha256(schema.encode()).hexdigest()
