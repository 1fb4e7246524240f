"""Finding passages that several records share, word for word.

What may share a passage is found by fingerprints (`winnowing`), and what does by comparing every
window of words (`joining`); `rounds` does both until nothing is shared. Compiled code (`kernel`)
and plain Python (`plain`) give the same answers.
"""

from curate.substrings.passages import Passages
from curate.substrings.rounds import Found, Search
from curate.substrings.winnowing import Winnowing
from curate.substrings.words import Words

__all__ = ["Found", "Passages", "Search", "Winnowing", "Words"]
