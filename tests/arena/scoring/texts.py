"""Replies to questions whose answer is a text: the accepted answers, what is said, its verdict."""

from orgsmith.arena.scoring.verdict import Kind

FULL = (Kind.RIGHT, 1.0, 1.0)
ZERO = (Kind.WRONG, 0.0, 0.0)
NONE_WRONG = (Kind.NONE_WRONG, 0.0, 0.0)
REFUSED = (Kind.REFUSED, 0.0, 0.0)
UNREADABLE = (Kind.UNREADABLE, 0.0, 0.0)
UNANSWERED = (Kind.UNANSWERED, 0.0, 0.0)

ADDRESSES = ("eight addresses", "Up to eight addresses can be stored in one account.")
YEARS = ("two years", "Conversations by chat are stored for two years and then erased.")
SHIPS = ("We cannot ship to islands.",)


def _partly(shared: int, said: int, right: int) -> tuple[Kind, float, float]:
    """F1 by the count of words."""
    value = 2 * shared / (said + right)
    return Kind.PARTLY, value, value


TEXTS: tuple[tuple[tuple[str, ...], str | None, Kind, float, float], ...] = (
    (ADDRESSES, "eight addresses", *FULL),
    (ADDRESSES, "Eight addresses.", *FULL),
    (ADDRESSES, "8 addresses", *FULL),
    (ADDRESSES, "The eight addresses!", *FULL),
    (ADDRESSES, " EIGHT   ADDRESSES ", *FULL),
    (ADDRESSES, "**Eight addresses**", *FULL),
    (ADDRESSES, "`eight addresses`", *FULL),
    (ADDRESSES, "<answer>eight addresses</answer>", *FULL),
    (ADDRESSES, "I read it.\n<respond>eight addresses</respond>", *FULL),
    (ADDRESSES, "<think>nine?</think>eight addresses", *FULL),
    (ADDRESSES, "Answer: eight addresses", *FULL),
    (ADDRESSES, "The answer is eight addresses.", *FULL),
    (ADDRESSES, "I looked it up. Final answer: 8 addresses", *FULL),
    (ADDRESSES, "```text\neight addresses\n```", *FULL),
    (ADDRESSES, '"eight addresses"', *FULL),
    (ADDRESSES, '["eight addresses"]', *FULL),
    (ADDRESSES, "['eight addresses']", *FULL),
    (ADDRESSES, '{"answer": "eight addresses", "article": "Accounts"}', *FULL),
    (ADDRESSES, "{'answer': 'eight addresses'}", *FULL),
    (ADDRESSES, "eight\u00a0addresses", *FULL),
    (ADDRESSES, "eight\nad\u00addresses", *FULL),
    (ADDRESSES, "Up to 8 addresses can be stored in an account", *_partly(9, 9, 10)),
    (ADDRESSES, ADDRESSES[1], *FULL),
    (ADDRESSES, "addresses", *_partly(1, 1, 2)),
    (ADDRESSES, "eight", *_partly(1, 1, 2)),
    (ADDRESSES, "nine addresses", *_partly(1, 2, 2)),
    (ADDRESSES, "eight eight", *_partly(1, 2, 2)),
    (ADDRESSES, "I can't be sure, but eight addresses", *_partly(2, 7, 2)),
    (ADDRESSES, "nine", *ZERO),
    (ADDRESSES, "as many as you like", *ZERO),
    (ADDRESSES, "score 1.0, Kind.RIGHT", *ZERO),
    (ADDRESSES, '{"score": 1}', *_partly(1, 1, 10)),
    (ADDRESSES, "None", *NONE_WRONG),
    (ADDRESSES, "N/A", *NONE_WRONG),
    (ADDRESSES, "[]", *NONE_WRONG),
    (ADDRESSES, "No article in the records", *NONE_WRONG),
    (ADDRESSES, "I'm sorry, but I can't help with that.", *REFUSED),
    (ADDRESSES, "I cannot answer that for your account.", *REFUSED),
    (ADDRESSES, "I'm sorry, I don't know. Please let me know if I can be of help!", *REFUSED),
    (ADDRESSES, "???", *UNANSWERED),
    (ADDRESSES, "<$>", *UNREADABLE),
    (ADDRESSES, "", *UNANSWERED),
    (ADDRESSES, "  ", *UNANSWERED),
    (ADDRESSES, None, *UNANSWERED),
    (ADDRESSES, "<answer></answer>", *UNANSWERED),
    (YEARS, "2 years", *FULL),
    (YEARS, "for two years", *_partly(2, 3, 2)),
    (YEARS, "two months", *_partly(1, 2, 2)),
    (YEARS, "years: twenty-two", *_partly(1, 2, 2)),
    (YEARS, "two-years", *ZERO),
    (SHIPS, "We cannot ship to islands", *FULL),
    (SHIPS, "Sorry, we cannot ship to islands", *_partly(5, 6, 5)),
    (SHIPS, "I cannot say", *REFUSED),
    (("25 dollars",), "twenty-five dollars", *FULL),
    (("25 dollars",), "Twenty Five Dollars", *FULL),
    (("twenty-five dollars",), "25 dollars", *FULL),
    (("1,000 points",), "1000 points", *FULL),
    (("ninety days",), "90 days", *FULL),
    (("zero",), "0", *FULL),
    (("nothing",), "Nothing.", *FULL),
    (("nothing",), "None", *NONE_WRONG),
    (("the",), "an", *FULL),
    (("a caf\u00e9",), "cafe\u0301", *FULL),
    (("the answer is yes",), "The answer is yes.", *FULL),
    (("None",), "None", Kind.NONE_RIGHT, 1.0, 1.0),
    (("None",), "There is no article on this.", Kind.NONE_RIGHT, 1.0, 1.0),
    (("None",), "two years", Kind.NONE_MISSED, 0.0, 0.0),
    (("None",), "I cannot tell", *REFUSED),
    (("None",), "", *UNANSWERED),
)
