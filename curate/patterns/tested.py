"""What the examples of a pack of patterns show."""

from collections.abc import Iterator

from curate.patterns.pack import PatternPack, has_patterns, kind_of, parse_patterns
from curate.patterns.rule import PatternRule
from curate.patterns.shelf import SHIPPED, shipped_bytes
from curate.rulepacks import tested as records
from curate.rulepacks.marked_yaml import Marked, read_marked
from curate.rulepacks.problem import PackError, Problem
from curate.rulepacks.shelf import pack_bytes
from curate.rulepacks.tested import Tested
from curate.rulepacks.written import Example, ExampleError, written_out


def tested(name: str) -> Tested:
    """Run the examples of a shipped pack, or of one by its path, whether of patterns or of rules.

    Raises NotFoundError and InputError where it cannot be read.
    """
    content = shipped_bytes(name) if name in SHIPPED else pack_bytes(name)
    if not has_patterns(content):
        return records.tested(name)
    problems = tuple(check_patterns(content))
    try:
        rules = parse_patterns(content).every_rule
    except PackError:
        return Tested(name, None, None, problems)
    return Tested(name, len(rules), sum(len(r.good) + len(r.bad) for r in rules), problems)


def check_patterns(content: bytes) -> list[Problem]:
    """Everything that is wrong with a pack: its form, its rules, and what its examples show."""
    try:
        pack = parse_patterns(content)
    except PackError as error:
        return error.problems
    return sorted(_example_problems(pack, read_marked(content)))


def _example_problems(pack: PatternPack, marked: Marked) -> Iterator[Problem]:
    part = kind_of(marked.data)
    assert part is not None
    for index, rule in enumerate(pack.every_rule):
        for kind, wanted in (("good", False), ("bad", True)):
            for number, example in enumerate(getattr(rule, kind)):
                fault = _fault(pack, rule, example, wanted)
                if fault:
                    text = f"rule {rule.id!r}: the {kind} example {_shown(example)} {fault}"
                    yield Problem(marked.line((part, index, kind, number)), text)


def _fault(pack: PatternPack, rule: PatternRule, example: Example, wanted: bool) -> str | None:
    try:
        text = written_out(example)
    except ExampleError as error:
        return f"cannot be judged: {error}"
    if not isinstance(text, str):
        return "cannot be judged: an example of a pattern is a text"
    found = any(True for _ in rule.places(text, pack.allowed))
    if found == wanted:
        return None
    return "has nothing that is found" if wanted else "has something that is found"


def _shown(example: Example) -> str:
    text = repr(example)
    return text if len(text) <= 62 else f"{text[:59]}..."
