"""A pack as a step chose it: its bytes, and the lists of words that go with it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from curate.errors import CurateError
from curate.rulepacks.expression import parse_expression
from curate.rulepacks.line_rule import line_signals
from curate.rulepacks.pack import Pack, parse_pack
from curate.rulepacks.problem import PackError
from curate.rulepacks.rule import Predicate
from curate.rulepacks.shelf import is_path, pack_bytes
from curate.signals import SIGNALS

MOST_WORDS: Final = 100_000
"""Of a list: they become one pattern."""


class Chosen(NamedTuple):
    """A pack with the lists that a step gives it."""

    content: bytes
    """The YAML of the pack."""
    lists_content: bytes
    """The words of each list, as JSON with sorted keys."""

    @property
    def pack(self) -> Pack:
        """The pack."""
        return parsed(self.content)

    def files(self) -> Sequence[bytes]:
        """What a fingerprint covers."""
        lists = [] if self.lists_content == b"{}" else [self.lists_content]
        own = [SIGNALS[name].code for name in signals_of(self.pack) if SIGNALS[name].code]
        return (self.content, *lists, *own)


@lru_cache(maxsize=32)
def parsed(content: bytes) -> Pack:
    """The pack of some bytes. Raises PackError."""
    return parse_pack(content)


def read_pack(name: str, folder: Path) -> bytes:
    """The YAML of a pack; a path is relative to a folder. Raises ValueError where it is wrong."""
    try:
        content = pack_bytes(str(folder / name) if is_path(name) else name)
    except CurateError as error:
        raise ValueError(f"{error.found}. {error.right}") from error
    try:
        parsed(content)
    except PackError as error:
        raise ValueError(f"the rule pack {name!r} is wrong: {error}") from error
    return content


def read_lists(lists: Mapping[str, str], folder: Path) -> bytes:
    """The words of files, as `Chosen` holds them. Raises ValueError where one cannot be read."""
    words = {key: _words(folder / path) for key, path in lists.items()}
    return orjson.dumps(words, option=orjson.OPT_SORT_KEYS)


def signals_of(pack: Pack) -> list[str]:
    """The signals that the rules of a pack name, sorted."""
    known = frozenset(line_signals()) | frozenset(SIGNALS) | frozenset(pack.scores)
    found = {
        name
        for rule in (*pack.lines, *pack.rules)
        for text in (rule.where, rule.value)
        if text is not None
        for name in parse_expression(text, known, rule.limit).signals
    }
    return sorted(found & set(SIGNALS))


def unlisted(chosen: Chosen, rules: Iterable[Predicate]) -> list[str]:
    """A sentence for each rule that waits for a list of words."""
    given = orjson.loads(chosen.lists_content)
    return [
        f"the rule {rule.id} is not applied: it needs a list of words, which is not given "
        f"(lists: {{{rule.words}: FILE}})"
        for rule in rules
        if rule.words is not None and rule.words not in given
    ]


def _words(path: Path) -> list[str]:
    """The words of a file, one a line; blank lines and those that begin with # are none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"the list {str(path)!r} is not UTF-8") from error
    except OSError as error:
        raise ValueError(f"the list {str(path)!r} cannot be read: {error.strerror}") from error
    words = sorted({line.strip() for line in lines if line.strip() and line[0] != "#"})
    if not 0 < len(words) <= MOST_WORDS:
        raise ValueError(f"the list {str(path)!r} has {len(words):,} words, 1 to {MOST_WORDS:,} go")
    return words
