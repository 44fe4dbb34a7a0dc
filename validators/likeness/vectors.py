"""Instructions that compiled loops spend their time on and numba has no words for.

They are written in LLVM's language: sums of absolute differences of bytes, many at a time. Where
the processor has no `vpsadbw` (AVX2) the same sums are made of general instructions.
"""

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from orgsmith.validators.likeness.profiles import LETTERS

GROUP = 16
"""Profiles that one is compared with at a time."""

# llvmlite and numba publish no types.
Builder = Any
Kind = Any
Value = Any
Build = Callable[[Builder, Sequence[Value]], Value]

FAST = binding.get_host_cpu_features().get("avx2", False)
_WORD, _PLACE = ir.IntType(64), ir.IntType(32)
_BYTES, _LANES = ir.VectorType(ir.IntType(8), 32), ir.VectorType(_WORD, 4)


def _instruction(function: Callable[..., Kind]) -> Callable[..., int]:
    """What compiled code may call: the function says how a call is built."""
    made: Callable[..., int] = intrinsic(prefer_literal=True)(function)
    return made


@_instruction
def near(context: Kind, letters: Kind, row: Kind, packed: Kind, group: Kind, limit: Kind) -> Kind:
    """The members of a packed group whose L1 distance to a profile is at most `limit`: bits."""

    def build(builder: Builder, values: Sequence[Value]) -> Value:
        letters, row, packed, group, limit = values
        at = builder.mul(row, _word(LETTERS))
        mine = [
            builder.bitcast(_spread(builder, _bytes(builder, letters, at, 8 * part, _WORD)), _BYTES)
            for part in range(LETTERS // 8)
        ]
        at, most = builder.mul(group, _word(GROUP * LETTERS)), _spread(builder, limit)
        bits = []
        for four in range(GROUP // 4):
            sums = [
                _sums(
                    builder,
                    part,
                    _bytes(builder, packed, at, 4 * LETTERS * four + 32 * place, _BYTES),
                )
                for place, part in enumerate(mine)
            ]
            hit = builder.icmp_signed("<=", _added(builder, sums), most)
            hit = builder.zext(builder.bitcast(hit, ir.IntType(4)), _WORD)
            bits.append(builder.shl(hit, _word(4 * four)))
        return _added(builder, bits)

    return _built(build, letters, types.int64, packed, types.int64, types.int64)


@_instruction
def apart(context: Kind, profiles: Kind, one: Kind, two: Kind, width: Kind) -> Kind:
    """The L1 distance of two rows of profiles of a constant width."""
    bytes_ = width.literal_value

    def build(builder: Builder, values: Sequence[Value]) -> Value:
        profiles, one, two, _ = values
        ones, twos = builder.mul(one, _word(bytes_)), builder.mul(two, _word(bytes_))
        sums = [
            _sums(
                builder,
                _bytes(builder, profiles, ones, at, _BYTES),
                _bytes(builder, profiles, twos, at, _BYTES),
            )
            for at in range(0, bytes_, 32)
        ]
        lanes = _added(builder, sums)
        return _added(
            builder,
            [builder.extract_element(lanes, ir.Constant(_PLACE, lane)) for lane in range(4)],
        )

    return _built(build, profiles, types.int64, types.int64, width)


@_instruction
def ones(context: Kind, word: Kind) -> Kind:
    """How many bits of a word are set."""
    return _built(
        lambda builder, values: _called(builder, "llvm.ctpop.i64", _WORD, *values), types.uint64
    )


@_instruction
def lowest(context: Kind, word: Kind) -> Kind:
    """The lowest bit of a word that is set."""

    def build(builder: Builder, values: Sequence[Value]) -> Value:
        return _called(builder, "llvm.cttz.i64", _WORD, *values, ir.Constant(ir.IntType(1), 1))

    return _built(build, types.int64)


def _built(build: Build, *taken: Kind) -> Kind:
    """What numba asks of an instruction: its signature and how it is built."""

    def generate(
        context: Kind, builder: Builder, signature: Kind, values: Sequence[Value]
    ) -> Value:
        known = [
            context.make_array(kind)(context, builder, value)
            if isinstance(kind, types.Array)
            else value
            for kind, value in zip(signature.args, values, strict=True)
        ]
        return build(builder, known)

    return types.int64(*taken), generate


def _sums(builder: Builder, one: Value, two: Value) -> Value:
    """Of two vectors of 32 bytes the absolute differences, summed by eight."""
    if FAST:
        return _called(builder, "llvm.x86.avx2.psad.bw", _LANES, one, two)
    wide = ir.VectorType(ir.IntType(16), 32)
    zero = ir.Constant(wide, [0] * 32)
    apart = builder.sub(builder.zext(one, wide), builder.zext(two, wide))
    apart = builder.select(builder.icmp_signed("<", apart, zero), builder.sub(zero, apart), apart)
    places = ir.VectorType(_PLACE, 4)
    parts = [
        builder.shuffle_vector(apart, apart, ir.Constant(places, [at, at + 8, at + 16, at + 24]))
        for at in range(8)
    ]
    return builder.zext(_added(builder, parts), _LANES)


def _called(builder: Builder, name: str, returned: Value, *values: Value) -> Value:
    """What an instruction of LLVM makes of some values."""
    kind = ir.FunctionType(returned, [value.type for value in values])
    called = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
        builder.module, kind, name
    )
    return builder.call(called, values)


def _added(builder: Builder, values: list[Value]) -> Value:
    """The sum of values."""
    total, *rest = values
    for value in rest:
        total = builder.add(total, value)
    return total


def _bytes(builder: Builder, array: Value, at: Value, more: int, kind: Value) -> Value:
    """A vector or word that begins `at` and `more` bytes into an array."""
    pointer = builder.bitcast(
        builder.gep(array.data, [builder.add(at, _word(more))]), kind.as_pointer()
    )
    value = builder.load(pointer)
    value.align = 1
    return value


def _word(value: int) -> Value:
    """A constant."""
    return ir.Constant(_WORD, value)


def _spread(builder: Builder, word: Value) -> Value:
    """A word in each lane of a vector."""
    none = ir.Constant(_LANES, ir.Undefined)
    first = builder.insert_element(none, word, ir.Constant(_PLACE, 0))
    return builder.shuffle_vector(first, none, ir.Constant(ir.VectorType(_PLACE, 4), [0] * 4))
