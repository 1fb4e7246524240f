"""What happened to records between versions: diff, why."""

from curate.history.diff import Difference, diff

__all__ = ["Difference", "diff"]
