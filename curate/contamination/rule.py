"""When an instance of an evaluation counts as known from a record: published rules, by name."""

from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.contamination.units import Unit

MOST_RECORDS: Final = 10
"""A sequence that more records have is a stock phrase (GPT-3, Brown et al. 2020, appendix C)."""

QUESTION: Final = ("user", "text")
ANSWER: Final = ("assistant", "text")
ALL: Final = ("all",)


class Rule(NamedTuple):
    """How instances are cut into sequences, and how much of one a single record may have."""

    name: str
    source: str
    n: int
    """Units of a sequence."""
    share: float
    """The limit: the share of an instance that a single record has."""
    reached: bool
    """Whether the limit itself is too much already; else only what lies above it."""
    unit: Unit = "word"
    of: Literal["units", "sequences"] = "units"
    """What the share is of: units that lie in shared sequences, or sequences."""
    questions: tuple[str, ...] = QUESTION
    """The fields of records that are compared with questions."""
    answers: tuple[str, ...] = ANSWER
    """The fields of records that are compared with answers."""
    exempt: bool = False
    """Whether sequences of questions that more than `MOST_RECORDS` records have do not count."""
    samples: int = 0
    """How many sequences of an instance are drawn; 0 for all of them."""

    def hits(self, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Whether each share of an instance is too much."""
        return shares >= self.share if self.reached else shares > self.share


_TULU_3: Final = """Lambert et al. 2024 (Tulu 3), section 3.2: a test and a training instance
overlap where more than 50 % of the test instance's tokens are covered by 8-grams shared with that
same training instance; user turns are compared."""

_GPT_3: Final = """Brown et al. 2020, appendix C: 13-grams of lower-cased words without punctuation;
any collision counts; 13-grams that more than 10 training documents have are ignored. There the
13-gram and 200 characters on each side were cut out of a web page; here the record is dropped."""

_PALM: Final = """Chowdhery et al. 2022 (PaLM), section 8: an example is contaminated where at least
70 % of its 8-grams are found in training; here in one record, since records are dropped."""

_GPT_4: Final = """OpenAI 2023 (GPT-4), appendix C: three substrings of 50 characters are drawn
of an example, which stands for itself where it is shorter; spaces and symbols are left out; any
match counts. The report says nothing of letter case, which is ignored here."""

_DATATROVE: Final = """datatrove, `NGramsDecontConfig`: 12-grams, any hit counts. Questions, which
it compares on demand (`find_query_ngrams`), are compared; sequences that run from the end of a
question into its answer (`find_overlap_ngrams`) are not, since the two are compared apart."""

RULES: Final = {
    rule.name: rule
    for rule in (
        Rule("tulu3", _TULU_3, n=8, share=0.5, reached=False),
        Rule(
            "gpt3",
            _GPT_3,
            n=13,
            share=0.0,
            reached=False,
            questions=ALL,
            answers=ALL,
            exempt=True,
        ),
        Rule(
            "palm",
            _PALM,
            n=8,
            share=0.7,
            reached=True,
            of="sequences",
            questions=ALL,
            answers=ALL,
        ),
        Rule(
            "gpt4",
            _GPT_4,
            n=50,
            share=0.0,
            reached=False,
            unit="character",
            questions=ALL,
            answers=ALL,
            samples=3,
        ),
        Rule("datatrove", _DATATROVE, n=12, share=0.0, reached=False, questions=ALL, answers=ALL),
    )
}
"""By name; the first is the default."""
