"""Colours of a heat map: from dark blue over grey to yellow, equal to every kind of sight."""

import numpy as np

_STOPS = ((0, 34, 78), (60, 77, 110), (124, 123, 120), (187, 174, 113), (254, 232, 56))
"""Red, green and blue from 0 to 1. Lightness rises evenly, so that the order of colours can be
seen in print and without any sense of colour (Nuñez, Anderton and Renslow, "Optimizing colormaps
with consideration for color vision deficiency", 2018)."""

_LINEAR = 0.04045


def fill(share: float) -> str:
    """The colour of a share from 0 to 1."""
    return "#" + "".join(f"{round(part):02x}" for part in _colour(share))


def on_fill(share: float) -> str:
    """Black or white, whichever is easier to read on the colour of a share."""
    lightness = luminance(_colour(share))
    return "#000000" if (lightness + 0.05) / 0.05 > 1.05 / (lightness + 0.05) else "#ffffff"


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance of a colour, 0 to 1 (WCAG 2.2)."""
    parts = (part / 255 for part in colour)
    red, green, blue = (
        part / 12.92 if part <= _LINEAR else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colour(share: float) -> tuple[float, float, float]:
    places = np.linspace(0, 1, len(_STOPS))
    red, green, blue = (float(np.interp(share, places, part)) for part in zip(*_STOPS, strict=True))
    return red, green, blue
