"""How policy articles state a rule: which remedy, until when, up to how much."""

_UNTIL = (
    'The remedy "{name}" may be offered up to {days} days after the order date',
    'We can agree to the remedy "{name}" within {days} days of the order date',
    'The remedy "{name}" is open to the customer for {days} days from the order date',
    'Agents may grant the remedy "{name}" until {days} days after the order date',
    'Within {days} days of the order date the remedy "{name}" is allowed',
)
_ALWAYS = (
    'The remedy "{name}" may be offered at any time, as there is no time limit from the order date',
    'We can agree to the remedy "{name}" without a time limit after the order date',
    'The remedy "{name}" is open to the customer with no time limit from the order date',
    'Agents may grant the remedy "{name}" with no time limit after the order date',
    'There is no time limit from the order date for the remedy "{name}"',
)
_UP_TO = (
    ", and it must not exceed {percent} percent.",
    ", up to {percent} percent at most.",
    ", for no more than {percent} percent.",
    "; the most that can be given is {percent} percent.",
    "; {percent} percent is the greatest amount.",
)


def policy_statement(
    remedy_name: str, within_days: int | None, up_to_percent: int | None, number: int
) -> str:
    """A full sentence that states one rule of an issue's policy.

    Args:
        remedy_name: name of the remedy as the pack has it; it stands in double quotes.
        within_days: days from the order date within which it may be offered; None: no limit.
        up_to_percent: greatest size in percent; None for a remedy without a size.
        number: place of the rule in its article; neighbours are phrased differently.
    """
    frames = _ALWAYS if within_days is None else _UNTIL
    sentence = frames[number % len(frames)].format(name=remedy_name, days=within_days)
    if up_to_percent is None:
        return sentence + "."
    return sentence + _UP_TO[number % len(_UP_TO)].format(percent=up_to_percent)
