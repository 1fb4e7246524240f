"""English words that carry grammar rather than meaning, which attacks and augmenters leave alone.

The list is our own, so that what is left alone does not depend on the data that NLTK has fetched.
"""

from typing import Final

_PRONOUNS: Final = (
    "i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his "
    "himself she her hers herself it its itself they them their theirs themselves who whom whose "
    "which what that this these those"
)
_ARTICLES_AND_QUANTIFIERS: Final = (
    "a an the some any each every both few more most many much other another such same own all "
    "either neither no none"
)
_AUXILIARIES: Final = (
    "am is are was were be been being have has had having do does did doing can could may might "
    "must shall should will would ought cannot"
)
_PREPOSITIONS: Final = (
    "about above across after against along among around as at before behind below beneath beside "
    "between beyond by despite down during except for from in inside into like near of off on onto "
    "out over per since than through throughout to toward towards under until up upon via with "
    "within without"
)
_CONJUNCTIONS: Final = (
    "and but or nor so yet if because although though unless while whereas whether when where why "
    "how"
)
_ADVERBS: Final = "again also even here just not now once only then there too very"
_SHORTENED: Final = (
    "i'm i've i'll i'd you're you've you'll you'd he's he'll he'd she's she'll she'd it's it'll "
    "it'd we're we've we'll we'd they're they've they'll they'd that's that'll there's who's "
    "what's isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't can't couldn't "
    "mightn't mustn't shan't shouldn't won't wouldn't needn't"
)
_PIECES: Final = "s t d m ll re ve o y ain don isn aren wasn weren haven hasn hadn doesn didn won"
"""What is left of shortened words where the apostrophe divides them."""

STOP_WORDS: Final = frozenset(
    " ".join(
        (
            *(_PRONOUNS, _ARTICLES_AND_QUANTIFIERS, _AUXILIARIES, _PREPOSITIONS),
            *(_CONJUNCTIONS, _ADVERBS, _SHORTENED, _PIECES),
        )
    ).split()
)

AS_WRITTEN: Final = frozenset(
    form for word in STOP_WORDS for form in (word, word.capitalize(), word.upper())
)
"""The same in small letters, with a capital in front, and in capitals: TextAttack compares so."""
