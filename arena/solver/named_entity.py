"""Which product a contact means by a few of its words, among those ordered on a day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from orgsmith.arena.solver.desk import Desk, Found, quoted
from orgsmith.arena.tasks.question import NONE, Asked

_LITTLE = """
a an and any as at by for from in is it its of on one or so some that the their them this to up was
were which whose with you your
"""
FILLERS = frozenset(_LITTLE.split())
"""Words that tell no product from another."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_STOP = re.compile(r"[.!?](?=\s)")
_OWNED = re.compile(r"['\u2019]s?$")
_ENDS = (("ies", "y", 5), ("sses", "ss", 5), ("shes", "sh", 5), ("ches", "ch", 5), ("xes", "x", 4))


@dataclass(frozen=True, slots=True)
class Said:
    """How much of a clue a product's name and description say.

    `share` is that of the clue's content words found in their order, `whole` whether the clue
    stands there as it is.
    """

    product: str
    name: str
    share: float
    whole: bool


def solve(desk: Desk, asked: Asked) -> Found:
    """The product whose name or description says the clue.

    Raises:
        OrgError: the contact has no Id.
    """
    contact, day = asked.text("contact"), asked.day("ordered_on")
    people = desk.query(f"SELECT Id, AccountId FROM Contact WHERE Id = {quoted(contact)}")
    account = people[0]["AccountId"] if people else None
    if account is None:
        return Found(NONE, f"{contact} is no customer's contact")
    desk.needs("Order", "Product2")
    desk.reads()
    items = desk.query(
        "SELECT Id, Product2Id, Product2.Name, Product2.Description FROM OrderItem "
        f"WHERE Order.AccountId = {quoted(account)} AND Order.EffectiveDate = {day} "
        "AND Order.Status = 'Activated' ORDER BY Id"
    )
    texts = {
        str(item["Product2Id"]): (str(product["Name"]), product["Description"] or "")
        for item in items
        if (product := item["Product2"])
    }
    clue = asked.text("clue")
    said = sorted(
        (compared(clue, key, name, text) for key, (name, text) in texts.items()),
        key=lambda found: (-found.whole, -found.share, found.product),
    )
    chosen = choice(said)
    lines = [f"{len(said)} products in activated orders of {account} on {day}"]
    lines += [
        f'{found.name}: {found.share:.0%} of the words "{clue}"' + ", as they stand" * found.whole
        for found in said[:3]
    ]
    if chosen is None:
        lines.append("None says the clue" if not _fit(said) else "The clue is ambiguous")
        return Found(NONE, "\n".join(lines), (contact,))
    bought = (str(item["Id"]) for item in items if item["Product2Id"] == chosen.product)
    return Found(chosen.product, "\n".join(lines), (contact, *bought, chosen.product))


def choice(said: Sequence[Said]) -> Said | None:
    """The only product that says a clue: as it stands, or else all of its words."""
    fit = _fit(said)
    return fit[0] if len(fit) == 1 else None


def compared(clue: str, product: str, name: str, description: str) -> Said:
    """How much of a clue a product's name or one sentence of its description says."""
    sought = words(clue)
    content = [word for word in sought if word not in FILLERS] or sought
    parts = [words(part) for part in (name, *_STOP.split(description))]
    return Said(
        product,
        name,
        share=max(_in_order(content, part) for part in parts) / max(len(content), 1),
        whole=any(_stands(sought, part) for part in parts),
    )


def words(text: str) -> list[str]:
    """The words of a text in small letters, plurals as singulars."""
    return [_singular(_OWNED.sub("", word)) for word in _WORD.findall(text.casefold())]


def _fit(said: Sequence[Said]) -> list[Said]:
    whole = [found for found in said if found.whole]
    return whole or [found for found in said if found.share == 1.0]


def _stands(sought: Sequence[str], part: Sequence[str]) -> bool:
    """Whether words stand next to each other, in their order."""
    size = len(sought)
    places = range(len(part) - size + 1)
    return size > 0 and any(part[at : at + size] == sought for at in places)


def _in_order(sought: Sequence[str], part: Sequence[str]) -> int:
    """How many words, from the first one on, stand in their order, others between them or not."""
    rest = iter(part)
    return sum(1 for _ in takewhile(lambda word: word in rest, sought))


def _singular(word: str) -> str:
    """A word without the ending of a plural; the same for both numbers, not always a word."""
    for end, instead, shortest in _ENDS:
        if len(word) >= shortest and word.endswith(end):
            return word.removesuffix(end) + instead
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
