"""What a pack must satisfy beyond its format: references, dates, shares, and enough of everything.

Every rule reads places of the file, not the model, so that it works on a pack that has other
faults too; what is missing or of a wrong type is left to the format.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping

from orgsmith.schema.industry import Counts
from orgsmith.schema.pack_document import Fault, Place
from orgsmith.schema.pack_format import closest
from orgsmith.schema.pack_phrases import requests
from orgsmith.schema.parameters import CustomerMoodParameters, ProductTroubleParameters

LEAST_FORBIDDEN = 2
"""Remedies that must be forbidden for an issue: a violation needs a choice of wrong offers."""
LONGEST_LIMIT = 365
"""Each issue needs a remedy for customers who come late: one without a limit or with this one."""
SPARE = 4
"""How many combinations a pack needs for each record: near-duplicates are thrown away."""

_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
)


def faults(root: Place) -> Iterator[Fault]:
    """All faults of references, dates, shares and counts."""
    yield from _support_address(root)
    yield from _states(root)
    yield from _sales(root)
    yield from _prices(root)
    yield from _allowed(root)
    yield from _moods(root)
    yield from _bursts(root)
    yield from _skills(root)
    yield from _counts(root)
    yield from _products(root)
    yield from _cases(root)


def _support_address(root: Place) -> Iterator[Fault]:
    address, domain = root["company"]["support_address"], root["company"]["domain"].text
    if address.text and domain and not address.text.endswith(f"@{domain}"):
        yield address.fault(f'"{address.text}"', f"an email address at {domain}")


def _states(root: Place) -> Iterator[Fault]:
    for state in root["places"]["states"]:
        if f" {state.path[-1]} " not in f" {_STATES} ":
            yield state.fault("not a state", "the two capital letters of a US state")


def _sales(root: Place) -> Iterator[Fault]:
    for sale in root["sales"]:
        start = sale["start"]
        try:
            # 2001 is no leap year: a sale must have its first day every year.
            if len(start.text) == len("01-31"):
                dt.date.fromisoformat(f"2001-{start.text}")
        except ValueError:
            yield start.fault(f'"{start.text}" is no day of every year', "month and day: 11-27")


def _prices(root: Place) -> Iterator[Fault]:
    for category in root["categories"]:
        for noun in category["nouns"]:
            bounds = [place.number(math.nan) for place in noun["price"]]
            if len(bounds) == len(("lowest", "highest")) and bounds[0] > bounds[1]:
                yield noun["price"].fault(
                    f"{bounds[0]:g} is more than {bounds[1]:g}", "the lowest price first"
                )


def _allowed(root: Place) -> Iterator[Fault]:
    sizes = {
        remedy["key"].text: remedy["measured_in"].text == "percent"
        for remedy in root["remedies"]
        if remedy["key"].text
    }
    for issue in root["issues"]:
        allowed = list(issue["remedies"])
        seen: set[str] = set()
        for entry in allowed:
            yield from _entry(entry, sizes, seen)
        if not allowed:
            continue
        limits = [entry["within_days"].number(math.inf) for entry in allowed]
        if max(limits) < LONGEST_LIMIT:
            yield issue["remedies"].fault(
                f"every remedy ends before {LONGEST_LIMIT} days",
                f"one without within_days or with at least {LONGEST_LIMIT}",
            )
        never = {key.text for key in issue["never"].texts}
        yield from _never(issue["never"], sizes, seen)
        forbidden = len(sizes.keys() - seen - never)
        if sizes and forbidden < LEAST_FORBIDDEN:
            few = len(sizes.keys() - seen) < LEAST_FORBIDDEN
            yield issue["remedies" if few else "never"].fault(
                f"all but {forbidden} of the pack's remedies are allowed or never offered",
                f"at least {LEAST_FORBIDDEN} that are not, or no offer could break the policy",
            )


def _entry(entry: Place, sizes: dict[str, bool], seen: set[str]) -> Iterator[Fault]:
    key = entry["remedy"].text
    if not key:
        return
    if key not in sizes:
        known = ", ".join(sizes)
        yield entry["remedy"].fault(
            f'no remedy has the key "{key}"{closest(key, sizes)}', f"one of {known}"
        )
        return
    if key in seen:
        yield entry["remedy"].fault(f'"{key}" is allowed twice', "each remedy once")
    seen.add(key)
    size = entry["up_to_percent"]
    if sizes[key] and size.value is None:
        yield size.fault(f'"{key}" is measured in percent', "how many percent are allowed")
    if not sizes[key] and size.value is not None:
        yield size.fault(f'"{key}" is not measured in percent', "no up_to_percent here")


def _never(keys: Place, sizes: Mapping[str, bool], allowed: set[str]) -> Iterator[Fault]:
    """Remedies that are never offered exist, and policy does not allow them."""
    seen: set[str] = set()
    for key in keys.texts:
        if key.text not in sizes:
            yield key.fault(
                f'no remedy has the key "{key.text}"{closest(key.text, sizes)}',
                f"one of {', '.join(sizes)}",
            )
        elif key.text in allowed:
            yield key.fault(f'"{key.text}" is allowed for the issue', "one that is not")
        elif key.text in seen:
            yield key.fault(f'"{key.text}" is there already', "each remedy once")
        seen.add(key.text)


def _moods(root: Place) -> Iterator[Fault]:
    moods = root["latents"]["CustomerMood"]
    default = CustomerMoodParameters()
    total = sum(
        moods[name].number(getattr(default, name)) for name in ("negative", "neutral", "positive")
    )
    if abs(total - 1) > 1e-6:
        yield moods.fault(
            f"negative, neutral and positive add up to {total:g}", "shares that add up to 1"
        )


def _bursts(root: Place) -> Iterator[Fault]:
    trouble = root["latents"]["ProductTrouble"]
    default = ProductTroubleParameters()
    peak = trouble["in_peak_month"].number(default.in_peak_month)
    size = trouble["cases_per_burst"].number(default.cases_per_burst)
    if peak > size:
        yield trouble.fault(
            f"in_peak_month {peak:g} is more than cases_per_burst {size:g}", "no more than it"
        )


def _skills(root: Place) -> Iterator[Fault]:
    weights, issues = root["latents"]["Skill"]["weights"], list(root["issues"])
    if issues and len(list(weights)) > len(issues):
        yield weights.fault("more skills than there are issues", f"at most {len(issues)}")


def _count(root: Place, name: str) -> float:
    return root["counts"][name].number(float(Counts.model_fields[name].default))


def _counts(root: Place) -> Iterator[Fault]:
    states = len(list(root["places"]["states"]))
    needs = (
        ("OrderItem", _count(root, "Order"), "one for each Order"),
        ("OrderItem", _count(root, "Case"), "one for each Case"),
        ("ProductCategoryProduct", _count(root, "Product2"), "one for each Product2"),
        ("User", _count(root, "on_duty"), "as many as on_duty"),
        ("Account", 2 * states, "two for each state"),
    )
    for name, least, reason in needs:
        if _count(root, name) < least:
            yield root["counts"][name].fault(
                f"{_count(root, name):g} are too few", f"at least {least:g}, {reason}"
            )
    most = _count(root, "Product2") * len(list(root["categories"]))
    if most and _count(root, "ProductCategoryProduct") > most:
        yield root["counts"]["ProductCategoryProduct"].fault(
            "more than there are pairs of product and category", f"at most {most:g}"
        )


def _size(place: Place) -> int:
    return len({entry.text.casefold() for entry in place.texts})


def _products(root: Place) -> Iterator[Fault]:
    """Whether each category has names and descriptions for its share of the products.

    None at all means that a list is missing, which the format says already.
    """
    lines = _size(root["lines"])
    for category, share in _shares(root["categories"]):
        needed = SPARE * share * _count(root, "Product2")
        nouns = len(list(category["nouns"]))
        names = lines * _size(category["attributes"]) * nouns
        if 0 < names < needed:
            yield category.fault(
                f"lines x attributes x nouns make {names} product names",
                f"at least {math.ceil(needed)} for its share of Product2",
            )
        parts = math.comb(_size(category["features"]), 2)
        texts = nouns * _size(category["materials"]) * parts * _size(category["uses"])
        if 0 < texts < needed:
            yield category.fault(
                f"its words make {texts} product descriptions",
                f"at least {math.ceil(needed)} for its share of Product2",
            )


def _cases(root: Place) -> Iterator[Fault]:
    """Whether each issue has words for its share of the cases."""
    issues = list(root["issues"])
    for rank, issue in enumerate(issues, 1):
        weights = [_issue_weight(other, place) for place, other in enumerate(issues, 1)]
        needed = SPARE * _issue_weight(issue, rank) / sum(weights) * _count(root, "Case")
        wishes = len({say.text.casefold() for say in requests(issue)})
        texts = _size(issue["symptoms"]) * wishes * _size(issue["mentions"])
        if 0 < texts < needed:
            yield issue.fault(
                f"symptoms x requests x mentions make {texts} descriptions",
                f"at least {math.ceil(needed)} for its share of Case",
            )


def _issue_weight(issue: Place, rank: int) -> float:
    return max(issue["weight"].number(rank**-0.5), 1e-9)


def _shares(places: Place) -> Iterator[tuple[Place, float]]:
    weights = [max(place["weight"].number(1.0), 1e-9) for place in places]
    for place, weight in zip(places, weights, strict=True):
        yield place, weight / sum(weights)
