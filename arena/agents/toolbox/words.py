"""Records found by the words of a text, whatever signs stand in it."""

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.arguments import cited
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.solver.word_stems import content, stems

_MOST_WORDS = 40
"""A long text is not looked for word by word to its end."""


def with_all_words(desk: Desk, text: str, among: str, returning: str) -> list[Record]:
    """Records that have every word of a text, the best first.

    Args:
        desk: where it is asked.
        text: the words.
        among: the fields that are searched: NAME or ALL.
        returning: object and fields, as SOSL lists them.

    Raises:
        ToolError: there is no word to look for.
    """
    return _found(desk, " AND ".join(_words(text)), among, returning)


def with_any_word(desk: Desk, text: str, among: str, returning: str) -> list[Record]:
    """Records that have a word of a text in any of its forms, the best first; as above."""
    forms = dict.fromkeys((*_words(text), *(stem for stem in stems(text) if len(stem) > 1)))
    return _found(desk, " OR ".join(forms), among, returning)


def _found(desk: Desk, sought: str, among: str, returning: str) -> list[Record]:
    return desk.search(f"FIND {{{sought}}} IN {among} FIELDS RETURNING {returning}")


def _words(text: str) -> list[str]:
    # A single letter finds nothing by itself.
    found = [word for word in dict.fromkeys(content(text)) if len(word) > 1][:_MOST_WORDS]
    if not found:
        raise ToolError(f"{cited(text)} has no word to look for: give words of the name or text")
    return found
