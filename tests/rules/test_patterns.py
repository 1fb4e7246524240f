"""The packs of patterns that come with curate: every rule's examples are its tests."""

import re

import pytest

from curate.patterns.pack import parse_patterns
from curate.patterns.rule import PatternRule
from curate.patterns.shelf import SHIPPED, shipped_bytes
from curate.patterns.tested import check_patterns
from curate.rulepacks.written import written_out

RULES = [
    pytest.param(name, rule, id=f"{name}-{rule.id}")
    for name in SHIPPED
    for rule in parse_patterns(shipped_bytes(name)).every_rule
]
PREFIXES = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z2-7]{12}|\bgh[pousr]_\w{20}|github_pat_\w{20}|\bglpat-[\w-]{20}"
    r"|\bxox[abp]-\d|\bsk_(?:live|test)_\w{10}|\bsk-ant-api|T3BlbkFJ|\bhf_\w{30}|\bAIza[\w-]{30}"
    r"|\bnpm_\w{30}|\bSG\.[\w-]{20}\.|-----BEGIN [A-Z ]*PRIVATE KEY-----[^ ]"
)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_examples_of_a_shipped_pack_hold(name: str) -> None:
    assert check_patterns(shipped_bytes(name)) == []
    assert parse_patterns(shipped_bytes(name)).pack == name


@pytest.mark.parametrize(("name", "rule"), RULES)
def test_every_bad_example_is_found_in_any_surroundings(name: str, rule: PatternRule) -> None:
    allowed = parse_patterns(shipped_bytes(name)).allowed
    for example in rule.bad:
        text = str(written_out(example))
        alone = [text[start:end] for start, end in rule.places(text, allowed)]
        for before, after in (("", "\n"), ("é 🏊\u200d♀️ ", " שלום"), ("\n\n", " .")):
            whole = before + text + after
            places = list(rule.places(whole, allowed))
            assert [whole[start:end].rstrip() for start, end in places] == list(
                map(str.rstrip, alone)
            )


def test_the_file_of_secrets_holds_nothing_that_looks_like_one() -> None:
    written = shipped_bytes("secrets").decode()
    lines = [line for line in written.split("\n") if not line.lstrip().startswith("match:")]
    assert [line for line in lines if PREFIXES.search(line)] == []
