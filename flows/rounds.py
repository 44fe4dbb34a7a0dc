"""Rounds of writing: what is refused, in either phase, is written again until nothing is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from orgsmith.outputs.rejects import REJECTS
from orgsmith.prompts.writer import NO_NOTES, Notes, Refusal, Writer
from orgsmith.schema.declaration import Field, Object
from orgsmith.schema.errors import RejectedError
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.checks import accept_block
from orgsmith.validators.readings import READ, compared, examined, misread, shared
from orgsmith.validators.records.compliance import REFUSED

ROUNDS = 8
"""How often refused records are written again before the run gives up."""

REASONS_SHOWN = 3

LIKE_SHOWN = 3
"""Texts that a record was too much like, as they are shown to the writer."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a node, the records that were refused on the way to it, and what a reader of
    its texts found."""

    frame: pl.DataFrame
    refused: pl.DataFrame
    readings: pl.DataFrame


@dataclass(slots=True)
class Desk:
    """Where records of one object are written and judged; keeps what the reader found.

    `parents` are the frames of the object's parents, by name.
    """

    organisation: Organisation
    writer: Writer
    declared: Object
    parents: Mapping[str, pl.DataFrame]
    readings: list[pl.DataFrame] = field(default_factory=list)

    def block(self, drawn: pl.DataFrame) -> Block:
        """Write the records wave by wave, until every one of them is accepted.

        Raises:
            WriterError: the writer could not deliver.
            RejectedError: records are still refused after the last round.
        """
        done: list[pl.DataFrame] = []
        refused = [pl.DataFrame(schema=REJECTS)]
        waves = self.writer.waves(self.declared, drawn) if self.declared.written else (drawn,)
        for wave in waves:
            before = pl.concat(done) if done else None
            frame = self.write(wave, 0, Notes(before))
            fresh = frame["Id"]
            attempt = rounds = 0
            while True:
                whole = frame if before is None else pl.concat([before, frame])
                wrong = self.judge(whole, fresh, attempt)
                if wrong.is_empty():
                    break
                refused.append(rejects(self.declared, frame, wrong, attempt))
                if rounds == ROUNDS or not self.declared.written:
                    raise given_up(self.writer, self.declared, wrong, drawn.height, rounds)
                fresh = wrong["Id"].unique()
                attempt += 1
                frame = self.rewrite(frame, wrong, attempt, before)
                rounds += self.writer.fresh
            done.append(frame)
        frame = pl.concat(done) if len(done) > 1 else done[0]
        return Block(frame, pl.concat(refused), self.read())

    def write(self, drawn: pl.DataFrame, attempt: int, notes: Notes = NO_NOTES) -> pl.DataFrame:
        """The records with their written columns: fields in the order of declaration, then
        variables.

        Raises:
            WriterError: the writer could not deliver.
        """
        declared = self.declared
        order = [field.name for field in (*declared.fields, *declared.variables)]
        if not declared.written:
            return drawn.select(order)
        written = conform(
            declared.name,
            (declared.field("Id"), *declared.written),
            self.writer.write(declared, drawn, attempt, notes),
        )
        return drawn.join(written, on="Id", how="left", validate="1:1").select(order)

    def rewrite(
        self,
        frame: pl.DataFrame,
        wrong: pl.DataFrame,
        attempt: int,
        earlier: pl.DataFrame | None = None,
        like: Mapping[str, str] | None = None,
    ) -> pl.DataFrame:
        """The frame with its refused records written again; their facts and ids stay.

        Args:
            frame: the records, refused ones and others.
            wrong: columns of `REFUSED`: which, and why.
            attempt: the round of writing.
            earlier: records of earlier waves.
            like: texts by Id that refused records are near-duplicates of.
        """
        again = frame.join(wrong, on="Id", how="semi", maintain_order="left")
        drawn = again.drop(field.name for field in self.declared.written)
        told = Notes(earlier, self._refusals(frame, wrong, like or {}), frame)
        fresh = self.write(drawn, attempt, told)
        kept = frame.join(wrong, on="Id", how="anti", maintain_order="left")
        return pl.concat([kept, fresh]).sort("Id")

    def judge(self, frame: pl.DataFrame, fresh: pl.Series, attempt: int) -> pl.DataFrame:
        """The refused records of a frame: columns `REFUSED`, a row for each reason.

        Both phases: compliance first; of the fresh records what passes it is then read without
        its variables.
        """
        broken = accept_block(self.organisation, self.declared, frame, fresh)[1]
        reader = self.writer.reader
        if reader is None:
            return broken
        sound = set(fresh) - set(broken["Id"])
        every = examined(self.declared, frame, self.parents)
        asked = [each for each in every if each.passage.id in sound]
        if not asked:
            return broken
        common = shared(self.declared, self.parents)
        found = reader.read(self.declared, common, [each.passage for each in asked], attempt)
        read = compared(asked, found, attempt)
        self.readings.append(read)
        empty = {"duplicate": pl.lit(None), "score": pl.lit(None)}
        refused = misread(read).with_columns(**empty).select(list(REFUSED)).cast(REFUSED)
        return pl.concat([broken, refused]).sort("Id", "rule", "reason")

    def read(self) -> pl.DataFrame:
        """All that the reader found so far: columns of `READ`."""
        return pl.concat([pl.DataFrame(schema=READ), *self.readings])

    def _refusals(
        self, frame: pl.DataFrame, wrong: pl.DataFrame, like: Mapping[str, str]
    ) -> Mapping[str, Refusal]:
        """Why each refused record is written again, as its writer is told."""
        names = [field.name for field in self.declared.written]
        refused = frame.join(wrong, on="Id", how="semi").select("Id", *names)
        texts = {row["Id"]: row for row in refused.iter_rows(named=True)}
        found: dict[str, Refusal] = {}
        ordered = wrong.sort("Id", "rule", "reason")
        for (record,), rows in ordered.group_by("Id", maintain_order=True):
            partners = rows["duplicate"].drop_nulls().to_list()
            found[str(record)] = Refusal(
                tuple(rows["reason"]),
                {name: texts[record][name] for name in names},
                tuple(like[partner] for partner in partners if partner in like)[:LIKE_SHOWN],
            )
        return found


def rejects(
    declared: Object, frame: pl.DataFrame, wrong: pl.DataFrame, attempt: int
) -> pl.DataFrame:
    """What goes to `rejects/`: each refused record as it was, and why.

    Args:
        declared: the object.
        frame: its records, the refused ones among them.
        wrong: columns Id, rule, reason, duplicate, score.
        attempt: the round of writing in which it was refused, from 0.

    Returns:
        Columns of `REJECTS`, in order of Id and rule.
    """
    fields = [field.name for field in declared.fields]
    rows = frame.join(wrong, on="Id", how="semi", maintain_order="left").select(fields)
    records = [
        json.dumps(row, default=str, ensure_ascii=True) for row in rows.iter_rows(named=True)
    ]
    texts = pl.DataFrame(
        {"Id": rows["Id"], "record": records}, schema={"Id": pl.String, "record": pl.String}
    )
    return (
        wrong.join(texts, on="Id", how="left")
        .with_columns(pl.lit(attempt, dtype=pl.Int64).alias("round"))
        .select(list(REJECTS))
        .cast(REJECTS)
        .sort("Id", "rule", "reason")
    )


def given_up(
    writer: Writer, declared: Object, wrong: pl.DataFrame, count: int, rounds: int
) -> RejectedError:
    """The error that ends a run: how many records are still refused, and why."""
    first = wrong.sort("Id").head(REASONS_SHOWN)
    shown = "; ".join(
        f"{record}: {rule}, {reason}"
        for record, rule, reason in first.select("Id", "rule", "reason").iter_rows()
    )
    refused = wrong["Id"].n_unique()
    when = f"after {rounds} rounds of writing them again" if declared.written else "as drawn"
    step = (
        "see that the pack has phrases enough: orgsmith industries check"
        if writer.reader is None
        else "look at what it writes with --preview, name another --writer or --checker, or run "
        "the same command again for more rounds"
    )
    return RejectedError(
        f"{declared.name}: {refused} of {count} records are refused {when} ({shown}); {step}"
    )


def conform(node: str, fields: Sequence[Field], frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in the declared order of columns, refused if a name or type is not declared."""
    wanted = {field.name: field.kind.dtype for field in fields}
    missing = sorted(wanted.keys() - set(frame.columns))
    extra = sorted(set(frame.columns) - wanted.keys())
    if missing or extra:
        raise TypeError(f"{node}: columns {missing} are missing, {extra} are not declared")
    for name, dtype in wanted.items():
        if frame.schema[name] != dtype:
            raise TypeError(f"{node}.{name}: {frame.schema[name]} drawn, {dtype} declared")
    return frame.select(list(wanted))
