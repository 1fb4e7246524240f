"""Results as JSON documents."""

from collections.abc import Mapping
from typing import Any


def document(value: Any) -> Any:
    r"""Named tuples as mappings, bytes as hex digits, all the way down.

    >>> from curate.history.pieces import Piece
    >>> document([Piece("equal", "a"), b"\xff"])
    [{'kind': 'equal', 'text': 'a'}, 'ff']
    """
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: document(item) for name, item in value._asdict().items()}
    if isinstance(value, Mapping):
        return {document(key): document(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [document(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value
