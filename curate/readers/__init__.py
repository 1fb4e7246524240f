"""Readers: from files to records.

`resolve` finds the files of a source, `read` streams one of them as batches of records and of
input that cannot be one. A reader changes nothing: what it does not understand it quarantines.
"""

from curate.readers.locate import InputFile, resolve, source_name
from curate.readers.reading import Read, read

__all__ = ["InputFile", "Read", "read", "resolve", "source_name"]
