"""Makes blocks of nodes: draw, write, accept, and write again what was refused."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orgsmith.flows.draw import DRAW, Parents
from orgsmith.flows.plan import writer_of
from orgsmith.flows.work import Made, Part, Work, open_work
from orgsmith.outputs.rejects import REJECTS
from orgsmith.prompts.writer import Writer
from orgsmith.schema.declaration import Field, Latent, Object
from orgsmith.schema.errors import RejectedError
from orgsmith.schema.graph import NODES
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.checks import accept_block

ROUNDS = 8
"""How often refused records are written again before the run gives up."""

REASONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a node, and the records that were refused on the way to it."""

    frame: pl.DataFrame
    refused: pl.DataFrame


def make_blocks(
    folder: str, node: str, first: int, last: int, parents: Mapping[str, Sequence[Made]]
) -> Made:
    """Make the blocks `first` to `last` of a node and store them in the work folder.

    Raises:
        WriterError: the writer could not deliver.
        RejectedError: records are still refused after the last round.
        StorageError: the disk is full, or a parent's file is gone.
    """
    work, writer = open_work(folder), writer_of(folder)
    tables: list[Part] = []
    refused: list[Part] = []
    # What is the same for every block is read, and its bytes compared, once.
    whole = {
        name: parent_frame(work, node, first, made)
        for name, made in sorted(parents.items())
        if not _by_block(node, name)
    }
    for block in range(first, last + 1):
        frames = {
            name: whole[name] if name in whole else parent_frame(work, node, block, made)
            for name, made in sorted(parents.items())
        }
        done = make_block(work.organisation, writer, node, frames, block)
        tables.append(work.save_block(done.frame, "made", node, block))
        if done.refused.height:
            refused.append(work.save(done.refused, "refused", node, f"{block:05}", list(REJECTS)))
    return Made(node, tuple(tables), tuple(refused))


def parent_frame(work: Work, node: str, block: int, made: Sequence[Made]) -> pl.DataFrame:
    """What a drawing function sees of a parent: the same block, or all of it."""
    tables = [part for each in made for part in each.tables]
    if _by_block(node, made[0].node):
        tables = [part for part in tables if int(Path(part.path).stem) == block]
    return pl.concat([work.read(part) for part in tables])


def _by_block(node: str, parent: str) -> bool:
    """Whether a block of a node sees only the same block of a parent."""
    return NODES[node].blocked and NODES[parent].blocked


def make_block(
    organisation: Organisation,
    writer: Writer,
    node: str,
    parents: Mapping[str, pl.DataFrame],
    block: int,
) -> Block:
    """Draw and write one block of a node, until every record of it is accepted.

    Returns:
        For an object its fields and variables, for a latent variable its columns; texts are own
        words, which `assemble` finishes once near-duplicates are out.

    Raises:
        WriterError: the writer could not deliver.
        RejectedError: records are still refused after the last round.
    """
    declared = NODES[node]
    drawn = DRAW[node](organisation, Parents(parents), block)
    if isinstance(declared, Latent):
        return Block(_conform(node, declared.fields, drawn), pl.DataFrame(schema=REJECTS))
    drawn_fields = [field for field in declared.fields if not field.written]
    drawn = _conform(node, (*drawn_fields, *declared.variables), drawn)
    frame = write(writer, declared, drawn, 0)
    refused: list[pl.DataFrame] = []
    for attempt in range(ROUNDS + 1):
        wrong = accept_block(organisation, declared, frame)[1]
        if wrong.is_empty():
            break
        refused.append(rejects(declared, frame, wrong, attempt))
        if attempt == ROUNDS or not declared.written:
            raise given_up(declared, wrong, frame.height)
        frame = rewrite(writer, declared, frame, wrong["Id"], attempt + 1)
    return Block(frame, pl.concat(refused) if refused else pl.DataFrame(schema=REJECTS))


def write(writer: Writer, declared: Object, drawn: pl.DataFrame, attempt: int) -> pl.DataFrame:
    """The records with their written columns: fields in the order of declaration, then variables.

    Raises:
        WriterError: the writer could not deliver.
    """
    order = [field.name for field in (*declared.fields, *declared.variables)]
    if not declared.written:
        return drawn.select(order)
    written = _conform(
        declared.name,
        (declared.field("Id"), *declared.written),
        writer.write(declared, drawn, attempt),
    )
    return drawn.join(written, on="Id", how="left", validate="1:1").select(order)


def rewrite(
    writer: Writer, declared: Object, frame: pl.DataFrame, ids: pl.Series, attempt: int
) -> pl.DataFrame:
    """The frame with some of its records written again; their facts and ids stay."""
    again = pl.col("Id").is_in(ids.unique().to_list())
    drawn = frame.filter(again).drop(field.name for field in declared.written)
    return pl.concat([frame.filter(~again), write(writer, declared, drawn, attempt)]).sort("Id")


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
    rows = frame.filter(pl.col("Id").is_in(wrong["Id"].unique().to_list())).select(fields)
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


def given_up(declared: Object, wrong: pl.DataFrame, count: int) -> RejectedError:
    """The error that ends a run: how many records are still refused, and why."""
    first = wrong.sort("Id").head(REASONS_SHOWN)
    shown = "; ".join(
        f"{record}: {rule}, {reason}"
        for record, rule, reason in first.select("Id", "rule", "reason").iter_rows()
    )
    refused = wrong["Id"].n_unique()
    rounds = f"after {ROUNDS} rounds of writing them again" if declared.written else "as drawn"
    return RejectedError(
        f"{declared.name}: {refused} of {count} records are refused {rounds} ({shown}); "
        "see that the pack has phrases enough: orgsmith industries check"
    )


def _conform(node: str, fields: Sequence[Field], frame: pl.DataFrame) -> pl.DataFrame:
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
