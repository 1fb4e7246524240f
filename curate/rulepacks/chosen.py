"""A pack as a step chose it: its bytes, its lists of words, and whether its settings fit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

import orjson
from pydantic import ValidationInfo

from curate.errors import CurateError
from curate.rulepacks.expression import parse_expression
from curate.rulepacks.line_rule import LineRule, line_rule_faults, line_signals
from curate.rulepacks.pack import Pack, PackError, parse_pack
from curate.rulepacks.rule import Fault, Limit, Predicate, Rule, rule_faults
from curate.rulepacks.shelf import is_path, pack_bytes
from curate.signals import SIGNALS

MOST_WORDS = 100_000


class Settings(Protocol):
    """What steps over a pack are told."""

    @property
    def pack(self) -> str: ...  # noqa: D102
    @property
    def limits(self) -> dict[str, Limit]: ...  # noqa: D102
    @property
    def disable(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def lists(self) -> dict[str, str]: ...  # noqa: D102


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


def choose(settings: Settings, info: ValidationInfo) -> Chosen:
    """Read what the settings of a step name. Raises ValueError with everything that is wrong."""
    folder = (info.context or {}).get("base", Path())
    name = settings.pack
    try:
        content = pack_bytes(str(folder / name) if is_path(name) else name)
    except CurateError as error:
        raise ValueError(f"{error.found}. {error.right}") from error
    try:
        pack = parsed(content)
    except PackError as error:
        raise ValueError(f"the rule pack {name!r} is wrong: {error}") from error
    faults = [*_setting_faults(pack, settings), *_list_faults(pack, settings.lists)]
    if faults:
        raise ValueError("; ".join(faults))
    words = {key: _words(folder / path) for key, path in settings.lists.items()}
    return Chosen(content, orjson.dumps(words, option=orjson.OPT_SORT_KEYS))


def signals_of(pack: Pack) -> list[str]:
    """The signals that the rules of a pack name, sorted."""
    known = frozenset(line_signals()) | frozenset(SIGNALS)
    found = {
        name
        for rule in (*pack.lines, *pack.rules)
        for text in (rule.where, rule.value)
        if text is not None
        for name in parse_expression(text, known, rule.limit).signals
    }
    return sorted(found & set(SIGNALS))


def bare_pack(chosen: Chosen) -> str:
    """The pack's own name: neither a path nor `@paper` is part of what is built."""
    return chosen.pack.pack


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


def _list_faults(pack: Pack, lists: Mapping[str, str]) -> Iterator[str]:
    known = sorted({rule.words for rule in (*pack.lines, *pack.rules) if rule.words is not None})
    for name in lists:
        if name not in known:
            right = f"its lists: {', '.join(known)}" if known else "it asks for none"
            yield f"the pack has no list {name!r}; {right}"


def _setting_faults(pack: Pack, settings: Settings) -> Iterator[str]:
    by_id: dict[str, Predicate] = {rule.id: rule for rule in (*pack.lines, *pack.rules)}
    for rule_id in (*settings.limits, *settings.disable):
        if rule_id not in by_id:
            yield _unknown(rule_id, list(by_id))
    for rule_id, limit in settings.limits.items():
        if rule_id not in by_id:
            continue
        own = by_id[rule_id].limit
        if own is None:
            yield f"the rule {rule_id!r} has no limit to set"
        elif _sort(limit) != _sort(own):
            found = f"limit {limit!r} of {rule_id!r} must be a {_sort(own)}"
            yield f"{found}, like the pack's {own!r}"
        else:
            changed = by_id[rule_id].model_copy(update={"limit": limit})
            for fault in _faults(changed):
                yield f"limit {limit!r} of {rule_id!r}: {fault.what}"


def _faults(rule: Predicate) -> Iterator[Fault]:
    if isinstance(rule, LineRule):
        yield from line_rule_faults(rule)
    elif isinstance(rule, Rule):
        yield from rule_faults(rule)


def _sort(limit: Limit | None) -> str:
    if isinstance(limit, str):
        return "text"
    return "truth value" if isinstance(limit, bool) else "number"


def _unknown(rule_id: str, known: list[str]) -> str:
    near = get_close_matches(rule_id, known, n=1)
    guess = f"did you mean {near[0]!r}?" if near else f"its rules: {', '.join(known)}"
    return f"the pack has no rule {rule_id!r}; {guess}"
