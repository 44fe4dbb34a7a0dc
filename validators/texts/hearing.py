"""Everything that is read from words: threads, facts, the policy rule, moods."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

import polars as pl

from orgsmith.validators.effects.policy import MOODS, moods_show, violations_show
from orgsmith.validators.outcome import Outcome, Tables, merged
from orgsmith.validators.tally import EVERY
from orgsmith.validators.texts.conversations import Conversations, conversations
from orgsmith.validators.texts.mood import valence
from orgsmith.validators.texts.policy import (
    no_false_flags,
    offers_agree,
    read_policy,
    violations_found,
)
from orgsmith.validators.texts.text import facts
from orgsmith.validators.texts.threads import threads


def check_conversations(tables: Tables) -> Iterator[Outcome]:
    """What is said in all cases, and whether what hides behind it shows."""
    hearing = Hearing()
    hearing.look(tables)
    yield from hearing.outcomes()


@dataclass(slots=True)
class Hearing:
    """What is heard in the conversations of an organisation, part by part; a `Tally`.

    Of the offers and of customers' words only what is measured over all of them is kept.
    """

    told: list[Outcome] = field(default_factory=list)
    offers: list[Outcome] = field(default_factory=list)
    flags: list[Outcome] = field(default_factory=list)
    read: list[pl.DataFrame] = field(default_factory=list)
    moods: list[pl.DataFrame] = field(default_factory=list)

    def look(self, part: Tables, nodes: Container[str] = EVERY) -> None:
        """Hear the conversations of a part."""
        del nodes
        for said in conversations(part):
            self.told += [*threads(part, said), *facts(part, said)]
            read = read_policy(part, said)
            self.offers.append(offers_agree(read))
            self.flags.append(no_false_flags(read))
            self.read.append(read.select("Id", "offered", "violated", "violation", "found"))
            self.moods.append(_moods(said))

    def outcomes(self) -> Iterator[Outcome]:
        """What is said of all conversations."""
        read = pl.concat(self.read)
        yield from merged(self.told)
        yield from merged(self.offers)
        yield violations_found(read)
        yield from merged(self.flags)
        yield violations_show(read)
        yield moods_show(pl.concat(self.moods))


def _moods(said: Conversations) -> pl.DataFrame:
    """The mood of each customer whose mood must show, and how pleased the words are."""
    cases = said.cases.filter(pl.col("mood").is_in(MOODS))
    heard = said.said.filter(~pl.col("agent"))
    words = pl.concat(
        [
            cases.select(key="Id", text="Description"),
            heard.join(cases, left_on="CaseId", right_on="Id", how="semi").select(
                key="CaseId", text="text"
            ),
        ]
    )
    return valence(words).join(cases.select(key="Id", mood="mood"), on="key").drop("key")
