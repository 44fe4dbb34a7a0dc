"""The words an industry pack lends to a record beyond those the record carries."""

from orgsmith.prompts.grammar import mix
from orgsmith.schema.industry import Industry

Words = dict[str, object]


class Vocabulary:
    """A pack's words by the key or the name under which records know them."""

    def __init__(self, industry: Industry) -> None:
        self._categories = {category.key: category for category in industry.categories}

    def attributes(self, category: str) -> tuple[str, ...]:
        """The attributes that name a category's products."""
        return self._categories[category].attributes

    def product(self, category: str, noun: str, key: int) -> Words:
        """Features, materials and uses for one description, none of them twice.

        They come numbered: feature_1, feature_2 ...; `goods` tells goods from services.
        """
        words = self._categories[category]
        features = tuple(text.format(noun=noun) for text in words.features)
        chosen: Words = {"goods": not words.service}
        for kind, texts, count in (
            ("feature", features, 4),
            ("material", words.materials, 2),
            ("use", words.uses, 3),
        ):
            rest = list(texts)
            for number in range(1, count + 1):
                key = mix(key + number)
                chosen[f"{kind}_{number}"] = rest.pop(key % len(rest))
        return chosen
