"""Whether a reply says that nothing answers the question.

The rule is closed: a reply says None if one of its clauses is a word for it ("None", "N/A", "so
null", "the answer is nothing"), or begins with one of the forms below ("no agent qualifies",
"there is no such case", "none of the agents", "nobody managed ..."). "None of the queries worked",
"no case was provided" and "I cannot find any" say something else, and so does an empty reply.
"""

import re

from orgsmith.arena.scoring.clauses import clauses

_NONE = (
    r"(?:none|null|nil|n/a|na|not applicable|nothing|nobody|no one|no-one|no answer"
    r"|empty(?: list| set)?)"
)
_LEAD = (
    r"(?:(?:and|then|well|again|overall|here|consequently|accordingly|in (?:this|that) case|i found"
    r"|we found|i find|i see|it appears|it seems|it looks|like|i believe|i think"
    r"|i would say|i conclude|that) ){0,3}"
)
_ANSWER = (
    r"(?:(?:the |my |your |its ){0,1}(?:final |correct |right ){0,1}"
    r"(?:answer|result|response|value|output|id) )?"
    r"(?:(?:is|was|would be|should be|must be|remains|it's|it is|that's|that is) )?"
    r"(?:(?:simply|just|clearly|exactly|literally) )?"
)
_SAY = (
    r"(?:(?:i|we|i'll|i will|i would|i'd|i have to|i must) )?"
    r"(?:answer|return|reply|respond|report|say|give|output|conclude|choose|choosing|using|stating"
    r"|answering|returning|replying|responding|reporting|saying|giving)(?: with| by)? "
)
_THING = (
    r"(?:agents?|users?|employees?|persons?|people|products?|items?|issues?|articles?|polic(?:y|ies)"
    r"|rules?|violations?|breach(?:es)?|cases?|orders?|records?|results?|rows?|match(?:es)?"
    r"|customers?|contacts?|accounts?|months?|states?|regions?|answers?|purchases?"
    r"|(?:transfer|hand-?over)s?|ids?|entry|entries|candidates?|things?)"
)
_SUCH = (
    r"(?:(?:such|matching|qualifying|qualified|eligible|relevant|suitable|single|other|valid"
    r"|knowledge|policy|service|support|sales|case|user|clear|actual) ){0,2}"
)
_DOES = (
    r"(?:(?:was|were|is|are|has been|have been)(?! (?:not )?(?:provided|specified|given|available"
    r"|accessible|supplied|determined|attached|shown|mentioned|named|known|reachable))"
    r"|has|have|had|meets?|met|qualif(?:y|ies|ied)|satisf(?:y|ies|ied)|fits?|match(?:es|ed)?"
    r"|exists?|existed|found|manages?|managed|transferred|closed|handled|handed|bought|ordered"
    r"|purchased|reported|filed|violated|violates?|broke|broken|breached|breaks?|appl(?:y|ies|ied)"
    r"|remains?|remained|left|that|who|which|whose|with|in|for|during|from|above|over|among|at|on"
    r"|under|within|to (?:report|name|return|compare)|here|there|fulfils?|fulfills?|fulfilled"
    r"|reach(?:es|ed)|stands?|like)"
)
_FORMS = (
    rf"{_ANSWER}{_NONE}",
    rf"{_SAY}{_NONE}",
    rf"(?:there|here)(?: (?:is|are|was|were|has been|have been)|'s) {_NONE}",
)
_BEGINNINGS = (
    rf"(?:(?:there|here)(?: (?:is|are|was|were|has been|have been)|'s) )?"
    rf"no {_SUCH}{_THING}(?:$| (?:of|{_DOES})\b)",
    r"none of (?:them|these|those"
    rf"|(?:the|these|those|our|his|her|their) (?:\w{{1,20}} )?{_THING})\b",
    rf"(?:none|nothing|nobody|no one|no-one)(?: at all)?(?:$| (?:else )?{_DOES}\b)",
    rf"(?:did not|didn't|i did not|i didn't) find any {_SUCH}{_THING}\b",
    rf"there (?:isn't|is not|aren't|are not|wasn't|weren't) (?:any|a|an|one) {_SUCH}{_THING}\b",
    r"(?:\w{1,20} ){1,6}(?:did not|didn't|does not|doesn't) (?:violate|break|breach)"
    r" (?:any|the|a) (?:\w{1,20} )?(?:polic|rule|article)",
)
_SAYS = re.compile(
    rf"{_LEAD}(?:(?:{'|'.join(_FORMS)})$|(?:{'|'.join(_BEGINNINGS)}))", re.IGNORECASE
)


def says_none(text: str) -> bool:
    """Whether a reply that names nothing else says None."""
    return any(clause_says_none(clause) for clause in clauses(text))


def clause_says_none(clause: str) -> bool:
    """Whether a clause in small letters says None."""
    return _SAYS.match(clause) is not None
