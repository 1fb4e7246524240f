"""Texts of examples, as packs write those that are long, or that must not stand there whole."""

from typing import Any, Final

Example = str | dict[str, Any]

LONGEST: Final = 1_000_000
"""Characters of the longest example."""


class ExampleError(ValueError):
    """An example cannot be made into a text or a record."""


def written_out(example: Example) -> Example:
    """The text of `{repeat: TEXT, times: N}` and of `{join: [TEXT, ...]}`; else the same.

    Pieces of `join` may be such themselves. What looks like a secret is written in pieces, so that
    no scanner takes the pack for a leak.

    >>> written_out({"join": ["ha", {"repeat": " ha", "times": 2}]})
    'ha ha ha'
    """
    if not isinstance(example, dict):
        return example
    if set(example) == {"join"}:
        return _joined(example["join"])
    if set(example) == {"repeat", "times"}:
        return _repeated(example["repeat"], example["times"])
    return example


def _joined(pieces: Any) -> str:
    texts = list(map(written_out, pieces)) if isinstance(pieces, list) else [None]
    if not all(isinstance(text, str) for text in texts):
        raise ExampleError("`join` is a list of texts")
    return "".join(map(str, texts))


def _repeated(text: Any, times: Any) -> str:
    fits = isinstance(text, str) and isinstance(times, int) and 0 < times * len(text) <= LONGEST
    if not fits:
        raise ExampleError(f"`repeat` is a text and `times` a number, of {LONGEST:,} characters")
    return str(text) * int(times)
