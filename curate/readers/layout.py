"""How a line of JSON is laid out: its columns in order, and what each of them holds."""

from typing import Any, Final, NamedTuple, Self

import orjson

from curate.readers.shapes.assemble import Assembler
from curate.readers.shapes.turn import PLAIN_ROLE_OF

TURNS: Final = 0
"""The conversation: a list of objects of a role and a text."""
TEXT: Final = 1
"""A text that is content."""
STRING: Final = 2
INTEGER: Final = 3
BOOLEAN: Final = 4
NULL: Final = 5
UNKNOWN: Final = 6

_KIND_OF: Final[dict[type, int]] = {str: STRING, int: INTEGER, bool: BOOLEAN, type(None): NULL}
_PARTS: Final = (("role", "content"), ("from", "value"))
ROLES: Final = sorted(PLAIN_ROLE_OF, key=lambda name: (name not in ("user", "assistant"), name))
"""The names of roles, those first that are looked for most."""


class Layout(NamedTuple):
    """Columns that compiled code can read, and what records are made of them."""

    columns: tuple[str, ...]
    kinds: tuple[int, ...]
    parts: tuple[str, str]
    """What turns call their role and their content."""
    content: tuple[str, ...]
    """The columns of the content, as `Assembler.plain_columns` has them."""
    labels: tuple[tuple[str, str], ...]
    """The name and the column of each label."""
    meta: tuple[str, ...]
    """The columns that go to meta."""

    @classmethod
    def of(cls, record: dict[str, Any], assembler: Assembler) -> Self | None:
        """The layout of a record, None where compiled code cannot read such records."""
        content = assembler.plain_columns
        if content is None:
            return None
        kinds = [_kind(value, column in content) for column, value in record.items()]
        parts = _PARTS[0]
        if TURNS in kinds:
            turns = record[content[0]]
            parts = next((each for each in _PARTS if _have(turns, each)), ("", ""))
        labels = assembler.labels
        layout = cls(tuple(record), tuple(kinds), parts, content, labels, assembler.rest)
        right = UNKNOWN not in kinds and all(parts)
        return layout if right and {column for _, column in labels} <= {*layout.values} else None

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that are content and no turns, in order."""
        return self._of_kind(TEXT)

    @property
    def values(self) -> tuple[str, ...]:
        """The columns of which the text of JSON is kept, in order."""
        return self._of_kind(STRING, INTEGER, BOOLEAN, NULL)

    @property
    def has_turns(self) -> bool:
        """Whether one of the columns is a conversation."""
        return TURNS in self.kinds

    @property
    def names(self) -> list[bytes]:
        """The columns as JSON."""
        return [orjson.dumps(name) for name in self.columns]

    @property
    def words(self) -> list[bytes]:
        """The words that compiled code looks for, as JSON."""
        return [b"true", b"false", b"null", *map(orjson.dumps, (*self.parts, *ROLES))]

    @property
    def written(self) -> tuple[list[bytes], list[int], list[int]]:
        """What `kernel_lines.write_records` is told of the columns: names, kinds and sources."""
        order = sorted(range(len(self.columns)), key=lambda at: self.columns[at])
        names = [b"%b%b:" % (b"," if at else b"{", self.names[n]) for at, n in enumerate(order)]
        places = {name: at for group in (self.texts, self.values) for at, name in enumerate(group)}
        kinds = [self.kinds[n] for n in order]
        return names, kinds, [places.get(self.columns[n], 0) for n in order]

    @property
    def written_words(self) -> list[bytes]:
        """What it is told of turns: what stands before a content and a role, then the roles."""
        first = [b"{" if part == min(self.parts) else b"," for part in reversed(self.parts)]
        before = [
            b"%b%b:" % (a, orjson.dumps(b))
            for a, b in zip(first, reversed(self.parts), strict=True)
        ]
        return [*before, *map(orjson.dumps, ROLES)]

    def _of_kind(self, *wanted: int) -> tuple[str, ...]:
        pairs = zip(self.columns, self.kinds, strict=True)
        return tuple(column for column, kind in pairs if kind in wanted)


def _kind(value: Any, is_content: bool) -> int:
    if is_content:
        return TEXT if isinstance(value, str) else TURNS if isinstance(value, list) else UNKNOWN
    return _KIND_OF.get(type(value), UNKNOWN)


def _have(turns: list[Any], parts: tuple[str, str]) -> bool:
    return bool(turns) and all(isinstance(turn, dict) and turn.keys() == {*parts} for turn in turns)
