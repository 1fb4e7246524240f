"""The pass over texts that finds characters, words, lines and sentences, and hashes them, once.

Counts, repetition and n-grams derive from what it finds. It exists twice: as a kernel over the
Arrow buffers (`kernel`), and in plain Python (`plain`), which serves few texts, where compiled code
would take longer to load than it saves. Both give the same numbers.
"""

from curate.scan.columns import COUNTS, REPETITION
from curate.scan.scan import Scan
from curate.scan.tokens import Tokens

__all__ = ["COUNTS", "REPETITION", "Scan", "Tokens"]
