"""What compiled code took lines apart to, made into records."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curate.hashing import record_ids
from curate.readers.layout import ROLES, Layout
from curate.readers.shapes.opening import INPUT_SEPARATOR
from curate.readers.shapes.turn import ROLE_OF
from curate.record import MESSAGE, RECORD

_ROLES: Final = pa.array([ROLE_OF[name] for name in ROLES])
_EMPTY: Final = '""'


class Apart(NamedTuple):
    """Lines of one layout, taken apart."""

    layout: Layout
    lines: npt.NDArray[np.int64]
    """The number of each line in its file."""
    turns: npt.NDArray[np.int64]
    """How many turns each has, where the layout has turns."""
    roles: npt.NDArray[np.uint8]
    """Of each turn, by its place in `layout.ROLES`."""
    texts: pa.StringArray
    """The texts of the turns, or of the layout's `texts`, line by line."""
    written: pa.StringArray
    """The layout's `values` as canonical JSON, line by line."""
    whole: pa.LargeBinaryArray | None
    """Each line as canonical JSON, where that makes its identity."""

    def is_unicode(self) -> bool:
        """Whether all texts are UTF-8."""
        try:
            self.texts.validate(full=True)
            self.written.validate(full=True)
        except pa.ArrowInvalid:
            return False
        return True

    def has_empty(self, column: str | None) -> bool:
        """Whether a value of a column is an empty text."""
        return column is not None and bool(pc.any(pc.equal(self._value(column), _EMPTY)).as_py())

    def records(
        self, source: str, file: str, key: str | None, license_: str | None
    ) -> pa.RecordBatch:
        """The records (schema `record.RECORD`); `key` is the column of the key, if there is one."""
        count, layout = len(self.lines), self.layout
        messages, prompt_turns, text = self._content()
        columns = {
            "id": record_ids(source, self._value(key) if key else self.whole),
            "messages": messages,
            "prompt_turns": prompt_turns,
            "text": text,
            "labels": self._object(dict(layout.labels)),
            "meta": self._object({name: name for name in layout.meta}),
            "license": pa.repeat(pa.scalar(license_, pa.string()), count),
            "source": pa.repeat(source, count),
            "file": pa.repeat(file, count),
            "line": pa.array(self.lines),
        }
        arrays = [columns.get(each.name, pa.nulls(count, each.type)) for each in RECORD]
        return pa.RecordBatch.from_arrays(arrays, schema=RECORD)

    def _content(self) -> tuple[pa.Array, pa.Array, pa.Array]:
        """The columns messages, prompt_turns and text."""
        count, columns = len(self.lines), self.layout.content
        if self.layout.has_turns:
            ends = np.concatenate([np.zeros(1, np.int32), np.cumsum(self.turns, dtype=np.int32)])
            roles = _ROLES.take(pa.array(self.roles))
            answered = pc.equal(roles, "assistant").to_numpy(zero_copy_only=False)[ends[1:] - 1]
            prompt_turns = (self.turns - answered).astype(np.int32)
            return _turns(roles, self.texts, ends), pa.array(prompt_turns), _nulls(count)
        if len(columns) == 1:
            no_messages = pa.nulls(count, RECORD.field("messages").type)
            return no_messages, pa.array(np.zeros(count, np.int32)), self.texts
        prompt, given, response = columns
        asked = _question(self._text(prompt), self._text(given)) if given else self._text(prompt)
        # Question and answer in turn.
        order = np.arange(2 * count).reshape(2, count).T.ravel()
        contents = pa.concat_arrays([asked, self._text(response)]).take(pa.array(order))
        roles = pa.array(["user", "assistant"]).take(pa.array(np.arange(2 * count) % 2))
        ends = np.arange(count + 1, dtype=np.int32) * 2
        return _turns(roles, contents, ends), pa.array(np.ones(count, np.int32)), _nulls(count)

    def _text(self, column: str) -> pa.StringArray:
        return _each(self.texts, self.layout.texts, column)

    def _value(self, column: str) -> pa.StringArray:
        return _each(self.written, self.layout.values, column)

    def _object(self, columns: dict[str, str]) -> pa.Array:
        """Some columns as the text of an object with sorted keys."""
        if not columns:
            return pa.repeat("{}", len(self.lines))
        parts: list[pa.Array | str] = []
        for name in sorted(columns):
            before = "," if parts else "{"
            parts += [f"{before}{orjson.dumps(name).decode()}:", self._value(columns[name])]
        return pc.binary_join_element_wise(*parts, "}", "")


def _each(texts: pa.StringArray, columns: tuple[str, ...], column: str) -> pa.StringArray:
    """Those of one column, of texts that stand line by line."""
    if len(columns) == 1:
        return texts
    return texts.take(pa.array(np.arange(columns.index(column), len(texts), len(columns))))


def _question(prompts: pa.StringArray, given: pa.StringArray) -> pa.StringArray:
    """What `opening.question` makes of each prompt with its input."""
    both = pc.and_(pc.not_equal(prompts, ""), pc.not_equal(given, ""))
    separators = pc.if_else(both, INPUT_SEPARATOR, "")
    return pc.binary_join_element_wise(prompts, separators, given, "")


def _turns(roles: pa.Array, contents: pa.Array, ends: npt.NDArray[np.int32]) -> pa.ListArray:
    """Lists of turns that have a role and a content and nothing else."""
    own = {"role": roles, "content": contents}
    children = [own.get(each.name, pa.nulls(len(roles), each.type)) for each in MESSAGE]
    turns = pa.StructArray.from_arrays(children, fields=list(MESSAGE))
    return pa.ListArray.from_arrays(pa.array(ends), turns).cast(pa.list_(MESSAGE))


def _nulls(count: int) -> pa.StringArray:
    return pa.nulls(count, pa.string())
