"""A second way of looking for secrets, which shares nothing with the first.

It knows what tokens of the most used services begin with, and finds a private key by its frame, in
texts in NFKC without invisible characters.
"""

import re
from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.patterns.checksums import CHECKSUMS
from curate.pii.second import Sighting, plain_forms

BEGINNINGS: Final = {
    "aws-access-key-id": r"(?:AKIA|ASIA)[A-Z2-7]{16}",
    "github-token": r"gh[pousr]_[A-Za-z0-9]{36}",
    "github-fine-grained-token": r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    "gitlab-token": r"glpat-[A-Za-z0-9_-]{20}",
    "slack-token": r"xox[bp]-[0-9]{10,13}-[0-9]{10,13}-[A-Za-z0-9-]{24,}",
    "stripe-key": r"[sr]k_live_[A-Za-z0-9]{24,}",
    "gcp-api-key": r"AIza[A-Za-z0-9_-]{35}",
    "hugging-face-token": r"hf_[A-Za-z]{34}",
    "sendgrid-api-key": r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "private-key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40,}",
}
"""By the ids of the rules of the pack that comes with curate, which say where each form is told."""

GITHUB: Final = "github-token"
"""What looks like one and has another checksum is none, and stays in texts."""

_GATE: Final = "|".join(BEGINNINGS.values())
_EACH: Final = {
    rule: re.compile(rf"(?<![\w-])(?:{form})(?![\w-])", re.ASCII)
    for rule, form in BEGINNINGS.items()
}


def sightings(texts: pa.StringArray) -> Iterator[Sighting]:
    """What texts hold."""
    plain = plain_forms(texts)
    rows = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(plain, _GATE), False))
    for row in rows.to_pylist():
        text = plain[row].as_py()
        for rule, form in _EACH.items():
            for match in form.finditer(text):
                if rule != GITHUB or CHECKSUMS["crc32-base62"](match[0]):
                    yield Sighting(row, rule, match[0])
