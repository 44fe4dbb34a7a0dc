"""Whether a reply declines to answer."""

import re

from orgsmith.arena.scoring.clauses import clauses

_ABLE = r"(?:determine|answer|say|tell|identify|know|find|decide|compute|calculate|establish)"
_REFUSALS = (
    r"sorry|apologi[sz]e|apologies",
    r"i (?:cannot|can not|can't|could not|couldn't|won't|will not|am not able|was not able)",
    r"(?:unable|not able|not possible|impossible) to|not (?:be )?(?:possible|able) to",
    r"(?:cannot|can not|can't|could not|couldn't) (?:be )?(?:reliably )?"
    rf"(?:{_ABLE}|determined|answered|identified|found|established|help|assist|comply)",
    r"as an? (?:ai|artificial|language model|large language|assistant)|an ai (?:language )?model",
    r"(?:do not|don't|did not|didn't|does not|doesn't) (?:currently )?have (?:any |the |enough )?"
    r"(?:direct )?(?:access|information|data|permission|tools?|means|ability)",
    r"(?:no|without|lack|lacking) (?:direct )?(?:access|permission)|lack the",
    r"(?:not enough|insufficient|too little) (?:information|data|evidence|context)",
    r"(?:do not|don't) know|not sure|uncertain",
    r"(?:must|have to|need to) (?:decline|refuse)|i (?:decline|refuse)",
)
_REFUSES = re.compile(rf"\b(?:{'|'.join(_REFUSALS)})\b")


def refuses(text: str) -> bool:
    """Whether a reply that names nothing, and does not say None either, declines to answer."""
    return any(clause_refuses(clause) for clause in clauses(text))


def clause_refuses(clause: str) -> bool:
    """Whether a clause in small letters declines."""
    return _REFUSES.search(clause) is not None
