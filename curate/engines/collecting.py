"""Looking for cycles of objects less often, which a build makes few of and many objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SELDOM: Final = (50_000, 20, 20)
"""Instead of 700, 10, 10: a build of 200,000 records takes 2.5 % less time."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let Python look for cycles seldom, and then as before."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
