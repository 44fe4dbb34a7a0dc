"""Simulates where the thresholds of the plausibility checks must lie: every effect over seeds.

.venv/bin/python bench/plausibility.py --seeds 30 --scale 1

`margin` is the distance of the mean from the threshold in standard deviations: at 5 and more fewer
than one sound organisation in a million fails (normal tail 3e-7). Where support is below the least,
the check does not judge.
"""

import argparse
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from rich.console import Console
from rich.table import Table

from orgsmith.flows.draw import DRAW, Parents
from orgsmith.prompts.assemble import assemble
from orgsmith.prompts.phrasebook import PhrasebookWriter
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from orgsmith.validators.checks import EFFECTS, check_conversations
from orgsmith.validators.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Frames:
    """An organisation in memory; what a check reads."""

    organisation: Organisation
    frames: Mapping[str, pl.DataFrame]

    def scan(self, node: str) -> pl.LazyFrame:
        """The published columns of a node."""
        return self.frames[node].lazy().select(field.name for field in NODES[node].fields)


def organised(organisation: Organisation) -> Frames:
    """Draw and write every node; near-duplicates stay, they move no effect."""
    writer = PhrasebookWriter(organisation)
    made: dict[str, list[pl.DataFrame]] = {}
    for name in generation_order():
        node = NODES[name]
        made[name] = []
        for block in range(organisation.blocks_of(node)):
            parents = {
                parent: made[parent][block]
                if node.blocked and NODES[parent].blocked
                else pl.concat(made[parent])
                for parent in node.parents
            }
            drawn = DRAW[name](organisation, Parents(parents), block)
            if name in OBJECTS and OBJECTS[name].written:
                drawn = drawn.join(writer.write(OBJECTS[name], drawn, 0), on="Id")
            made[name].append(drawn)
    frames = {name: pl.concat(blocks) for name, blocks in made.items()}
    finished = {n: assemble(OBJECTS[n], f, organisation) for n, f in frames.items() if n in OBJECTS}
    return Frames(organisation, {**frames, **finished})


def measured(frames: Frames) -> list[Outcome]:
    """Every effect, those read from words too."""
    heard = (outcome for outcome in check_conversations(frames) if outcome.threshold)
    return [*(effect.outcome(frames) for effect in EFFECTS), *heard]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--industry", default="sportswear")
    asked = parser.parse_args()
    industry = load(asked.industry)
    runs: dict[tuple[str, str], list[Outcome]] = {}
    for seed in range(asked.seeds):
        frames = organised(Organisation(industry, seed, asked.scale, industry.as_of))
        for outcome in measured(frames):
            runs.setdefault((outcome.object, outcome.name), []).append(outcome)
    table = Table("latent", "effect", "n", "mean", "sd", "least", "threshold", "margin", "status")
    for (latent, name), outcomes in runs.items():
        values = [outcome.statistic for outcome in outcomes]
        mean, spread = statistics.fmean(values), statistics.stdev(values)
        threshold = outcomes[0].threshold
        table.add_row(
            latent,
            name,
            str(min(outcome.n for outcome in outcomes)),
            f"{mean:.3f}",
            f"{spread:.3f}",
            f"{min(values):.3f}",
            f"{threshold:g}",
            f"{(mean - threshold) / spread:.1f}" if spread > 0 else "inf",
            "/".join(sorted({outcome.status.value for outcome in outcomes})),
        )
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
