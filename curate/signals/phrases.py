"""Phrases that tell what an answer is, each a pattern (RE2) that rule packs can name too.

How often each is right was counted on real data: `rules/packs/chat.yaml` says so, rule by rule.
"""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.signals.registry import text_signal

_SORRY: Final = (
    r"(?:(?:i(?:['’]?m| am) (?:very |so |really |truly )?sorry|sorry|i apologi[sz]e|my apologies"
    r"|unfortunately|regrettably)?[,.;:]?\s*(?:but\s+)?(?:as an? [a-z -]{0,40},\s*)?i"
)
_CANNOT: Final = (
    r"(?: cannot| can ?not| can['’]?t| am unable to| am not able to|['’]?m unable to"
    r"|['’]?m not able to| won['’]?t be able to| will not| must decline to)"
)
_HELP: Final = (
    r" (?:help|assist|provide|answer|complete|fulfill?|comply|do (?:this|that)|generate|create"
    r"|write|offer|give|support|engage|recommend|process|discuss|share|respond|continue)\b"
)

PHRASES: Final = {
    "refusal": rf"(?is)\A\W*{_SORRY}{_CANNOT}{_HELP}.{{0,200}}|sorry, the task [^\n]{{0,300}})\z",
    "ai-disclaimer": (
        r"(?i)\bas an? (?:ai|artificial intelligence|large|text-based|[- ])*\s?language model\b"
        r"[^.\n]{0,30}\bI(?:['’]m)?\b"
    ),
    "unfinished": (
        r"(?:(?:\S+\s+){8}(?:and|or|the|an|of|because|which|their|your|if|from)"
        r"|(?:\S+[ \t]+){8}[A-Za-z]{2,},)\s*\z"
    ),
}
"""Patterns by the name under which `phrase:` of a rule has them."""


@text_signal("true or false", pa.bool_())
def refusal(texts: pa.StringArray) -> pa.Array:
    """Whether the whole text is a short refusal to help, without content of its own."""
    return pc.match_substring_regex(texts, PHRASES["refusal"])


@text_signal("true or false", pa.bool_())
def ai_disclaimer(texts: pa.StringArray) -> pa.Array:
    """Whether the text speaks of itself as a language model."""
    return pc.match_substring_regex(texts, PHRASES["ai-disclaimer"])


@text_signal("true or false", pa.bool_())
def unfinished(texts: pa.StringArray) -> pa.Array:
    """Whether the text ends in the middle of a sentence: on a comma, or a word that ends none."""
    return pc.match_substring_regex(texts, PHRASES["unfinished"])
