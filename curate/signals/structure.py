"""Signals of a record's turns; null for records without `messages`."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.byte_gates import first_signs
from curate.fields import Turns, turns_of
from curate.scan.copies import Rows, may_stand_in
from curate.signals.question import last_question
from curate.signals.registry import record_signal, signal

_LETTERS = {"system": "s", "user": "u", "assistant": "a", "tool": "t"}
_ALPHABET = np.frombuffer("".join([*_LETTERS.values(), "?"]).encode(), np.uint8)


@record_signal("turns", pa.int64())
def turns(batch: pa.RecordBatch) -> pa.Array:
    """Number of messages."""
    return pc.list_value_length(batch.column("messages"))


@record_signal("one letter a turn", pa.string())
def roles(batch: pa.RecordBatch) -> pa.Array:
    """Roles in order: s system, u user, a assistant, c assistant that calls tools, t tool."""
    messages = batch.column("messages")
    flat = turns_of(batch, "messages")
    names = pc.struct_field(flat.values, [0])
    letters = pc.index_in(names, pa.array(list(_LETTERS)))
    found = _ALPHABET[pc.fill_null(letters, len(_LETTERS)).to_numpy(zero_copy_only=False)]
    found[_calls_tools(flat) & (found == ord("a"))] = ord("c")
    # Each letter is a byte, so that those of a record are its text already.
    offsets = _offsets(messages)
    joined = pa.StringArray.from_buffers(len(messages), offsets.buffers()[1], pa.py_buffer(found))
    return pc.if_else(pc.is_valid(messages), joined, pa.scalar(None, pa.string()))


@record_signal("turns", pa.int64())
def empty_turns(batch: pa.RecordBatch) -> pa.Array:
    """Number of system, user and assistant turns with neither content nor tool calls.

    The answer of a tool may be empty, and white space is no content.
    """
    flat = turns_of(batch, "messages")
    contents = pc.struct_field(flat.values, [1])
    blank = first_signs(contents) == 0
    trimmed = pc.utf8_trim_whitespace(contents.filter(pa.array(blank)))
    blank[blank] = _bools(pc.fill_null(pc.equal(trimmed, ""), True))
    of_tool = pc.fill_null(pc.equal(pc.struct_field(flat.values, [0]), "tool"), False)
    empty = blank & ~_bools(of_tool) & ~_calls_tools(flat)
    return _counted(batch, flat, empty)


@record_signal("true or false", pa.bool_())
def has_tool_calls(batch: pa.RecordBatch) -> pa.Array:
    """Whether a turn after the prompt calls a tool."""
    flat = turns_of(batch, "messages")
    boundary = pc.fill_null(batch.column("prompt_turns"), 0).to_numpy(zero_copy_only=False)
    wanted = _calls_tools(flat) & (flat.place >= boundary[flat.rows])
    return pc.greater(_counted(batch, flat, wanted), 0)


@signal("share of words", pa.float64())
def prompt_echo(batch: pa.RecordBatch, texts: pa.StringArray) -> pa.Array:
    """Share of the last user turn's words with which the text begins, in the same order.

    1.0: the text begins with the whole of that turn. Null where the prompt has no user turn or
    that turn has no words.
    """
    asked = last_question(batch)
    shares = np.zeros(len(texts))
    for row in _maybe_echoes(asked, texts).tolist():
        question = asked[row].as_py()
        shares[row] = _common_start(question, texts[row].as_py()) / len(question.split())
    worded = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(asked), ""), False)
    valid = pc.and_(worded, pc.is_valid(texts))
    return pc.if_else(valid, pa.array(shares), pa.scalar(None, pa.float64()))


@signal("words", pa.int64())
def new_words(batch: pa.RecordBatch, texts: pa.StringArray) -> pa.Array:
    """Number of words after the last user turn, where the text begins with the whole of it.

    Null where it does not.
    """
    asked = last_question(batch)
    counts = np.zeros(len(texts), np.int64)
    whole = np.zeros(len(texts), np.bool_)
    rows = may_stand_in(texts, asked, _maybe_echoes(asked, texts))
    sides = (each.take(pa.array(rows)).to_pylist() for each in (asked, texts))
    for row, question, answer in zip(rows.tolist(), *sides, strict=True):
        common = _common_start(question, answer)
        whole[row] = common == len(question.split())
        counts[row] = len(answer.split()) - common if whole[row] else 0
    return pa.array(counts, mask=~whole)


def _maybe_echoes(asked: pa.StringArray, texts: pa.StringArray) -> Rows:
    """The rows where both texts begin with the same character."""
    sides = (asked, texts)
    first, second = (first_signs(each) for each in sides)
    found = (first == second) & (first != 0)
    others = np.flatnonzero((first == 0) | (second == 0))
    one, other = (_first_character(each.take(pa.array(others))) for each in sides)
    same = pc.and_(pc.equal(one, other), pc.not_equal(one, ""))
    found[others] = _bools(pc.fill_null(same, False))
    return np.flatnonzero(found)


def _first_character(texts: pa.StringArray) -> pa.StringArray:
    """The first of each that is no white space, "" where there is none."""
    first = pc.utf8_slice_codeunits(texts, 0, 1)
    if pc.any(pc.utf8_is_space(first)).as_py():
        return pc.utf8_slice_codeunits(pc.utf8_ltrim_whitespace(texts), 0, 1)
    return first


def _common_start(asked: str, answer: str) -> int:
    """With how many of the question's words an answer begins."""
    wanted = asked.split()
    given = answer.split(None, len(wanted))
    pairs = zip(wanted, given[: len(wanted)], strict=False)
    return next(
        (place for place, (a, b) in enumerate(pairs) if a != b), min(len(wanted), len(given))
    )


def _calls_tools(flat: Turns) -> npt.NDArray[np.bool_]:
    calls = pc.struct_field(flat.values, [3])
    if calls.null_count == len(calls):
        return np.zeros(len(calls), np.bool_)
    return _bools(pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(calls), "[]"), False))


def _bools(array: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(array.to_numpy(zero_copy_only=False), np.bool_)


def _offsets(lists: pa.ListArray) -> pa.Array:
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    offsets = np.zeros(len(lists) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.array(offsets)


def _counted(batch: pa.RecordBatch, flat: Turns, wanted: npt.NDArray[np.bool_]) -> pa.Array:
    counts = np.bincount(flat.rows[wanted], minlength=len(batch))
    missing = _bools(pc.is_null(batch.column("messages")))
    return pa.array(counts, mask=missing)
