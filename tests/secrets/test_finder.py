"""Secrets are found where they stand, whatever stands around them, and at once."""

import random

import pyarrow as pa
import pytest

from curate.patterns.allowed import Allowed
from curate.patterns.pack import SecretPack, parse_patterns
from curate.patterns.shelf import shipped_bytes
from curate.pii.finding import Finding
from curate.rulepacks.written import written_out
from curate.secrets.finder import SecretFinder
from tests.patterns.tokens import drawn, github, grafana

DRAW = random.Random(5)
HEX = "0123456789abcdef"


def pack() -> SecretPack:
    parsed = parse_patterns(shipped_bytes("secrets"))
    assert isinstance(parsed, SecretPack)
    return parsed


FINDER = SecretFinder(pack())


def found(text: str, finder: SecretFinder = FINDER) -> list[tuple[str, str]]:
    """The rule and the text of each finding."""
    return [
        (one.entity, text[one.start : one.end])
        for _, _, each in finder.find(pa.array([text]))
        for one in each
    ]


TOKENS = {
    "github-token": github("gho_", DRAW),
    "npm-token": github("npm_", DRAW),
    "grafana-service-account-token": grafana(DRAW),
    "stripe-key": "sk_" + "live_" + drawn(DRAW, 24),
    "gcp-api-key": "AI" + "za" + drawn(DRAW, 35),
    "databricks-token": "da" + "pi" + drawn(DRAW, 32, HEX),
    "sendgrid-api-key": f"S{'G'}.{drawn(DRAW, 22)}.{drawn(DRAW, 43)}",
    "slack-token": "xo" + "xb-" + drawn(DRAW, 12, HEX[:10]) + "-" + drawn(DRAW, 24),
}
AROUND = (
    *("{}", "'{}'", "({})", "é{}é", "🏊\u200d♀️{}\u202e", "e\u0301 {} e\u0301", "שלום {} שלום"),
    *("Authorization: token {}\n", '{{"token": "{}"}}', "https://x.example/?token={}&a=b"),
)


@pytest.mark.parametrize("rule", sorted(TOKENS))
@pytest.mark.parametrize("around", AROUND)
def test_a_token_is_found_exactly_whatever_stands_around_it(rule: str, around: str) -> None:
    assert (rule, TOKENS[rule]) in found(around.format(TOKENS[rule]))


def test_the_rule_that_stands_first_has_the_highest_score() -> None:
    text = f'GITHUB_TOKEN = "{TOKENS["github-token"]}"'
    ((_, _, findings),) = FINDER.find(pa.array([text]))
    best = max(findings, key=lambda one: one.score)
    assert best.entity == "github-token"
    assert all(0 < one.score <= 1 for one in findings)


def test_only_named_rules_are_applied_and_limits_and_exceptions_hold() -> None:
    stripe, github_token = TOKENS["stripe-key"], TOKENS["github-token"]
    text = f"{stripe} {github_token}"
    assert found(text, SecretFinder(pack(), ["stripe-key"])) == [("stripe-key", stripe)]
    assert found(stripe, SecretFinder(pack(), ["stripe-key"], {"stripe-key": 8})) == []
    for entry in (stripe, {"match": "^sk_live_"}):
        assert found(stripe, SecretFinder(pack(), (), {}, Allowed.of([entry]))) == []


def test_documented_examples_are_no_secrets() -> None:
    for text in (
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY",
        "postgres://user:password@localhost:5432/db",
        "OPENAI_API_KEY=sk-...",
        'api_key = "YOUR_API_KEY_12345678"',
        "Authorization: Bearer <token>",
    ):
        assert found(text) == []


HOSTILE = {
    "empty": "",
    "one letter": "a" * 5_000_000,
    "base64": drawn(random.Random(2), 5_000_000),
    "hexadecimal": drawn(random.Random(3), 5_000_000, HEX),
    "names without values": "api_key = " * 500_000,
    "names with cut values": 'api_key = "abc ' * 300_000,
    "headers without keys": "-----BEGIN RSA " * 300_000,
    "begins without ends": ("-----BEGIN RSA PRIV" + "ATE KEY-----\n") * 150_000,
    "colons": "a://b:" * 800_000,
    "dots": "eyJ" + ".ey" * 1_500_000,
    "emoji": "🏊\u200d♀️" * 400_000,
    "combining": "e" + "\u0301" * 2_000_000,
    "nulls": "\x00" * 5_000_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_the_places_in_a_hostile_text_are_right(name: str) -> None:
    text = HOSTILE[name]
    whole = f"{text}\n{TOKENS['stripe-key']}\n"
    places = [one for _, _, each in FINDER.find(pa.array([whole])) for one in each]
    assert (
        Finding(len(text) + 1, len(whole) - 1, "stripe-key", places[-1].score, "pack secrets")
        in places
    )


def test_many_secrets_in_one_text_are_all_found() -> None:
    text = f"é {TOKENS['stripe-key']} " * 20_000
    findings = [one for _, _, each in FINDER.find(pa.array([text])) for one in each]
    assert len(findings) == 20_000
    assert {text[one.start : one.end] for one in findings} == {TOKENS["stripe-key"]}


def test_nulls_and_slices_and_the_size_of_batches_change_nothing() -> None:
    examples = [str(written_out(example)) for rule in pack().secrets for example in rule.bad]
    given: list[str | None] = [None, "", *examples, None, "plain", *reversed(examples)]
    whole = list(FINDER.find(pa.array(given)))
    assert [row for row, _, _ in whole] == [
        row for row, text in enumerate(given) if text in set(examples)
    ]
    parts = [
        (row + start, text, findings)
        for start in range(0, len(given), 7)
        for row, text, findings in FINDER.find(pa.array(given).slice(start, 7))
    ]
    assert parts == whole
    assert list(FINDER.find(pa.array([None, None], pa.string()))) == []
