"""RefinedWeb's line-wise corrections (Penedo et al. 2023, arXiv 2306.01116, appendix G.2)."""

import regex

from tests.rules.reference.edited import Edited, Fate, edited
from tests.rules.reference.words import words

_KINDS = (r"\p{Lu}", r"\p{L}", r"\p{Nd}")

COUNTED = {
    *("likes", "shares", "comments", "retweets", "reposts", "quotes", "bookmarks", "upvotes"),
    *("downvotes", "downloads", "views", "followers"),
}


def correct(text: str) -> Edited:
    """Lines removed; a document that loses more than 5 % of its words is discarded."""
    lines = text.split("\n")
    number = sum(len(words(line, frozenset())) for line in lines)
    gone = sum(len(words(line, frozenset())) for line in lines if _fate(line.strip())[1])
    drops = {"much-removed"} if number and gone / number > 0.05 else set()
    return edited(text, _fate, drops=frozenset(drops))


def _fate(line: str) -> Fate:
    solid = "".join(line.split())
    if not solid:
        return line, None
    upper, letters, digits = (
        len(regex.findall(rf"\p{{{kind}}}", solid)) for kind in ("Lu", "L", "Nd")
    )
    if letters and (upper / letters) * (letters / len(solid)) > 0.5:
        return line, "upper-case"
    if digits == len(solid):
        return line, "numbers"
    if _is_counter(line):
        return line, "counter"
    if len(words(line, frozenset())) == 1:
        return line, "single-word"
    parts = regex.split(r"[ \t\n\f\r]+", line.lower())
    if len(parts) <= 10:
        plain = " ".join(parts)
        if plain.startswith("sign-in"):
            return line, "begins-as-interface"
        if plain.endswith("read more...") and parts[-2] == "read":
            return line, "ends-as-interface"
        if "items in cart" in plain:
            return line, "holds-as-interface"
    return line, None


def _is_counter(line: str) -> bool:
    """A number and what is counted, with signs around them."""
    bare = regex.sub(r"^[^\p{L}\p{N}_]+|[^\p{L}\p{N}_]+$", "", line)
    parts = regex.split(r"[ \t\n\f\r]+", bare)
    if len(parts) != 2 or parts[1].lower() not in COUNTED:
        return False
    return bool(regex.match(r"\p{N}[\p{N},.]*[kmb]?$", parts[0].lower()))
