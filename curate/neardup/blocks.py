"""What numba has no word for: 64 bytes at a time, and the bits of a number.

Each function is written in the vectors of LLVM, which turns them into what the processor has: one
instruction where that compares 64 bytes at once, four where it compares 16.
"""

from collections.abc import Callable
from sys import byteorder
from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from curate.scan.classes import PUNCTUATION, SPACE, classes

BLOCK: Final = 64
"""The bytes of a block; each is a bit of a mask, the first the lowest."""

LANES: Final = 32
"""How many numbers of 32 bits are worked on at a time."""

_BYTE, _NUMBER, _WORD = ir.IntType(8), ir.IntType(32), ir.IntType(64)
_BYTES, _BITS = ir.VectorType(_BYTE, BLOCK), ir.VectorType(ir.IntType(1), BLOCK)
_NUMBERS = ir.VectorType(_NUMBER, LANES)


def _inline(function: Callable[..., Any]) -> Any:
    """Let the code that a function gives stand where compiled functions call it."""
    return intrinsic(function)


def _runs(flag: int) -> list[tuple[int, int]]:
    """The runs of ASCII characters with a flag, the first and the last of each."""
    has = [code for code in range(0x80) if classes()[code] & flag]
    firsts = [code for code in has if code - 1 not in has]
    return list(zip(firsts, [code for code in has if code + 1 not in has], strict=True))


_SPACES, _PUNCTUATION = _runs(SPACE), _runs(PUNCTUATION)


def _is_in(builder: ir.IRBuilder, block: Any, runs: list[tuple[int, int]]) -> Any:
    """The mask of the bytes in any of the runs."""
    found = ir.Constant(_BITS, [0] * BLOCK)
    for first, last in runs:
        off = builder.sub(block, ir.Constant(_BYTES, [first] * BLOCK))
        width = ir.Constant(_BYTES, [last - first] * BLOCK)
        found = builder.or_(found, builder.icmp_unsigned("<=", off, width))
    return builder.bitcast(found, _WORD)


def _item(context: Any, builder: ir.IRBuilder, kind: Any, array: Any, place: Any) -> Any:
    """The pointer to an item of an array of bytes."""
    held = cgutils.create_struct_proxy(kind)(context, builder, value=array)
    return builder.gep(held.data, [place])


@_inline
def masks(_typing: Any, data: Any, _place: Any) -> Any:
    """Of the 64 bytes from a place on: which are white space, punctuation, and not ASCII."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> Any:
        pointer = _item(context, builder, signature.args[0], *given)
        block = builder.load(builder.bitcast(pointer, _BYTES.as_pointer()), align=1)
        beyond = builder.icmp_signed("<", block, ir.Constant(_BYTES, [0] * BLOCK))
        found = [
            _is_in(builder, block, _SPACES),
            _is_in(builder, block, _PUNCTUATION),
            builder.bitcast(beyond, _WORD),
        ]
        return context.make_tuple(builder, signature.return_type, found)

    return types.UniTuple(types.uint64, 3)(data, types.int64), code


@_inline
def eight(_typing: Any, data: Any, _place: Any) -> Any:
    """The eight bytes from a place on as one number, the first the lowest."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> Any:
        pointer = _item(context, builder, signature.args[0], *given)
        found = builder.load(builder.bitcast(pointer, _WORD.as_pointer()), align=1)
        return found if byteorder == "little" else builder.bswap(found)

    return types.uint64(data, types.int64), code


@_inline
def lowest(_typing: Any, _bits: Any) -> Any:
    """The place of the lowest bit that is set; 64 of none."""

    def code(_context: Any, builder: ir.IRBuilder, _signature: Any, given: Any) -> Any:
        return builder.cttz(given[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), code


@_inline
def highest(_typing: Any, _bits: Any) -> Any:
    """The place of the highest bit that is set; -1 of none."""

    def code(_context: Any, builder: ir.IRBuilder, _signature: Any, given: Any) -> Any:
        zeros = builder.ctlz(given[0], ir.Constant(ir.IntType(1), 0))
        return builder.sub(ir.Constant(_WORD, 63), zeros)

    return types.int64(types.uint64), code


@_inline
def ones(_typing: Any, _bits: Any) -> Any:
    """How many bits are set."""

    def code(_context: Any, builder: ir.IRBuilder, _signature: Any, given: Any) -> Any:
        return builder.ctpop(given[0])

    return types.int64(types.uint64), code


@_inline
def least(
    _typing: Any, numbers: Any, _count: Any, factors: Any, terms: Any, found: Any, _at: Any
) -> Any:
    """Fill `LANES` places of `found`, from `at` on, with the least of factor * number + term.

    Of each number the 32 upper bits count; there are `count` of them.
    """

    def code(context: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> Any:
        def pointer(argument: int, place: Any) -> Any:
            kind = signature.args[argument]
            return _item(context, builder, kind, given[argument], place)

        def vector(argument: int) -> Any:
            return builder.bitcast(pointer(argument, given[5]), _NUMBERS.as_pointer())

        factor, term = (builder.load(vector(argument), align=4) for argument in (2, 3))
        lowest = cgutils.alloca_once_value(builder, ir.Constant(_NUMBERS, [-1] * LANES))
        with cgutils.for_range(builder, given[1]) as loop:
            number = builder.load(pointer(0, loop.index))
            upper = builder.trunc(builder.lshr(number, ir.Constant(_WORD, 32)), _NUMBER)
            single = builder.insert_element(
                ir.Constant(_NUMBERS, ir.Undefined), upper, ir.Constant(_NUMBER, 0)
            )
            every = builder.shuffle_vector(single, single, ir.Constant(_NUMBERS, [0] * LANES))
            value = builder.add(builder.mul(every, factor), term)
            before = builder.load(lowest)
            less = builder.icmp_unsigned("<", value, before)
            builder.store(builder.select(less, value, before), lowest)
        builder.store(builder.load(lowest), vector(4), align=4)
        return context.get_dummy_value()

    return types.void(numbers, types.int64, factors, terms, found, types.int64), code
