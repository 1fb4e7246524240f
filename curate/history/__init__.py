"""What happened to records between versions: diff, why, blame, impact, whatif."""

from typing import TYPE_CHECKING, Any

from curate.history.lookup import find, find_text
from curate.history.why import Life, why

if TYPE_CHECKING:
    from curate.history.difference import Difference, diff

__all__ = ["Difference", "Life", "diff", "find", "find_text", "why"]


def __getattr__(name: str) -> Any:
    """Import what compares versions only where it is asked for: other questions are quicker."""
    if name not in ("Difference", "diff"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from curate.history import difference

    return getattr(difference, name)
