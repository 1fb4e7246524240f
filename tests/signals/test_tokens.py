"""Signals that read more of a scan than its counts say so, and are measured first."""

import pyarrow as pa

from curate.scan import Scan
from curate.signals import SIGNALS, tokens_first


def reads_repetition(name: str) -> bool:
    scan = Scan(pa.array(["Two words.", None]))
    alone = SIGNALS[name].of_text_alone
    assert alone is not None
    alone(scan)
    return "repetition" in vars(scan)


def test_the_signals_that_need_tokens_are_those_that_read_repetition() -> None:
    own = [name for name, each in SIGNALS.items() if each.of_text_alone is not None]
    read = set(filter(reads_repetition, own))
    assert read == {name for name in own if SIGNALS[name].needs_tokens}
    assert "top_2gram" in read


def test_signals_that_need_tokens_are_measured_before_all_others() -> None:
    names = ["words", "top_2gram", "characters", "duplicate_lines"]
    assert tokens_first(names) == ["duplicate_lines", "top_2gram", "characters", "words"]
