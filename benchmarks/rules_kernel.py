"""The kernel of `curate.scan` beside the same pass in C (`rules_kernel.c`), built on the spot."""

import ctypes
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.scan import COUNTS, REPETITION, Scan, Tokens
from curate.scan.buffers import buffers
from curate.scan.classes import classes
from curate.scan.scan import _surprise

SOURCE: Final = Path(__file__).with_suffix(".c")
BUILD: Final = ("-O3", "-march=native", "-shared", "-fPIC")

Table = npt.NDArray[np.int64]


class Found(NamedTuple):
    """What a pass gives: the numbers `COUNTS` and `REPETITION` of each text."""

    counts: Table
    repetition: Table


Pass = Callable[[pa.StringArray], Found]


def has_compiler() -> bool:
    """Whether there is a C compiler."""
    return shutil.which("cc") is not None


def of_c(folder: Path) -> Pass:
    """Compile the pass in C into a folder; return it."""
    built = folder / "rules_kernel.so"
    subprocess.run(["cc", *BUILD, "-o", str(built), str(SOURCE)], check=True)
    library = ctypes.CDLL(str(built))

    def passed(texts: pa.StringArray) -> Found:
        size, data, offsets = buffers(texts)
        counts = np.zeros((len(texts), len(COUNTS)), np.int64)
        found = np.zeros((len(texts), len(REPETITION)), np.int64)
        tokens = Tokens.empty(len(texts), size)
        valid = np.asarray(texts.is_valid().to_numpy(zero_copy_only=False), np.bool_)
        number = ctypes.c_int64(len(texts))
        library.scan(number, *_places(data, offsets, valid, classes(), counts, *tokens))
        surprise = _surprise(int(counts[:, COUNTS.WORDS].max(initial=0)))
        read = [part for name, part in tokens._asdict().items() if not name.startswith("word_st")]
        library.repetition(number, *_places(*read, surprise, found))
        return Found(counts, found)

    return passed


def of_curate(texts: pa.StringArray) -> Found:
    """The pass of curate."""
    scan = Scan(texts, compiled=True)
    repetition = scan.repetition
    return Found(scan.counts, repetition)


def equal(one: Found, other: Found) -> bool:
    """Whether two passes gave the same numbers."""
    return all(np.array_equal(*pair) for pair in zip(one, other, strict=True))


def seconds(work: Pass, texts: Sequence[pa.StringArray]) -> float:
    """The CPU time that a pass takes over all texts."""
    began = time.process_time()
    for each in texts:
        work(each)
    return time.process_time() - began


def _places(*arrays: npt.NDArray[Any]) -> list[ctypes.c_void_p]:
    return [ctypes.c_void_p(array.ctypes.data) for array in arrays]
