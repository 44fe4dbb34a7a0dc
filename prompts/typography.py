"""What models set although they are asked for plain characters, and what it stands for."""

PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\r": None,
    }
)
"""For `str.translate`."""


def plain_text(text: str) -> str:
    """The text in one line and plain characters, without those that cannot be seen."""
    words = " ".join(text.translate(PLAIN).split())
    return "".join(each for each in words if each.isprintable())
