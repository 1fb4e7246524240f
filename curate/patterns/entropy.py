"""How random a string looks."""

from collections import Counter
from math import log2


def entropy(text: str) -> float:
    """Bits a character: the entropy of a text's own characters (Shannon 1948, section 6).

    A text of n characters has at most log2(n) bits, and one of hexadecimal digits at most 4.

    >>> entropy("aaaa"), entropy("abcd")
    (0.0, 2.0)
    """
    length = len(text)
    shares = (count / length for count in Counter(text).values())
    return sum(-share * log2(share) for share in shares) + 0.0
