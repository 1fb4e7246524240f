"""Secrets are replaced everywhere, and the ledger says where and by which rule."""

import random
from pathlib import Path

import pyarrow as pa
import pytest

from curate.decision import Span
from curate.operators.secrets import Secrets
from curate.patterns.pack import parse_patterns
from curate.patterns.shelf import shipped_bytes
from curate.recipe import parse_recipe
from curate.recipe.problem import RecipeProblemsError
from curate.rulepacks.written import written_out
from tests.conftest import Workbench
from tests.patterns.tokens import drawn, github

DRAW = random.Random(9)
TOKEN = github("ghp_", DRAW)
STRIPE = "sk_" + "live_" + drawn(DRAW, 24)
LINE = f"é export GITHUB_TOKEN={TOKEN} # and {STRIPE}"
PACK = r"""
pack: house
version: 1
what: Keys of the house.
allow: [hk_00000]
secrets:
  - {id: house-key, what: A key., why: A test., match: 'hk_\d{5}', bad: [hk_12345], good: [hk_1]}
"""


def edited(text: str, **settings: object) -> str:
    """The text after an edit with some settings."""
    (answer,) = Secrets.model_validate(settings).edit(pa.array([text])).texts.to_pylist()
    return str(answer)


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SECRETS_KEY", "0123456789abcdef")
    return "env:SECRETS_KEY"


def test_each_action_puts_its_own_in_the_place(key: str) -> None:
    put = "é export GITHUB_TOKEN=<SECRET:github-token> # and <SECRET:stripe-key>"
    assert edited(LINE) == put
    assert edited(LINE, action="redact") == "é export GITHUB_TOKEN= # and "
    masked = edited(LINE, action="mask")
    assert f"GITHUB_TOKEN=***_{'*' * 36} # and **_****_{'*' * 24}" in masked
    mixed = edited(LINE, action={"stripe-key": "hash"}, key=key)
    assert "GITHUB_TOKEN=<SECRET:github-token> # and <SECRET:stripe-key:" in mixed
    assert STRIPE not in mixed


def test_a_hash_is_of_every_character(key: str) -> None:
    one = edited(STRIPE, action="hash", key=key)
    assert edited(f"{STRIPE} {STRIPE}", action="hash", key=key) == f"{one} {one}"
    swapped = STRIPE[:8] + STRIPE[8:].swapcase()
    assert edited(swapped, action="hash", key=key) != one


def test_the_spans_and_rules_are_exact() -> None:
    answer = Secrets().edit(pa.array(["nothing", LINE, None]))
    assert answer.spans is not None
    assert answer.rules is not None
    places = ((LINE.index(TOKEN), 40, "github-token"), (LINE.index(STRIPE), 32, "stripe-key"))
    told = [(start, start + length, f"<SECRET:{rule}>") for start, length, rule in places]
    assert list(answer.spans[1]) == [
        Span(start, end, len(put), "pack secrets", None, put) for start, end, put in told
    ]
    assert list(answer.rules[1]) == ["github-token", "stripe-key"]
    assert answer.texts.to_pylist()[::2] == ["nothing", None]


@pytest.mark.parametrize("action", ["replace", "mask", "redact", "hash"])
def test_what_is_put_in_the_place_is_no_secret(action: str, key: str) -> None:
    operator = Secrets.model_validate({"action": action, "key": key})
    pack = parse_patterns(shipped_bytes("secrets"))
    bad = [str(written_out(example)) for rule in pack.every_rule for example in rule.bad]
    once = operator.edit(pa.array(bad)).texts
    assert not any(text in bad for text in once.to_pylist())
    assert operator.edit(once).texts.equals(once)


def test_settings_choose_rules_limits_and_exceptions() -> None:
    assert edited(LINE, rules="stripe-key") == LINE.replace(STRIPE, "<SECRET:stripe-key>")
    assert TOKEN in edited(LINE, allow=TOKEN)
    assert TOKEN in edited(LINE, allow=[{"match": "^ghp_"}, STRIPE])
    assert STRIPE in edited(LINE, entropy=8)
    assert STRIPE in edited(LINE, entropy={"stripe-key": 8})
    assert TOKEN not in edited(LINE, entropy=8), "it is told by its checksum"


def test_a_pack_of_the_user_is_used_and_its_content_counts(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "house.yaml").write_text(PACK)
    one, other = (Secrets(pack=str(tmp_path / folder / "house.yaml")) for folder in ("a", "b"))
    assert one.edit(pa.array(["hk_12345 hk_00000"])).texts.to_pylist() == [
        "<SECRET:house-key> hk_00000"
    ]
    assert one.fingerprint() == other.fingerprint() != Secrets().fingerprint()
    (tmp_path / "a" / "house.yaml").write_text(PACK.replace("{5}", "{4,}"))
    assert Secrets(pack=str(tmp_path / "a" / "house.yaml")).fingerprint() != other.fingerprint()


def test_the_key_counts_and_not_where_it_is(key: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("0123456789abcdef\n")
    one = Secrets(action="hash", key=key).fingerprint()
    assert Secrets(action="hash", key=str(file)).fingerprint() == one
    file.write_text("fedcba9876543210")
    assert Secrets(action="hash", key=str(file)).fingerprint() != one


def test_a_build_replaces_in_every_turn_and_drops_where_asked(bench: Workbench) -> None:
    turn = {"role": "user", "content": f"My token is {TOKEN}"}
    answer = {"role": "assistant", "content": f"Do not show {TOKEN}"}
    bench.write([{"messages": [turn, answer]}, {"text": f"{STRIPE} {TOKEN}"}])
    built = bench.build(bench.recipe("  - secrets: {action: {stripe-key: drop}}\n"))
    assert built.outcome.dropped == 1
    rows = bench.store.sql("SELECT action, rule, value, field FROM ledger ORDER BY action, rule")
    assert [(each["action"], each["rule"], each["value"]) for each in rows.to_pylist()] == [
        ("drop", "stripe-key", "1"),
        ("edit", "github-token", None),
        ("edit", "github-token", None),
        ("edit", "github-token", None),
        ("edit", "stripe-key", None),
    ]
    kept = bench.store.sql("SELECT messages FROM records").to_pylist()[0]["messages"]
    assert [each["content"].split()[-1] for each in kept] == ["<SECRET:github-token>"] * 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("pack: secerts", "did you mean 'secrets'?"),
        ("pack: missing.yaml", "there is no such rule pack"),
        ("pack: pii", "has no `secrets`"),
        ("rules: [github-tokn]", "did you mean 'github-token'?"),
        ("action: {github-tokn: drop}", "did you mean 'github-token'?"),
        ("rules: stripe-key, action: {github-token: drop}", "no rule that is applied"),
        ("entropy: {stripe-kee: 3}", "did you mean 'stripe-key'?"),
        ("entropy: 9", "entropy"),
        ("action: pseudonym", "pseudonym"),
        ("action: hash", "needs a `key`"),
        ("action: hash, key: missing.txt", "cannot be read"),
        ("allow: [{match: '('}]", "the pattern is not RE2"),
        ("allow: [{mtach: a}]", "what is allowed is a text or"),
        ("patterns: x", "unknown"),
    ],
)
def test_a_wrong_setting_is_told(settings: str, said: str, tmp_path: Path) -> None:
    text = f"dataset: a\nsources: [{{path: x.jsonl}}]\nsteps:\n  - secrets: {{{settings}}}\n"
    with pytest.raises(RecipeProblemsError) as caught:
        parse_recipe(text, tmp_path / "recipe.yaml")
    assert said in str(caught.value)


def test_what_the_second_detector_finds_is_a_leak_unless_it_is_allowed() -> None:
    hidden = f"{TOKEN[:6]}\u200b{TOKEN[6:]}"
    texts = pa.array([f"of {hidden}.", "none", None])
    assert Secrets().edit(texts).texts.to_pylist() == texts.to_pylist()
    (leak,) = Secrets().leaks(texts, frozenset())
    assert (leak.row, leak.what) == (0, "github-token")
    assert TOKEN[6:] not in leak.shown
    assert Secrets(allow=(TOKEN,)).leaks(texts, frozenset()) == []
    assert Secrets(rules=("stripe-key",)).leaks(texts, frozenset()) == []
