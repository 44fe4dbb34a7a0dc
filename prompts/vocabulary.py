"""The words an industry pack lends to a record beyond those the record carries."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orgsmith.prompts.columns import Ints
from orgsmith.prompts.hashes import Bits, mix
from orgsmith.schema.industry import Industry

TOLD = (("feature", 4), ("material", 2), ("use", 3))
"""What a description may speak of, and how many of each."""


class Vocabulary:
    """A pack's words by the key or the name under which records know them."""

    def __init__(self, industry: Industry) -> None:
        self._categories = {category.key: category for category in industry.categories}

    def attributes(self, category: str) -> tuple[str, ...]:
        """The attributes that name a category's products."""
        return self._categories[category].attributes

    def products(self, rows: pl.DataFrame, keys: Bits) -> pl.DataFrame:
        """Features, materials and uses for the descriptions of products, none of them twice.

        Args:
            rows: columns category and noun, a row for each product.
            keys: 64 bits for each product.

        Returns:
            Columns feature_1, feature_2 ..., material_1 ..., use_1 ..., and goods, which tells
            goods from services; a row for each product.
        """
        categories = rows["category"].to_numpy()
        nouns = rows["noun"].to_numpy()
        numbered = [f"{kind}_{number + 1}" for kind, count in TOLD for number in range(count)]
        told = {name: np.empty(rows.height, dtype=np.object_) for name in numbered}
        for category in dict.fromkeys(categories):
            mine = np.flatnonzero(categories == category)
            for name, words in self._words(category, nouns[mine], keys[mine]):
                told[name][mine] = words
        goods = [not self._categories[category].service for category in categories]
        return pl.DataFrame(
            {**{name: words.tolist() for name, words in told.items()}, "goods": goods},
            schema={**dict.fromkeys(numbered, pl.String), "goods": pl.Boolean},
        )

    def _words(
        self, category: str, nouns: NDArray[np.object_], keys: Bits
    ) -> Iterator[tuple[str, NDArray[np.object_]]]:
        """The words of products of one category, column by column."""
        words = self._categories[category]
        named, noun = np.unique(nouns, return_inverse=True)
        texts = {
            # A feature may name the noun: a row of texts for each noun.
            "feature": [[text.format(noun=each) for text in words.features] for each in named],
            "material": [words.materials],
            "use": [words.uses],
        }
        for kind, count in TOLD:
            table = np.array(texts[kind], dtype=np.object_)
            picks, keys = _picks(keys, table.shape[1], count)
            for number, pick in enumerate(picks, start=1):
                yield f"{kind}_{number}", table[noun if kind == "feature" else 0, pick]


def _picks(keys: Bits, among: int, count: int) -> tuple[list[Ints], Bits]:
    """`count` different numbers below `among` for each key, and the keys to go on from."""
    rest = np.tile(np.arange(among), (keys.size, 1))
    rows = np.arange(keys.size)
    picks: list[Ints] = []
    for number in range(1, count + 1):
        keys = mix(keys + np.uint64(number))
        place = (keys % np.uint64(rest.shape[1])).astype(np.int64)
        picks.append(rest[rows, place])
        # Those behind the one taken move up.
        behind = np.arange(rest.shape[1] - 1) >= place[:, None]
        rest = np.where(behind, rest[:, 1:], rest[:, :-1])
    return picks, keys
