"""What reaches the terminal: text only, whatever a dataset or a pack holds."""

import sys


def plain(text: str, keep: str = "") -> str:
    """The text with every character that a terminal might obey, or hide, written as its escape.

    Those are control and format characters (escape sequences, carriage returns, changes of the
    direction of writing), and whatever else Unicode calls not printable; characters in `keep` stay.
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each in keep else each.encode("unicode_escape").decode()
        for each in text
    )


def say(text: str) -> None:
    """Print a line on standard output."""
    sys.stdout.write(f"{plain(text, keep=chr(10))}\n")
