"""Salesforce record ids: 15 characters and a suffix of three that survives case folding.

A serial number goes through a permutation keyed by the seed before it is written in base 62, so
that neither an id nor the order of ids tells when, or why, a record was made.
"""

import hashlib

import numpy as np
import numpy.typing as npt
import polars as pl

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SUFFIXES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
POD = "Or0"
"""Instance code and reserved character, the fourth to sixth character of every id."""

LENGTH = 18

BLOCK_SHIFT = 24
"""Bits of a serial below the block's number: room for 16 million records of an object a block."""

SERIAL_BITS = 40
_HALF = np.uint64(SERIAL_BITS // 2)
_MASK = np.uint64((1 << (SERIAL_BITS // 2)) - 1)
_ROUNDS = 4
_SERIAL_DIGITS = 9

UInt64s = npt.NDArray[np.uint64]
Letters = npt.NDArray[np.uint8]


def record_ids(
    key_prefix: str, serials: npt.NDArray[np.int64], seed: int, space: str = ""
) -> pl.Series:
    """The 18-character ids of records, one for each serial.

    Args:
        key_prefix: three characters that name the object, for example `500` for Case.
        serials: serial numbers, 0 <= serial < 2**40, shape (n,).
        seed: the organisation's seed; another seed gives other ids.
        space: tells objects that share a key prefix apart.

    Returns:
        A String series of length n; equal serials give equal ids, different ones never do.

    Raises:
        ValueError: a serial is out of range or the prefix has not three characters.
    """
    if len(key_prefix) != len("001"):
        raise ValueError(f"key prefix {key_prefix!r} has not three characters")
    if serials.size and (int(serials.min()) < 0 or int(serials.max()) >= 1 << SERIAL_BITS):
        raise ValueError(f"serials must lie in [0, 2**{SERIAL_BITS})")
    permuted = _permute(serials.astype(np.uint64), f"{seed}/{key_prefix}/{space}")
    return _spell(key_prefix, permuted)


def record_serials(ids: pl.Series, seed: int, space: str = "") -> npt.NDArray[np.int64]:
    """The serial numbers behind ids of one object: the inverse of `record_ids`, shape (n,)."""
    if ids.is_empty():
        return np.empty(0, dtype=np.int64)
    text = letters(ids)
    digits = np.zeros(256, dtype=np.uint64)
    digits[np.frombuffer(DIGITS.encode(), dtype=np.uint8)] = np.arange(62, dtype=np.uint64)
    values = np.zeros(len(ids), dtype=np.uint64)
    for column in range(6, 6 + _SERIAL_DIGITS):
        values = values * np.uint64(62) + digits[text[:, column]]
    key_prefix = text[0, :3].tobytes().decode()
    return _unpermute(values, f"{seed}/{key_prefix}/{space}").astype(np.int64)


def letters(ids: pl.Series) -> Letters:
    """The letters of ids, all of them 18 bytes long and none null; shape (n, 18)."""
    arrow = ids.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, _, letters = arrow.buffers()
    first = LENGTH * arrow.offset
    flat = np.frombuffer(letters, dtype=np.uint8)[first : first + LENGTH * len(arrow)]
    return flat.reshape(-1, LENGTH)


def spelled(letters: Letters) -> pl.Series:
    """The text of each row of ASCII letters, shape (n, length); the inverse of `letters`."""
    # Only what makes records needs it; the command line must not pay it at its start.
    import pyarrow as pa

    rows, length = letters.shape
    ends = np.arange(0, length * (rows + 1), length, dtype=np.int64)[: rows + 1]
    buffers = pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(letters))
    return pl.Series(pa.LargeStringArray.from_buffers(rows, *buffers), dtype=pl.String)


def id_boundaries(key_prefix: str, parts: int) -> list[str]:
    """The `parts - 1` ids that cut an object's id space into ranges of equal size, ascending."""
    cuts = np.array([(k << SERIAL_BITS) // parts for k in range(1, parts)], dtype=np.uint64)
    return _spell(key_prefix, cuts).to_list()


def suffix(fifteen: str) -> str:
    """The case-safe suffix of a 15-character id.

    Each group of five characters gives one character whose five bits say which are capitals.
    Source: Salesforce help, "Difference between 15 and 18 digit Ids".
    """
    groups = (fifteen[start : start + 5] for start in (0, 5, 10))
    return "".join(
        SUFFIXES[sum(1 << i for i, char in enumerate(group) if "A" <= char <= "Z")]
        for group in groups
    )


def _permute(values: UInt64s, key: str) -> UInt64s:
    """A Feistel network over 40 bits: a bijection that looks random and needs no table."""
    left, right = values >> _HALF, values & _MASK
    for word in _words(key):
        left, right = right, left ^ _mixed(right, word)
    return (left << _HALF) | right


def _unpermute(values: UInt64s, key: str) -> UInt64s:
    """The same network, run backwards."""
    left, right = values >> _HALF, values & _MASK
    for word in _words(key)[::-1]:
        left, right = right ^ _mixed(left, word), left
    return (left << _HALF) | right


def _words(key: str) -> UInt64s:
    digest = hashlib.blake2b(key.encode(), digest_size=8 * _ROUNDS).digest()
    return np.frombuffer(digest, dtype="<u8")


def _mixed(half: UInt64s, word: np.uint64) -> UInt64s:
    mixed = (half ^ word) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(32)) & _MASK


def _spell(key_prefix: str, values: UInt64s) -> pl.Series:
    """Write permuted serials as 18-character ids."""
    alphabet = np.frombuffer(DIGITS.encode(), dtype=np.uint8)
    suffixes = np.frombuffer(SUFFIXES.encode(), dtype=np.uint8)
    text = np.empty((values.size, LENGTH), dtype=np.uint8)
    text[:, :6] = np.frombuffer((key_prefix + POD).encode(), dtype=np.uint8)
    rest = values.copy()
    for column in range(5 + _SERIAL_DIGITS, 5, -1):
        text[:, column] = alphabet[(rest % np.uint64(62)).astype(np.intp)]
        rest //= np.uint64(62)
    capitals = (text[:, :15] >= ord("A")) & (text[:, :15] <= ord("Z"))
    bits = capitals.reshape(-1, 3, 5) @ (1 << np.arange(5))
    text[:, 15:] = suffixes[bits]
    return spelled(text)
