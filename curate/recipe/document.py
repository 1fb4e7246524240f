"""YAML as plain values whose lines are known.

Only the core schema of YAML 1.2 is understood: texts, numbers, true and false, null, lists and
mappings. `no` and `2024-01-31` are texts. Tags and aliases are refused, so that a small file cannot
become a large value, and no value is built from a name in the file.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from curate.recipe.problem import Place, Problem, RecipeProblemsError, shown

MAX_BYTES: Final = 1 << 20
MAX_NODES: Final = 10_000
MAX_DEPTH: Final = 50

_STRING = "tag:yaml.org,2002:str"
_SCALARS: Final = {
    "tag:yaml.org,2002:null": (r"~|null|Null|NULL|", "~nN\0"),
    "tag:yaml.org,2002:bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "tag:yaml.org,2002:int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "tag:yaml.org,2002:float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
}


@dataclass(frozen=True)
class Document:
    """The values of a document, the line of each (from 1), and what is wrong with it as YAML."""

    value: Any
    lines: dict[Place, int]
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it that is in the file."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)


class _Loader(yaml.BaseLoader):
    """Composes nodes within limits; resolves scalars by the core schema."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.nodes = 0
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise _refused(mark, f"got the alias '*{event.anchor}'", "write the value out")
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _refused(mark, f"got more than {MAX_NODES:,} values", "expected a smaller file")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _refused(mark, f"got more than {MAX_DEPTH} levels", "expected a flatter file")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _tag, (_pattern, _first) in _SCALARS.items():
    _beginnings = [*_first.replace("\0", ""), *([""] if "\0" in _first else [])]
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), _beginnings)


class _UnreadableError(Exception):
    """The text cannot be composed at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.found)
        self.problem = problem


def _refused(mark: yaml.Mark, found: str, right: str) -> _UnreadableError:
    return _UnreadableError(Problem(mark.line + 1, (), found, right, mark.column + 1))


def read_document(text: str, file: str) -> Document:
    """Read the one document of a YAML text.

    Raises RecipeProblemsError where the text is not YAML, is empty, or is over a limit. Others (a
    key given twice, a tag) are in `Document.problems`, so that they are reported with the rest.
    """
    if len(text) > MAX_BYTES:
        found = f"got {len(text):,} characters"
        raise RecipeProblemsError(file, [Problem(0, (), found, f"expected at most {MAX_BYTES:,}")])
    try:
        node = _compose(text)
    except _UnreadableError as error:
        raise RecipeProblemsError(file, [error.problem]) from None
    if node is None:
        right = "expected a mapping with 'dataset', 'sources' and 'steps'"
        raise RecipeProblemsError(file, [Problem(0, (), "got an empty file", right)])
    document = Document(None, {})
    value = _Converter(document).convert(node, ())
    return Document(value, document.lines, document.problems)


def _compose(text: str) -> yaml.Node | None:
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        found = f"got the control character {error.character!r}"
        raise _UnreadableError(Problem(line, (), found, "expected plain text")) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = "not YAML: " + ": ".join(part for part in (error.context, error.problem) if part)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        tab = "'\\t'" in found
        right = "indent with spaces" if tab else "expected one YAML document, a mapping"
        raise _UnreadableError(Problem(line, (), found, right, column)) from None


class _Converter:
    """Makes plain values of nodes, and notes where each stood."""

    def __init__(self, document: Document) -> None:
        self.lines = document.lines
        self.problems = document.problems

    def convert(self, node: Any, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            self._check_tag(node, place, "tag:yaml.org,2002:map")
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            self._check_tag(node, place, "tag:yaml.org,2002:seq")
            return [self.convert(item, (*place, at)) for at, item in enumerate(node.value)]
        self._check_tag(node, place, _STRING, *_SCALARS)
        return self._scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                found = "got a list or a mapping as a key"
                self.problems.append(Problem(line, place, found, "expected a text"))
                continue
            key = str(key_node.value)
            here = (*place, key)
            self._check_tag(key_node, here, _STRING, *_SCALARS)
            if key in values:
                found = f"got the key a second time (first on line {self.lines[here]})"
                self.problems.append(Problem(line, here, found, "keep one of them"))
                continue
            self.lines[here] = line
            values[key] = self.convert(value_node, here)
        return values

    def _check_tag(self, node: yaml.Node, place: Place, *known: str) -> None:
        if node.tag not in known:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            found, right = f"got the tag {tag!r}", "tags are refused: write a plain value"
            self.problems.append(Problem(node.start_mark.line + 1, place, found, right))

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> str | int | float | bool | None:
        text = str(node.value)
        try:
            value = _plain(node.tag, text)
        except (ValueError, KeyError):
            value = text
        right = _outside_json(value)
        if right:
            line = node.start_mark.line + 1
            self.problems.append(Problem(line, place, f"got {shown(value)}", right))
            return None
        return value


def _plain(tag: str, text: str) -> str | int | float | bool | None:
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return {"true": True, "false": False}[text.lower()]
    if kind == "int":
        return int(text, 0) if text[:2].lower() in ("0x", "0o") else int(text)
    if kind == "float":
        return float(re.sub(r"\.(?=[iInN])", "", text))
    return text


def _outside_json(value: Any) -> str | None:
    """What would be right instead of a value that JSON cannot hold; None where it can."""
    if isinstance(value, float) and not math.isfinite(value):
        return "expected a finite number"
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return "expected a number of at most 64 bits"
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        return "expected Unicode text (half a surrogate pair is none)"
    return None
