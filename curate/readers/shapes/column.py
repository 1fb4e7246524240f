"""A column of the input: its name, or a dotted path into objects."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from curate.readers.problem import BadRecordError, quoted


class Column(NamedTuple):
    """Where a part of a record stands in the input. A column named with dots comes first."""

    path: str
    optional: bool = False
    """Whether a record may lack it; a column that a recipe names must be there."""

    def of(self, record: dict[str, Any]) -> Any:
        """The value in a record; `BadRecordError` where the column must be there and is not."""
        if self.path in record:
            return record[self.path]
        value: Any = record
        for part in self.path.split("."):
            if not isinstance(value, dict) or part not in value:
                if self.optional:
                    return None
                raise BadRecordError(f"no column {self.path!r}; the columns are {listed(record)}")
            value = value[part]
        return value


def listed(record: dict[str, Any], most: int = 20) -> str:
    """The names of columns, for a message."""
    names = [f"{quoted(name, 60)}{' (null)' * (value is None)}" for name, value in record.items()]
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def without(record: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """What is left of a record, and of the objects in it, when the paths are taken away."""
    rest = dict(record)
    for path in paths:
        if path in rest:
            del rest[path]
        else:
            _take_inner(rest, path.split("."))
    return rest


def _take_inner(rest: dict[str, Any], parts: list[str]) -> None:
    name = parts[0]
    if name not in rest:
        return
    inner = rest[name]
    if len(parts) == 1:
        del rest[name]
    elif isinstance(inner, dict):
        rest[name] = dict(inner)
        _take_inner(rest[name], parts[1:])
        if not rest[name]:
            del rest[name]
