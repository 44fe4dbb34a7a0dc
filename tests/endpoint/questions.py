"""Questions in other words: another reason for asking, what is asked, another ending."""

import re
from collections.abc import Mapping

from tests.endpoint.dice import Dice
from tests.endpoint.server import Record

REASONS = (
    "My notebook has a question mark next to this line.",
    "Two of us have been puzzling over it since lunch, without luck.",
    "For a memo that is due tonight:",
    "No hurry, but by the end of the day would be lovely.",
    "I promised an answer to the person across the corridor, and promises are promises.",
    "Only the system knows.",
    "While the coffee is brewing, let me put something to you.",
    "This has been sitting on my to-do list for a week, and the list is getting long.",
    "Before I close the laptop I want this off my mind.",
    "In my last job somebody else looked such things up, so bear with me.",
    "It came up in a talk between two doors.",
    "Here is one that I cannot solve with a pencil and a sheet of paper, however hard I try.",
    "The phone has stopped ringing at last, which gives me time for a look at the records.",
    "I am told that you are good at this.",
    "Please take the time that you need, as accuracy comes before speed today.",
    "Item four of my agenda, and the others depend on it:",
    "An odd one, perhaps.",
    "Let me begin with what has kept me busy since I came in this morning.",
    "A word in your ear.",
    "You would do me a favor with the following, and I owe you one already.",
    "Nobody around me was able to tell, and everybody had an opinion.",
    "Quick one.",
    "As somebody who likes to see things in writing, I put it in writing myself.",
    "I have been going round in circles.",
)
THANKS = (
    "Thanks in advance.",
    "That is all for now.",
    "I appreciate the help, as always.",
    "Then I can cross it off.",
    "Nothing else, so take it from there and good luck with it.",
    "Much obliged.",
    "With that I will leave you in peace until tomorrow.",
    "Good to have you on the team.",
)

FIRST_SENTENCE = re.compile(r"^[^\"]+?[.?!] (?=\S)")


def retell(record: Record, dice: Dice) -> Mapping[str, str]:
    """A question in other words; what is to be kept stands in what is left of it."""
    rest = FIRST_SENTENCE.sub("", str(record["question"]), count=1)
    return {"question": f"{dice.pick(REASONS)} {rest} {dice.pick(THANKS)}"}
