"""What the examples of a pack show, for one pack after another."""

from typing import NamedTuple

from curate.rulepacks.examples import check_pack
from curate.rulepacks.inventory import every_rule, number_of_examples
from curate.rulepacks.pack import parse_pack
from curate.rulepacks.problem import PackError, Problem
from curate.rulepacks.shelf import pack_bytes


class Tested(NamedTuple):
    """A pack whose examples were run."""

    pack: str
    """Its name or path, as it was given."""
    rules: int | None
    """None where the pack cannot be read, and no example was run."""
    examples: int | None
    problems: tuple[Problem, ...]

    @property
    def is_right(self) -> bool:
        """Whether all is as it should be."""
        return not self.problems


def tested(name: str) -> Tested:
    """Run the examples of a shipped pack, or of one by its path.

    Raises NotFoundError and InputError where it cannot be read.
    """
    content = pack_bytes(name)
    problems = tuple(check_pack(content))
    try:
        pack = parse_pack(content)
    except PackError:
        return Tested(name, None, None, problems)
    return Tested(name, len(every_rule(pack)), number_of_examples(pack), problems)
