"""Words and phrases by which a customer's mood is heard.

Polite thanks, trouble told as it is, and a wish that is not met show no mood. Many words show one
only where the customer speaks of himself or to the company: "this is bad" does, "a bad part" does
not. What stands here are regular expressions for whole words, of any case.
"""

import re
from dataclasses import dataclass
from enum import Enum


class Mood(Enum):
    """What the words of a customer show; the values are the answers of the task."""

    NEGATIVE = "Negative"
    NEUTRAL = "Neutral"
    POSITIVE = "Positive"


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase of a text, as it stands there, and the mood it shows."""

    phrase: str
    mood: Mood


NEGATIVE = (
    # Anger, and patience at its end.
    r"(?:too |so )?(?:angry|mad)|anger|furious|outraged?|livid|irritat(?:ed|ing)",
    r"annoy(?:s|ed|ing|ances?)?|frustrat(?:ed|ing|ion|es)|(?<!were )upset(?:s|ting)?|fed up",
    r"sick of|(?:too )?tired (?:of(?: being \w+)?|to)|tiresome|had (?:it with|enough of)",
    r"i've had enough|(?:on my|no) nerves|drives? me crazy|i hate|hate to complain",
    r"(?:losing|lose|lost|out of|trying) (?:all |my )?patien\w+",
    r"patien\w+ is (?:nearly |almost )?gone|won't be (?:so |this |as )?patient|not patiently",
    r"not willing to wait|hurry up|now hurry|hurry,? please|get to the point",
    r"stop (?:stalling|wasting)|be warned",
    # Disappointment, and trust that is gone.
    r"disappoint(?:ed|ing|ments?|s)?|let ?down|let(?:s|ting)? me down|fails me",
    r"(?:not|isn't|never|hardly) (?:at all |very |really |too )?"
    r"(?:happy|pleased|glad|satisfied|impressed|amused|great|nice|kind|friendly|helpful)",
    r"unhappy|displeased|dissatisfied|miserable|embarrassing, for you|i (?:really |deeply )?regret",
    r"don't (?:really )?trust|my trust is gone|i trusted you|cheated|trusted your name",
    r"expected (?:better|a little more|more)|(?:don't|i'll) believe (?:anything|it)|no tricks",
    r"don't lie|promises make me|excuses|brush (?:this|me|it) off|turn down what i",
    # What the customer thinks of it.
    r"terrible|awful|horrible|dreadful|appalling|atrocious|pathetic|ridiculous|absurd|lousy",
    r"unacceptable|inexcusable|outrageous|disgrace(?:ful)?|a shame|shameful|ashamed|scandal",
    r"(?:is|was|were|it's|that's|so|very|really|just|how|sounds?) bad(?! (?:batch|part|spot)\b)",
    r"(?:not|no) (?:\w+ ){0,2}bad excuses|comes the bad part|bad(?=[.!])|(?:how|went|so) badly",
    r"bad (?:service|style|experience|taste|mood|enough|surprise|way|deal|joke|review|show|one)",
    r"worst (?:part|order|service|experience|company|shop|ever)",
    r"makes? (?:it|things) (?:even )?worse|poor (?:show|way|promise|offer|service|answer|job)",
    r"(?:that's|is|was|so|very) poor|poor,|sloppy work, if|so (?:sloppy|careless|rude)|meager",
    r"(?:weak|no nicer|big) (?:answer|word|nuisance)",
    r"(?:this|such a|a|what a) (?:nuisance|hassle|mess)|mess i'm in|this mess|nightmare|disaster",
    r"a pain|painful|hard work for|this hard|can't be so hard",
    r"useless (?:service|support|answer|help)|(?:was|is|were) useless\.|no help at all",
    r"ugly surprise|what a mistake|foolish enough|so much for|let me be blunt",
    r"(?:you call this|your idea of) service|designed this procedure|leave me in",
    # What it has cost, and what is asked now.
    r"(?:all|enough|so much|more|nothing but|a lot of) (?:this |that )?trouble|up for the trouble",
    r"(?:never had such|order without) trouble|trouble i had|i shouldn't have(?: to| had to)?",
    r"ruined|waste of|i(?:'ve| have) wasted|wasting|for once|homework for me|made plans|had plans",
    r"i'm stuck|i(?:'ve| have)? lost (?:\w+ ){0,2}(?:hours|evenings?|time)|time i lost",
    r"lost half my|losing my|cost me|my free time|paid (?:a lot of|good) money|hurts|fallen apart",
    r"shook their head|phone queue|don't try to argue|tired of arguing|(?:who|will|i) suffers?",
    r"what do i get|i have to complain|complain(?:ed|ing)?",
    r"(?:this is|took|needed|need) a complaint|take (?:this|me) seriously",
    r"(?:never|won't order) again|won't recommend|before i (?:re)?order|lost a customer",
    r"never want to|warn my friends|must not happen again|nothing must go wrong",
    r"no more (?:mistakes|of these)",
    r"don't (?:make me ask twice|ignore|let me down|send me a form|expect me to be \w+|wish this)",
    r"(?<!can )i expect an answer|expect an answer, fast|(?:sort|fix) this out quickly",
    r"nothing less|this silence|of silence|being ignored|at the very least|the least you can do",
    r"spare me|grudgingly|get it (?:over with|done)|want this (?:over|to end)|(?:has|have) to end",
    r"finally\.|(?:ok|oh|or) whatever|if you must|supposed to be glad",
    r"glad (?:it|this|that)(?:'s| is) over|sadly|believe it or not|which i doubt",
    r"somebody else's mistake|nobody should have to|passed around again|another delay",
)

POSITIVE = (
    # What weighs little.
    r"no (?:hard feelings|harm done|stress|pressure|rush|worries|big deal|big drama)",
    r"not a big deal|in no hurry|don't worry|not worried|not the end of the world",
    r"won't (?:spoil|change that)|no complaint, .{0,12}friendly|nothing but good things",
    r"cloud on a sunny day|spoils? the fun|lose the fun|(?:one )?little thing",
    r"there is (?:just|only) one \w+:|nothing you can't solve|it's just that",
    r"fine too, (?:thanks|thank you)|fair enough|more than fair|take your time",
    # How the customer feels.
    r"happ(?:y|ier|ily)|glad(?:ly)?|pleased|delighted|thrilled|grateful|relieved",
    r"(?:was|is|be) a joy|(?:i|i'd|we|usually|would|friends) (?:always |really )?love",
    r"love (?:it|that|your)|lovely|(?:i|still|really) like (?:it|you|how|that|the)|who likes what",
    r"(?:i|always|i've) (?:really )?enjoy(?:ed)?|smil(?:e|ing)|laugh|impressed|confident|hopeful",
    r"optimistic|looking forward|in good hands|count on (?:you|me)|trust you with this",
    r"with pleasure|a pleasure|yay|wow|cool,|good (?:mood|feeling|opinion|choice)|stand by it",
    r"i'm fine(?! with)",
    # What the customer thinks of people.
    r"great|wonderful|fantastic|awesome|brilliant|excellent|amazing|superb|super,|perfect|terrific",
    r"(?:good|great|best) (?:job|work|service|support|chat)|one of the best|the best, ",
    r"(?:so|very|really|that's|how|and|is|was|been|your) kind(?! of (?!you))",
    r"a kind (?:offer|reply|word)|kindly|kind (?:help|of you)",
    r"(?:so|how|very|really|your|quick and) friendly",
    r"friendly (?:reply|request|feedback|help|service)",
    r"(?:so|very|really|how|been|you're|you are) helpful|being so|thorough|doing your best",
    r"you rock|nice|nicely|so (?:much )?nicer|easy, thank|a (?:star|gem)|fan of (?:yours?|me)",
    r"loyal|compliment",
    # Thanks that are more than polite, and good wishes.
    r"(?:thanks|thank you) for (?:being|trying|your patien\w+|checking|explaining|finding)",
    r"(?:thanks|thank you) for looking for|(?:thanks|thank you)(?: [^\s.!?]+){0,9}!|my thanks to",
    r"thanks (?:a lot|a million|in advance)|(?:many|big) thanks?|thank you (?:so|very) much",
    r"big thank you|(?:a pity|too bad)(?:,? [^\s.!?,]+){0,8},? (?:thanks|thank you)",
    r"hoped for,? but thanks|(?<!i'd )(?<!would )appreciate|yes,? please!|by all means",
    r"(?:sounds|it's) good(?! to hear)|hope (?:that|this|it) helps|help, thanks",
    r"having a (?:good|great) day|have a (?:good one|nice day)|(?:best|warm) wishes|all the best",
    r"cheers,",
)

NO_MOOD = (
    r"(?:not|never|no longer) (?:really |very |too )?(?:angry|upset|annoyed|mad|disappointed)",
    r"no complaints?|too bad",
)
"""Phrases that hold a word of a mood and show none."""

_PHRASES = tuple(
    (re.compile(rf"(?<!\w)(?:{phrase})(?!\w)", re.IGNORECASE), mood)
    for mood, phrases in (
        (Mood.NEUTRAL, NO_MOOD),
        (Mood.NEGATIVE, NEGATIVE),
        (Mood.POSITIVE, POSITIVE),
    )
    for phrase in phrases
)


def marks(text: str) -> list[Mark]:
    """The phrases of a text that show a mood, in order.

    Of phrases that begin at one place the longest counts, and what it covers is not read again: "no
    hard feelings" is not hard, "no nicer word" not nice.
    """
    plain = text.replace("\u2019", "'")
    found = [
        (match.start(), -match.end(), match[0], mood)
        for phrase, mood in _PHRASES
        for match in phrase.finditer(plain)
    ]
    shown: list[Mark] = []
    done = 0
    for start, end, phrase, mood in sorted(found, key=lambda each: each[:2]):
        if start >= done:
            done = -end
            if mood is not Mood.NEUTRAL:
                shown.append(Mark(phrase, mood))
    return shown
