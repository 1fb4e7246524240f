"""YAML with the line of every part, so that a problem can be shown where it stands."""

from typing import Any, NamedTuple

import yaml

Place = tuple[str | int, ...]
"""Where a part stands: keys and indexes from the root."""


class Marked(NamedTuple):
    """Plain data, and the line (from 1) of each part of it."""

    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of a part, or of the nearest part around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class YamlError(Exception):
    """The text is not YAML, or a key stands twice."""

    def __init__(self, line: int, what: str) -> None:
        """`line` counts from 1; `what` is one sentence."""
        super().__init__(what)
        self.line = line
        self.what = what


def read_marked(content: bytes) -> Marked:
    """Parse one YAML document with safe types only. Raises YamlError."""
    try:
        _check_aliases(content)
        loader = yaml.SafeLoader(content)
        node = loader.get_single_node()
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise YamlError(_line_of(error), _sentence(error)) from error
    if node is None:
        return Marked(None, {})
    lines: dict[Place, int] = {}
    _walk(node, (), lines)
    try:
        return Marked(loader.construct_document(node), lines)
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError(_line_of(error), _sentence(error)) from error


def _check_aliases(content: bytes) -> None:
    """Refuse aliases, by which a small file can stand for a huge one."""
    for event in yaml.parse(content, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            what = f"got the alias '*{event.anchor}': write the value out"
            mark = event.start_mark
            raise YamlError(1 if mark is None else mark.line + 1, what)


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int]) -> None:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            if inner in lines:
                raise YamlError(key.start_mark.line + 1, f"the key {key.value!r} stands twice")
            _walk(value, inner, lines)
            lines[inner] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*place, index), lines)


def _line_of(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark is not None else 1


def _sentence(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).partition("\n")[0]
