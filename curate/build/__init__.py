"""Builds: readers, operators, an engine and the store, joined.

A build is a table of records (`selecting.CURRENT`: id, copy, hash, split, origin) that the steps
change by joins; contents stay where they are and are found by their hash (`pool`). What is known is
kept in the store's folder `cache/`, for all datasets together:

    uses.json      which of the last builds used what, and which files of the store all rests on
    read/KEY/      an input file as it was read (`reading`)
    steps/TOKEN/   a memo: what row-wise steps decided on contents (`memo`)
    facts/KEY/     the facts of one operator and seed, by id and content (`facts`)
    expanded/KEY/  what one operator and seed makes of records, by id and content (`expanding`)
    work/          of the build that runs

A segment of row-wise steps is first replayed from memos (`replay`); workers run the steps on the
contents that are stuck (`rowwise`), which makes memos, and it is replayed again until none is. Then
come selections over the facts of all, and an expansion, which adds records.
Files appear under their names when they are whole. What is damaged is made anew.
"""

from curate.build.build import Built, build
from curate.build.options import Options

__all__ = ["Built", "Options", "build"]
