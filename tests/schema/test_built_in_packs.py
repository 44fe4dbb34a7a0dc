"""The built-in packs: rich enough, spelled as agreed, and read aloud without a stumble."""

import datetime as dt
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
import zipcodes
from rapidfuzz import fuzz, process

from orgsmith.schema import packs
from orgsmith.schema.industry import Category, Industry, Issue, Remedy
from orgsmith.schema.part import SLOT
from tests.schema.breaking import BUILT_IN

PACKS = [packs.load(name) for name in BUILT_IN]
MONTHS_SPANNED = 48


def texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list() | tuple():
            for inner in value:
                yield from texts(inner)


def zone_of(state: str) -> str:
    found = zipcodes.filter_by(state=state)  # type: ignore[no-untyped-call]
    return str(found[0]["timezone"])


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9'-]+", SLOT.sub("thing", text).lower())


def each_of(section: str, name: str) -> pytest.MarkDecorator:
    """A test for every entry of a section of every pack: arguments pack and `name`."""
    entries = [(pack, entry) for pack in PACKS for entry in getattr(pack, section)]
    ids = [f"{pack.name}-{entry.key}" for pack, entry in entries]
    return pytest.mark.parametrize(("pack", name), entries, ids=ids)


whole = pytest.mark.parametrize("pack", PACKS, ids=BUILT_IN)
issues = each_of("issues", "issue")
remedies = each_of("remedies", "remedy")
categories = each_of("categories", "category")


@whole
def test_sizes_of_the_reference_organisation(pack: Industry) -> None:
    assert len(pack.issues) == 10
    assert len(pack.categories) == 12
    assert len(pack.places.states) == 24
    assert len(pack.lines) >= 36
    assert 6 <= len(pack.remedies) <= 9
    care = [article for category in pack.categories for article in category.articles]
    articles = len(care) + len(pack.company_articles) + len(pack.issues)
    # The reference organisation has 45.
    assert abs(articles - 45) <= 4


@whole
def test_price_books_of_the_reference_organisation(pack: Industry) -> None:
    """Sales that begin within the span, and the standard price book: 44, give or take one."""
    first = pack.as_of.replace(year=pack.as_of.year - MONTHS_SPANNED // 12)
    starts = [
        start
        for year in range(first.year, pack.as_of.year + 1)
        for sale in pack.sales
        if first <= (start := dt.date.fromisoformat(f"{year}-{sale.start}")) < pack.as_of
    ]
    assert abs(len(starts) - 43) <= 1


@whole
def test_no_two_sales_overlap(pack: Industry) -> None:
    days = sorted(
        (start := dt.date.fromisoformat(f"2025-{sale.start}"), start + dt.timedelta(sale.days))
        for sale in pack.sales
    )
    assert all(ending <= begin for (_, ending), (begin, _) in pairwise(days))
    assert days[-1][1] <= days[0][0].replace(year=2026)


@whole
def test_states_are_real_and_of_several_time_zones(pack: Industry) -> None:
    zones = {state: zone_of(state) for state in pack.places.states}
    assert len(set(zones.values())) >= 4
    people = pack.places.states.values()
    assert max(people) > 15 * min(people)


@whole
def test_only_plain_characters(pack: Industry) -> None:
    """Fancy quotes and dashes give away a machine; the rest of the tree is ASCII too."""
    text = (packs.BUILT_IN / f"{pack.name}.yaml").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if not line.isascii()] == []
    assert [line for line in texts(pack.model_dump()) if " - " in line or "  " in line] == []


@issues
def test_issue_has_enough_to_say(pack: Industry, issue: Issue) -> None:
    assert len(issue.symptoms) >= 30
    assert len(issue.requests) >= 20
    assert len(issue.details) >= 8
    assert len(issue.mentions) >= 8


@categories
def test_category_has_enough_to_say(pack: Industry, category: Category) -> None:
    least = {"nouns": 6, "attributes": 20, "materials": 8, "features": 28, "uses": 14, "faults": 18}
    counts = {name: len(getattr(category, name)) for name in least}
    assert {name for name, count in counts.items() if count < least[name]} == set()
    assert 2 <= len(category.articles) <= 3
    assert all(5 <= len(article.facts) <= 6 for article in category.articles)


@remedies
def test_remedy_has_enough_to_say(pack: Industry, remedy: Remedy) -> None:
    assert len(remedy.offers) >= 10
    assert len(remedy.outcomes) >= 7


@issues
def test_symptoms_differ_in_more_than_a_word(pack: Industry, issue: Issue) -> None:
    """Nearest neighbours by rapidfuzz ratio; template sentences with one word changed reach 85."""
    scores = process.cdist(issue.symptoms, issue.symptoms, scorer=fuzz.ratio)
    nearest = [
        max(row[:i].max(initial=0), row[i + 1 :].max(initial=0)) for i, row in enumerate(scores)
    ]
    assert statistics.median(nearest) < 62
    assert max(nearest) < 80
    openings = Counter(" ".join(words(symptom)[:2]) for symptom in issue.symptoms)
    assert max(openings.values()) <= 8


@issues
def test_symptoms_are_clauses_of_a_speakable_length(pack: Industry, issue: Issue) -> None:
    lengths = [len(words(symptom)) for symptom in issue.symptoms]
    assert min(lengths) >= 4
    assert max(lengths) <= 18
    assert statistics.pstdev(lengths) > 1


@issues
def test_symptoms_state_nothing_a_record_could_contradict(pack: Industry, issue: Issue) -> None:
    said = [symptom for symptom in issue.symptoms if re.search(r"\d|dollars|percent", symptom)]
    assert said == []


@issues
def test_symptoms_give_no_reason_of_their_own(pack: Industry, issue: Issue) -> None:
    """They stand after "because" themselves."""
    assert [symptom for symptom in issue.symptoms if "because" in words(symptom)] == []


@issues
def test_trouble_is_settled_in_several_ways_or_by_the_remedy(pack: Industry, issue: Issue) -> None:
    assert len(issue.settled) == 0 or len(issue.settled) >= 4
    said = [f"Good: {text}." for clause in issue.settled for text in fill(clause, pack)]
    assert [text for text in said if STUMBLES.search(text)] == []


@issues
def test_policy_leaves_room_for_late_customers_and_for_violations(
    pack: Industry, issue: Issue
) -> None:
    limits = [allowed.within_days for allowed in issue.remedies]
    assert any(limit is None or limit >= 365 for limit in limits)
    assert 3 <= len(issue.remedies) <= 4
    assert len(pack.remedies) - len(issue.remedies) >= 3
    assert any(limit is not None and limit <= 90 for limit in limits)


@whole
def test_only_late_deliveries_and_nothing_else_come_late(pack: Industry) -> None:
    assert [issue.lag.after for issue in pack.issues if issue.late_delivery] == ["delivery"]
    assert {issue.lag.after for issue in pack.issues} == {"order", "delivery"}


@remedies
def test_offers_do_not_tell_whether_they_are_allowed(pack: Industry, remedy: Remedy) -> None:
    telling = re.compile(r"polic|rule|allow|exception|although|late|days|limit|guarantee|warrant")
    assert [offer for offer in remedy.offers if telling.search(offer)] == []


@whole
def test_every_remedy_is_allowed_somewhere_and_forbidden_somewhere(pack: Industry) -> None:
    allowed = Counter(entry.remedy for issue in pack.issues for entry in issue.remedies)
    assert set(allowed) == {remedy.key for remedy in pack.remedies}
    assert max(allowed.values()) < len(pack.issues)


@whole
def test_remedies_of_either_kind_can_be_measured(pack: Industry) -> None:
    assert {remedy.measured_in for remedy in pack.remedies} == {"none", "percent"}


# Sentences around each list, as the grammar of any trade may build them, and what would be wrong.
FRAMES = {
    "symptoms": ("The customer reports that {}.", "I am writing because {}."),
    "requests": (
        "I would like to {}.",
        "Could you help me to {}?",
        "The customer would like to {}.",
        "I know that you asked to {}.",
    ),
    "mentions": ("It is about {}.",),
}
STUMBLES = re.compile(
    r"\b(\w+) \1\b|\ba (?!one|eu|us|un)[aeiou]|\ban (?![aeiou]|hour|honest)"
    r"|\s[,.;:?!]|[,.;:?!]{2}|[{}]",
    re.IGNORECASE,
)
"""A word twice, a for an, an for a, a stop in the wrong place, a slot left over."""
NO_VERBS = {
    "a",
    "an",
    "the",
    "that",
    "this",
    "to",
    "is",
    "are",
    "it",
    "i",
    "you",
    "your",
    "my",
    "no",
}


def verbs_missing(phrases: tuple[str, ...]) -> list[str]:
    """The phrases that cannot follow "I would like to" or "I can"."""
    return [phrase for phrase in phrases if words(phrase)[0] in NO_VERBS]


def says(issue: Issue) -> tuple[str, ...]:
    return tuple(request.say for request in issue.requests)


def fill(text: str, industry: Industry) -> Iterator[str]:
    """A phrase with every noun and one fault of each category."""
    if not SLOT.search(text):
        yield text
        return
    for category in industry.categories:
        for noun in category.nouns:
            yield text.format(noun=noun.said, fault=category.faults[0], percent=15)


@pytest.mark.parametrize("name", FRAMES)
@issues
def test_phrases_of_issues_fit_their_sentences(pack: Industry, issue: Issue, name: str) -> None:
    phrases = says(issue) if name == "requests" else getattr(issue, name)
    said = [
        frame.format(filled)
        for frame in FRAMES[name]
        for phrase in phrases
        for filled in fill(phrase, pack)
    ]
    assert [text for text in said if STUMBLES.search(text)] == []


@issues
def test_requests_begin_with_a_verb_and_mentions_do_not(pack: Industry, issue: Issue) -> None:
    assert verbs_missing(says(issue)) == []
    persons = re.compile(r"\b(I|me|my|we|us|our|you|your|they|their|it seems)\b")
    assert [say for say in says(issue) if persons.search(say)] == []
    nouns = re.compile(
        r"(?:a|an|the|that|one|some|something|trouble|what|wrong|locked|\w+ing|\w+s|\w+ figures)\b"
    )
    assert [mention for mention in issue.mentions if not nouns.match(mention)] == []


@issues
def test_details_fit_their_sentences(pack: Industry, issue: Issue) -> None:
    asked = [detail.ask for detail in issue.details]
    assert [text for text in asked if not re.fullmatch(r"[A-Z][^.!?]+\?", text)] == []
    assert [text for text in asked if STUMBLES.search(text)] == []
    gives = [give for detail in issue.details for give in detail.give]
    assert [give for give in gives if not re.match(r"[a-z]|I\b|Friday\b", give)] == []
    filled = [give.format(noun="bag", digits=4821, code="TK4829301177") for give in gives]
    assert [text for text in filled if STUMBLES.search(f"Well, {text}.")] == []


KNOWN_TO_THE_SHOP = re.compile(r"email address|order number|phone number|your name|account name")
SENT = re.compile(
    r"^(?:Can|Could|Would|Will) you (?:[\w ]+ and )?(?:attach|email|forward|send|share|upload)\b"
)
ATTACHED = re.compile(r"attach|photo|picture|screenshot|upload|video|scan\b")
NO_ANSWERS = re.compile(r"first (?:message|mail)|my account\b|as always|on the page|as before")


@issues
def test_details_ask_for_what_only_the_customer_knows(pack: Industry, issue: Issue) -> None:
    asks = [detail.ask for detail in issue.details]
    assert [ask for ask in asks if KNOWN_TO_THE_SHOP.search(ask)] == []
    assert [ask for ask in asks if re.match(r"an? (?:word|note) ", ask)] == []


@issues
def test_customers_give_what_was_asked_for(pack: Industry, issue: Issue) -> None:
    """The thing itself; what is to be sent is attached, and nothing else is."""
    for detail in issue.details:
        sent = SENT.search(detail.ask) is not None
        for give in detail.give:
            assert (ATTACHED.search(give) is not None) == sent, give
            assert not NO_ANSWERS.search(give), give


@whole
def test_pairs_are_spoken_of_as_pairs(pack: Industry) -> None:
    spoken = [noun.said for category in pack.categories for noun in category.nouns]
    assert len(set(spoken)) == len(spoken)
    pairs = [noun for c in pack.categories for noun in c.nouns if noun.spoken is not None]
    assert [noun for noun in pairs if noun.said != f"pair of {noun.name}s"] == []
    worn_on_both = re.compile(r"(?:shoe|boot|trainer|sock|tight|pant|jogger|short)$")
    nouns = [noun for category in pack.categories for noun in category.nouns]
    assert [n.name for n in nouns if worn_on_both.search(n.name) and n.spoken is None] == []


@issues
def test_symptoms_join_without_a_turn_of_their_own(pack: Industry, issue: Issue) -> None:
    """A lead-in may bring its own "but"; a clause with another one after it would stumble."""
    turns = {"but", "yet", "however", "nevertheless"}
    assert [symptom for symptom in issue.symptoms if turns & set(words(symptom))] == []


@issues
def test_most_wishes_can_be_met_within_policy(pack: Industry, issue: Issue) -> None:
    allowed = {entry.remedy for entry in issue.remedies}
    forbidden = {remedy.key for remedy in pack.remedies} - allowed
    wishes = [set(request.met_by) for request in issue.requests if request.met_by]
    assert sum(bool(wish & allowed) for wish in wishes) >= 0.7 * len(wishes)
    # Some, so that an agent who breaks policy pleases the customer by it.
    assert sum(bool(wish & forbidden) for wish in wishes) >= 4


@remedies
def test_offers_fit_their_sentences(pack: Industry, remedy: Remedy) -> None:
    said = [f"What I can do is {text}." for offer in remedy.offers for text in fill(offer, pack)]
    said += [f"Good: {text}." for outcome in remedy.outcomes for text in fill(outcome, pack)]
    assert [text for text in said if STUMBLES.search(text)] == []
    assert verbs_missing(remedy.offers) == []


@categories
def test_words_of_categories_fit_their_sentences(pack: Industry, category: Category) -> None:
    said = [f"The {noun.name}: {fault}." for noun in category.nouns for fault in category.faults]
    said += [f"It has {text}." for feature in category.features for text in fill(feature, pack)]
    said += [f"It is made from {material}." for material in category.materials]
    said += [f"Good for {use}." for use in category.uses]
    assert [text for text in said if STUMBLES.search(text)] == []
    assert [name for name in category.attributes if not name[0].isupper()] == []


@whole
def test_statements_and_questions_are_sentences(pack: Industry) -> None:
    articles = [*pack.company_articles]
    articles += [article for category in pack.categories for article in category.articles]
    facts = [fact for article in articles for fact in article.facts]
    assert [fact.statement for fact in facts if not fact.statement.endswith(".")] == []
    assert [fact.question for fact in facts if not fact.question[0].isupper()] == []
    assert [article.title for article in articles if not article.summary.endswith(".")] == []


@whole
def test_no_question_gives_its_answer_away(pack: Industry) -> None:
    articles = [*pack.company_articles]
    articles += [article for category in pack.categories for article in category.articles]
    given = [
        fact.question
        for article in articles
        for fact in article.facts
        if set(words(fact.answer)) <= set(words(fact.question))
    ]
    assert given == []


def test_the_search_for_stumbles_can_fail() -> None:
    for text in ("It has a insole.", "an shoe", "the the sole", "so , it is", "it is.."):
        assert STUMBLES.search(text), text
    assert verbs_missing(("the money back", "get it")) == ["the money back"]
