"""Texts whose personal data is labelled, to measure detectors by.

Three forms are read: a JSON array or JSON Lines of objects with a text (`text` or `full_text`) and
its spans (`spans`, `entities` or `labels`), each an object or a list of start, end and label, in
code points; and the columns of CoNLL: a token and its tag a line, an empty line after a sentence.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import orjson

from curate.errors import InputError

_TEXT: Final = ("text", "full_text")
_SPANS: Final = ("spans", "entities", "labels")
_START: Final = ("start", "start_position", "begin")
_END: Final = ("end", "end_position")
_LABEL: Final = ("label", "entity_type", "entity", "type")
_NOTHING: Final = ("O", "")


class LabelledSpan(NamedTuple):
    """[start, end) in code points, and what stands there."""

    start: int
    end: int
    entity: str


class Labelled(NamedTuple):
    """A text and its spans."""

    text: str
    spans: tuple[LabelledSpan, ...]


def parse_labelled(raw: bytes, name: str) -> list[Labelled]:
    """The texts of a file; `name` is what errors call it.

    Raises InputError with the place of the first that is wrong.
    """
    head = raw.lstrip()[:1]
    if head == b"[":
        found = list(_documents(enumerate(_json(raw, name), 1), name))
    elif head == b"{":
        lines = enumerate(raw.split(b"\n"), 1)
        told = ((at, _json(line, f"{name}:{at}")) for at, line in lines if line.strip())
        found = list(_documents(told, name))
    else:
        found = list(_sentences(raw, name))
    if not found:
        raise InputError(name, "it holds no labelled text", _RIGHT)
    return found


_RIGHT: Final = (
    'Expected JSON Lines such as {"text": "Hi Jo", "spans": [{"start": 3, "end": 5, '
    '"label": "PERSON"}]}, or lines of a token and its tag.'
)


def _json(raw: bytes, name: str) -> Any:
    try:
        return orjson.loads(raw)
    except ValueError as error:
        raise InputError(name, f"it is not JSON: {error}", _RIGHT) from None


def _documents(told: Any, name: str) -> Iterator[Labelled]:
    for at, document in told:
        where = f"{name}:{at}"
        text, spans = _value(document, _TEXT), _value(document, _SPANS)
        if not isinstance(text, str) or not isinstance(spans, list):
            raise InputError(where, "it has no text, or no list of spans", _RIGHT)
        yield Labelled(text, tuple(_span(one, text, where) for one in spans))


def _span(told: Any, text: str, where: str) -> LabelledSpan:
    values = told if isinstance(told, list) else [_value(told, each) for each in _NAMES]
    match values:
        case [int(start), int(end), str(label)] if 0 <= start < end <= len(text):
            return LabelledSpan(start, end, label)
    right = f"Expected start, end (at most {len(text)}) and label."
    raise InputError(where, f"it has the span {told!r}", right)


_NAMES: Final = (_START, _END, _LABEL)


def _value(told: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(told, Mapping):
        return None
    return next((told[name] for name in names if name in told), None)


def _sentences(raw: bytes, name: str) -> Iterator[Labelled]:
    tokens: list[tuple[str, str]] = []
    for at, line in enumerate(raw.decode("utf-8", "replace").split("\n"), 1):
        cells = line.split()
        if len(cells) > 1:
            tokens.append((cells[0], cells[-1]))
        elif cells:
            raise InputError(f"{name}:{at}", f"it has the line {line!r}", _RIGHT)
        elif tokens:
            yield _sentence(tokens)
            tokens = []
    if tokens:
        yield _sentence(tokens)


def _sentence(tokens: list[tuple[str, str]]) -> Labelled:
    """The tokens with a space between; tags are of the form BIO (Ramshaw and Marcus 1995)."""
    spans: list[LabelledSpan] = []
    at = 0
    for token, tag in tokens:
        kind, _, label = tag.partition("-")
        end = at + len(token)
        if kind == "I" and spans and spans[-1].entity == label and spans[-1].end == at - 1:
            spans[-1] = spans[-1]._replace(end=end)
        elif tag not in _NOTHING:
            spans.append(LabelledSpan(at, end, label or kind))
        at = end + 1
    return Labelled(" ".join(token for token, _ in tokens), tuple(spans))
