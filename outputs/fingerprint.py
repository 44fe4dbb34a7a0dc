"""The fingerprint of a dataset: a hash of its values, whatever library wrote the files.

A table is hashed column by column, values in the order of the rows:

| type | a value | a null |
| --- | --- | --- |
| String | byte length as int64, then the UTF-8 bytes | length -1 |
| Int64, Float64 | byte 1, then 8 bytes | byte 0, then 8 zero bytes |
| Datetime(us, UTC) | byte 1, then microseconds since 1970 as int64 | likewise |
| Date | byte 1, then days since 1970 as int32 | likewise |
| Boolean | byte 1, then one byte | likewise |
| List(String) | number of strings as int64, then each as above | number -1 |

Numbers are little-endian. The digest of a table is SHA-256 over its number of rows (int64) and,
for each column in the order of names, the length-prefixed name, the length-prefixed name of the
type, and the SHA-256 of the values; the fingerprint is SHA-256 over the length-prefixed name and
the digest of each table, in the order of names.
"""

import hashlib
from collections.abc import Mapping

import numpy as np
import polars as pl

_INT64 = np.dtype("<i8")
_TEXTS = pl.List(pl.String())
_STORED: dict[pl.DataType, tuple[str, np.dtype[np.generic], pl.DataType]] = {
    pl.Int64(): ("int64", _INT64, pl.Int64()),
    pl.Float64(): ("float64", np.dtype("<f8"), pl.Float64()),
    pl.Boolean(): ("boolean", np.dtype("u1"), pl.UInt8()),
    pl.Date(): ("date", np.dtype("<i4"), pl.Int32()),
    pl.Datetime("us", "UTC"): ("datetime[us, UTC]", _INT64, pl.Int64()),
}
"""The name of a type in the hash, the bytes of a value, and the type those are read from."""

_SLICE = 8192
"""Rows encoded at a time: few enough for the cache. The hash does not depend on it."""


class TableDigest:
    """Hashes a table from frames that come in the order of its rows, cut anywhere."""

    def __init__(self, schema: pl.Schema) -> None:
        """Start with no rows.

        Raises:
            TypeError: a column has a type that a dataset does not use.
        """
        self._schema = schema
        self._rows = 0
        self._columns = {name: hashlib.sha256() for name in sorted(schema)}
        self._types = {name: _type_name(name, dtype) for name, dtype in schema.items()}

    def update(self, frame: pl.DataFrame) -> None:
        """Add rows.

        Raises:
            TypeError: the frame's columns or types are not those of the table.
        """
        if dict(frame.schema) != dict(self._schema):
            raise TypeError(f"{frame.schema} given, {self._schema} expected")
        self._rows += frame.height
        for piece in frame.iter_slices(_SLICE):
            for name, digest in self._columns.items():
                digest.update(_encoded(piece[name].rechunk()))

    def hexdigest(self) -> str:
        """The digest of the table as it is so far."""
        whole = hashlib.sha256(self._rows.to_bytes(8, "little"))
        for name, digest in self._columns.items():
            for text in (name, self._types[name]):
                whole.update(_prefixed(text))
            whole.update(digest.digest())
        return whole.hexdigest()


def fingerprint(digests: Mapping[str, str]) -> str:
    """The fingerprint of tables, from the digest of each by its name."""
    whole = hashlib.sha256()
    for name in sorted(digests):
        whole.update(_prefixed(name))
        whole.update(bytes.fromhex(digests[name]))
    return whole.hexdigest()


def _type_name(name: str, dtype: pl.DataType) -> str:
    if dtype == pl.String():
        return "string"
    if dtype == _TEXTS:
        return "list[string]"
    if dtype not in _STORED:
        raise TypeError(f"column {name} has type {dtype}, which no column of a dataset has")
    return _STORED[dtype][0]


def _prefixed(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(8, "little") + encoded


def _encoded(values: pl.Series) -> bytes | memoryview:
    """The values as the table above says."""
    if values.dtype == pl.String():
        return _encoded_text(values)
    if values.dtype == _TEXTS:
        return b"".join(map(_encoded_list, values))
    _, stored, physical = _STORED[values.dtype]
    encoded = np.zeros(len(values), dtype=[("valid", "u1"), ("value", stored)])
    encoded["valid"] = values.is_not_null().to_numpy()
    numbers = values.to_physical().cast(physical)
    encoded["value"] = numbers.fill_null(strategy="zero").to_numpy()
    return encoded.tobytes()


def _encoded_text(values: pl.Series) -> bytes | memoryview:
    """Each value behind its length, without a loop over the values."""
    # pyarrow takes a while to import: not before something is hashed.
    import pyarrow as pa
    import pyarrow.compute as pc

    count = len(values)
    texts = values.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_binary())
    lengths = (
        pc.call_function("binary_length", [texts])
        .fill_null(-1)
        .to_numpy()
        .astype(_INT64, copy=False)
    )
    starts = np.arange(0, 8 * (count + 1), 8, dtype=_INT64)
    prefixes = pa.Array.from_buffers(
        pa.large_binary(), count, [None, pa.py_buffer(starts), pa.py_buffer(lengths)]
    )
    nothing = pa.scalar(b"", pa.large_binary())
    joined = pc.call_function(
        "binary_join_element_wise", [prefixes, texts.fill_null(nothing), nothing]
    )
    if not count:
        return b""
    _, offset_buffer, joined_buffer = joined.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=_INT64)[joined.offset :]
    return memoryview(joined_buffer)[offsets[0] : offsets[count]]


def _encoded_list(texts: pl.Series | None) -> bytes:
    """One value of a column of lists."""
    if texts is None:
        return (-1).to_bytes(8, "little", signed=True)
    return len(texts).to_bytes(8, "little") + _encoded_text(texts)
