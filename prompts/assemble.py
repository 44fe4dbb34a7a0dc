"""What surrounds a writer's words in a published record, and the way back to the words.

A reply's subject follows from its thread's first one; a mail ends with a signature and the quoted
tail of what it answers; a chat is a header and time-stamped lines. All of it is added after
acceptance, so that texts are compared by their own words.
"""

import polars as pl

from orgsmith.prompts import chats, mails
from orgsmith.schema.declaration import Object
from orgsmith.schema.organisation import Organisation


def assemble(declared: Object, frame: pl.DataFrame, organisation: Organisation) -> pl.DataFrame:
    """Finish accepted records: the frame with its text columns as they are published.

    `frame` holds all fields and variables; of a mail thread it must hold every message. Objects
    that need nothing added come back as they are.
    """
    if _is_mail(declared):
        return mails.threaded(frame, organisation.industry.company.support_name)
    if _is_chat(declared):
        return chats.stamped(frame)
    return frame


def own_words(declared: Object, frame: pl.DataFrame) -> pl.DataFrame:
    """The inverse of `assemble`, from published fields alone.

    Mails lose signature, quoted tail and "Re: "; chats become one line for each utterance, without
    header, stamps and names.
    """
    if _is_mail(declared):
        return mails.plain(frame)
    if _is_chat(declared):
        return chats.plain(frame)
    return frame


def _is_mail(declared: Object) -> bool:
    return "TextBody" in {field.name for field in declared.written}


def _is_chat(declared: Object) -> bool:
    return "moves" in {field.name for field in declared.variables}
