"""Accepts an object over all its blocks: near-duplicates out, written again, texts finished."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from orgsmith.flows.make import parent_frame
from orgsmith.flows.parts import Made, Part
from orgsmith.flows.progress import current
from orgsmith.flows.rounds import ROUNDS, Desk, given_up, rejects
from orgsmith.flows.work import Work
from orgsmith.outputs.rejects import REJECTS
from orgsmith.prompts.assemble import assemble
from orgsmith.prompts.likeness import normalised_texts
from orgsmith.prompts.model.usage import NO_USAGE
from orgsmith.prompts.writer import Writer
from orgsmith.schema.declaration import NearDuplicates, Object
from orgsmith.validators import duplicates
from orgsmith.validators.duplicates import compared, find_duplicates
from orgsmith.validators.readings import READ
from orgsmith.validators.records.compliance import REFUSED

AT_A_TIME = 2
"""Blocks finished at the same time."""

SILENT_S = 30.0
"""Seconds of a search for near-duplicates after which it says how far it is, each time."""

STUBBORN = 64
"""Rounds in a row that leave no fewer near-duplicates, after which the phrasebook gives up: they
cost little, and of millions of short texts the last few need many."""

ATTEMPTS = 100
"""Rewriting here counts on from this attempt, so that no text refused within a block comes back."""


Parents = Mapping[str, Sequence[Made]]


def accept_object(
    work: Work,
    writer: Writer,
    declared: Object,
    made: Sequence[Made],
    parents: Parents | None = None,
) -> Made:
    """Take an object's blocks as they were made to how they are published.

    `parents` is what was made of the object's parents, where a reader of its texts is shown them.

    Raises:
        WriterError: the writer could not deliver.
        RejectedError: near-duplicates are left after the last round.
        StorageError: the disk is full, or a work file is gone.
    """
    tables = tuple(part for each in made for part in each.tables)
    refused = tuple(part for each in made for part in each.refused)
    readings = tuple(part for each in made for part in each.readings)
    usage = sum((each.usage for each in made), NO_USAGE)
    rule = declared.near_duplicates
    if rule is None:
        return Made(declared.name, tables, refused, readings=readings, usage=usage)
    texts = _Texts(work, writer, declared, rule, tables, parents or {})
    texts.settle()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        finished = tuple(pool.map(texts.finish, range(len(tables))))
    return Made(
        declared.name,
        tuple(part for part, _ in finished),
        (*refused, *texts.refused),
        sum(seen for _, seen in finished),
        texts.removed,
        (*readings, *texts.readings),
        usage + writer.usage,
    )


class _Texts:
    """The texts of an object while near-duplicates among them are found and written again."""

    def __init__(
        self,
        work: Work,
        writer: Writer,
        declared: Object,
        rule: NearDuplicates,
        tables: Sequence[Part],
        parents: Parents,
    ) -> None:
        self.refused: list[Part] = []
        self.readings: list[Part] = []
        self.removed = 0
        self._work, self._writer, self._declared, self._rule = work, writer, declared, rule
        self._tables, self._parents = tables, parents
        self._paths = [work.path(part) for part in tables]
        self._written = [field.name for field in declared.written]
        self._fresh: dict[int, pl.DataFrame] = {}
        """Id and texts of the records of each block that were written again."""

    def settle(self) -> None:
        """Find near-duplicates and write them again until there are none."""
        wrong = self._duplicates(None)
        attempt = rounds = 0
        least, tell = wrong.height, Seldom(self._declared.name)
        while wrong.height:
            if rounds == (STUBBORN if self._writer.reader is None else ROUNDS):
                count = sum(part.rows for part in self._tables)
                raise given_up(self._writer, self._declared, wrong, count, rounds)
            attempt += 1
            tell(f"{wrong.height} are written again, the {attempt}. time")
            wrong = self._again(wrong, attempt)
            rounds += self._writer.fresh
            if wrong.height < least:
                # As long as they get fewer, it goes on.
                least, rounds = wrong.height, 0

    def finish(self, block: int) -> tuple[Part, int]:
        """Write a block as it is published, variables kept for the children's sake.

        Returns:
            The block, and how many of its texts are long enough to be compared.
        """
        own = self._block(block)
        lengths = normalised_texts(compared(self._declared, own)["text"]).str.len_chars()
        seen = int((lengths >= max(self._rule.shortest, 1)).sum())
        frame = assemble(self._declared, own, self._work.organisation)
        return self._work.save_block(frame, "accepted", self._declared.name, block), seen

    def _again(self, wrong: pl.DataFrame, attempt: int) -> pl.DataFrame:
        """Write refused records again; what is refused then."""
        self.removed += wrong.filter(pl.col("rule") == "duplicate")["Id"].n_unique()
        ids = wrong["Id"].unique()
        like = self._texts_of(wrong["duplicate"].drop_nulls().unique())
        refused = [pl.DataFrame(schema=_WRONG)]
        for block in wrong["block"].unique().sort().to_list():
            frame = self._block(block)
            known = wrong.filter(pl.col("block") == block).drop("block")
            mine = known["Id"].unique()
            self._keep(rejects(self._declared, frame, known, attempt - 1), block, attempt)
            desk = Desk(self._work.organisation, self._writer, self._declared, self._shown(block))
            frame = desk.rewrite(frame, known, ATTEMPTS + attempt, like=like)
            fresh = frame.filter(pl.col("Id").is_in(mine.to_list())).select("Id", *self._written)
            before = self._fresh.get(block)
            if before is not None:
                fresh = pl.concat([before.join(fresh, on="Id", how="anti"), fresh])
            self._fresh[block] = fresh
            broken = desk.judge(frame, mine, ATTEMPTS + attempt)
            self._note(desk.read(), block, attempt)
            refused.append(broken.with_columns(pl.lit(block, dtype=pl.Int64).alias("block")))
        return pl.concat(
            [*(part.select(_WRONG.names()) for part in refused), self._duplicates(ids)]
        )

    def _keep(self, refused: pl.DataFrame, block: int, attempt: int) -> None:
        """Store refused records at once: they may be many."""
        name = f"{block:05}-again-{attempt}"
        self.refused.append(
            self._work.save(refused, "refused", self._declared.name, name, list(REJECTS))
        )

    def _note(self, read: pl.DataFrame, block: int, attempt: int) -> None:
        """Store what a reader of the rewritten texts found."""
        if read.height:
            name = f"{block:05}-again-{attempt}"
            self.readings.append(
                self._work.save(read, "readings", self._declared.name, name, list(READ))
            )

    def _shown(self, block: int) -> dict[str, pl.DataFrame]:
        """The parents of a block's records."""
        if self._writer.reader is None:
            return {}
        return {
            name: parent_frame(self._work, self._declared.name, block, made)
            for name, made in self._parents.items()
        }

    def _texts_of(self, ids: pl.Series) -> dict[str, str]:
        """The texts of some records, as they are compared; only a model learns from them."""
        if self._writer.reader is None:
            return {}
        wanted = pl.col("Id").is_in(ids.to_list())
        found: dict[str, str] = {}
        for block in range(len(self._tables)):
            texts = compared(self._declared, self._block(block).filter(wanted))
            found |= dict(texts.select("Id", "text").iter_rows())
        return found

    def _block(self, block: int) -> pl.DataFrame:
        """A block's records with the texts they have by now."""
        frame = self._work.read(self._tables[block])
        if block in self._fresh:
            frame = frame.update(self._fresh[block], on="Id")
        return frame

    def _duplicates(self, changed: pl.Series | None) -> pl.DataFrame:
        """Near-duplicates among all texts, or only in the scopes of records that were changed."""
        if changed is not None and self._rule.scope:
            found = [self._among(self._touched(changed))]
        else:
            found = [self._among(self._share(bucket)) for bucket in range(self._buckets)]
        return pl.concat([pl.DataFrame(schema=_WRONG), *found])

    @property
    def _buckets(self) -> int:
        rows = sum(part.rows for part in self._tables)
        return max(1, -(-rows // duplicates.BUCKET)) if self._rule.scope else 1

    def _among(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Near-duplicates among some texts."""
        found = find_duplicates(
            texts,
            self._rule.threshold,
            scope=list(self._rule.scope),
            shortest=self._rule.shortest,
            tell=Seldom(self._declared.name),
        )
        return found.join(texts.select("Id", "block"), on="Id", how="left").select(
            "Id",
            pl.lit("duplicate").alias("rule"),
            pl.format("is {} % like {}", pl.col("score").round(1), "partner").alias("reason"),
            pl.col("partner").alias("duplicate"),
            "score",
            "block",
        )

    def _share(self, bucket: int) -> pl.DataFrame:
        """The texts in one share of the scopes."""
        if self._buckets == 1:
            return self._gathered(lambda rows: rows.collect())
        share = pl.struct(self._rule.scope).hash() % self._buckets
        return self._gathered(lambda rows: rows.filter(share == bucket).collect())

    def _touched(self, changed: pl.Series) -> pl.DataFrame:
        """The texts in the scopes of records that were changed."""
        scope, wanted = list(self._rule.scope), pl.col("Id").is_in(changed.to_list())
        scopes = [pl.scan_parquet(path).filter(wanted).select(scope) for path in self._paths]
        touched = pl.concat(pl.collect_all(scopes)).unique()
        # Column by column first: then of the texts only those that may be wanted are read.
        near = pl.all_horizontal(pl.col(name).is_in(touched[name].to_list()) for name in scope)
        return self._gathered(
            lambda rows: rows.filter(near).collect().join(touched, on=scope, how="semi")
        )

    def _gathered(self, some: Callable[[pl.LazyFrame], pl.DataFrame]) -> pl.DataFrame:
        """Texts and scopes of some records of each block."""
        return pl.concat(list(self._blocks(some)))

    def _blocks(self, some: Callable[[pl.LazyFrame], pl.DataFrame]) -> Iterator[pl.DataFrame]:
        columns = list(dict.fromkeys(("Id", *self._rule.text, *self._rule.scope)))
        for block, path in enumerate(self._paths):
            frame = some(pl.scan_parquet(path).select(columns))
            if block in self._fresh:
                frame = frame.update(self._fresh[block].select("Id", *self._rule.text), on="Id")
            yield compared(self._declared, frame).with_columns(
                pl.lit(block, dtype=pl.Int64).alias("block")
            )


class Seldom:
    """Says now and then how far a long search for near-duplicates of an object is."""

    def __init__(self, name: str) -> None:
        self._name, self._next = name, time.monotonic() + SILENT_S

    def __call__(self, text: str) -> None:
        """Say it, if nothing was said for a while."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + SILENT_S
            current().tell(f"near-duplicates of {self._name}: {text}")


_WRONG = pl.Schema({**REFUSED, "block": pl.Int64()})
