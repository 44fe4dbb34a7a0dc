"""A pack as people read and edit it."""

import datetime as dt
import math
from pathlib import Path

import pytest

from orgsmith.schema import packs
from orgsmith.schema.pack_text import pack_text, values_text


@pytest.mark.parametrize("name", packs.industry_names(Path("no such folder")))
def test_the_text_gives_the_same_pack_again(name: str) -> None:
    pack = packs.load(name)
    text = pack_text(pack, ["A comment."])
    assert packs.loads(text) == pack
    assert text.startswith(f"# A comment.\n\nname: {name}\n")
    assert max(len(line) for line in text.split("\n")) <= 110
    # Defaults are left out, sections stand apart.
    assert "counts:" not in text
    assert "\n\nissues:\n  - key: " in text
    assert text.count("\n\n  - key: ") == sum(
        len(entries) - 1 for entries in (pack.categories, pack.remedies, pack.issues)
    )


def test_what_is_not_a_pack_yet_is_written_too() -> None:
    text = values_text(
        {
            "name": "acme",
            "as_of": dt.date(2026, 1, 1),
            "season": [1.0, 0.5],
            "states": {"NO": 1.5, "TX": 2.0, "ID": math.nan, "OR": None},
            "lines": "a text where a list should be",
            "odd": [[], {}, "x" * 120, {"a": [1, {"b": "- # yes"}]}],
            "none": [],
        }
    )
    assert text == (
        "name: acme\n"
        "as_of: 2026-01-01\n"
        "\n"
        "season: [1, 0.5]\n"
        "\n"
        "states:\n"
        "  'NO': 1.5\n"
        "  TX: 2\n"
        "  ID: .nan\n"
        "  OR: null\n"
        "\n"
        "lines: a text where a list should be\n"
        "\n"
        "odd:\n"
        "  - []\n"
        "  - {}\n"
        "  - >-\n"
        f"    {'x' * 120}\n"
        "  - a:\n"
        "      - 1\n"
        "      - {b: '- # yes'}\n"
        "\n"
        "none: []\n"
    )
