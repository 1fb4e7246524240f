"""What happened to records between versions: diff, why, blame, impact, whatif."""

from curate.history.diff import Difference, diff
from curate.history.lookup import find, find_text
from curate.history.why import Life, why

__all__ = ["Difference", "Life", "diff", "find", "find_text", "why"]
