"""Personal data is replaced everywhere, consistently, and the ledger says where and what."""

from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pytest

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

from curate.decision import Span
from curate.operators.pii import Pii
from curate.pii.finder import Finding
from curate.pii.replacing import without_overlaps
from curate.recipe import parse_recipe
from curate.recipe.problem import RecipeProblemsError
from tests.conftest import Workbench

KEY = "0123456789abcdef"
OTHER_KEY = "fedcba9876543210"
MAIL = "Write to Jo.Brown@acme.com, or call (212) 555-0123."


def edited(text: str, **settings: object) -> str:
    """The text after an edit with some settings."""
    (answer,) = Pii.model_validate(settings).edit(pa.array([text])).texts.to_pylist()
    return str(answer)


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PII_KEY", KEY)
    return "env:PII_KEY"


def test_each_action_puts_its_own_in_the_place(key: str) -> None:
    assert edited(MAIL) == "Write to <EMAIL_ADDRESS>, or call <PHONE_NUMBER>."
    assert edited(MAIL, action="mask") == "Write to **.*****@****.***, or call (***) ***-****."
    assert edited(MAIL, action="redact") == "Write to , or call ."
    mixed = edited(MAIL, action={"EMAIL_ADDRESS": "hash"}, key=key)
    assert mixed.startswith("Write to <EMAIL_ADDRESS:") and mixed.endswith("call <PHONE_NUMBER>.")
    named = edited(MAIL, action="pseudonym", key=key)
    assert "@example.com, or call (" in named
    assert "555-0123" not in named


def test_the_spans_and_entities_are_exact() -> None:
    answer = Pii().edit(pa.array(["nothing", MAIL, None]))
    assert answer.spans is not None
    assert answer.rules is not None
    assert list(answer.spans[1]) == [
        Span(9, 26, 15, "EmailRecognizer", 1.0, "<EMAIL_ADDRESS>"),
        Span(36, 50, 14, "PhoneRecognizer", 0.4, "<PHONE_NUMBER>"),
    ]
    assert list(answer.rules[1]) == ["EMAIL_ADDRESS", "PHONE_NUMBER"]
    assert list(answer.spans[0]) == []
    assert answer.texts.to_pylist()[::2] == ["nothing", None]


def test_the_same_value_has_the_same_pseudonym_however_it_is_written(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"action": "pseudonym", "key": key}
    digits = ["".join(filter(str.isdigit, edited(f"call {number}", **given)))
              for number in ("(212) 555-0123", "212 555 0123", "212-555-0123")]  # fmt: skip
    assert len(set(digits)) == 1
    assert digits[0] != "2125550123"
    assert edited("JO@acme.com", **given) == edited("jo@acme.com", **given)
    before = edited(MAIL, **given)
    monkeypatch.setenv("PII_KEY", OTHER_KEY)
    assert edited(MAIL, **given) != before


def test_the_key_counts_and_not_where_it_is(key: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    one = Pii(action="hash", key=key).fingerprint()
    assert Pii(action="hash", key=str(file)).fingerprint() == one
    file.write_text(OTHER_KEY)
    assert Pii(action="hash", key=str(file)).fingerprint() != one


def test_what_overlaps_is_replaced_as_one() -> None:
    found = [Finding(4, 9, "URL", 0.5), Finding(0, 6, "EMAIL_ADDRESS", 1.0), Finding(9, 11, "A", 1)]
    assert without_overlaps(found) == [Finding(0, 9, "EMAIL_ADDRESS", 1.0), Finding(9, 11, "A", 1)]


def test_a_build_replaces_in_every_turn_and_drops_where_asked(bench: Workbench, key: str) -> None:
    turn = {"role": "user", "content": "I am jo@acme.com"}
    answer = {"role": "assistant", "content": "Thank you, jo@acme.com"}
    bench.write([{"messages": [turn, answer]}, {"text": "card 4012888888881881, jo@acme.com"}])
    step = "  - pii: {action: {EMAIL_ADDRESS: pseudonym, CREDIT_CARD: drop}, key: env:PII_KEY}\n"
    built = bench.build(bench.recipe(step))
    assert built.outcome.dropped == 1
    assert any("names of persons" in each for each in built.outcome.warnings)
    rows = bench.store.sql(
        "SELECT action, rule, value, field FROM ledger ORDER BY action, field, rule"
    )
    assert [(each["action"], each["rule"], each["value"]) for each in rows.to_pylist()] == [
        ("drop", "CREDIT_CARD", "1"),
        ("edit", "EMAIL_ADDRESS", None),
        ("edit", "EMAIL_ADDRESS", None),
        ("edit", "CREDIT_CARD", None),
        ("edit", "EMAIL_ADDRESS", None),
    ]
    kept = bench.store.sql("SELECT messages FROM records").to_pylist()[0]["messages"]
    names = {each["content"].split()[-1] for each in kept}
    assert len(names) == 1
    assert names.pop().endswith("@example.com")
    stored = b"".join(
        file.read_bytes() for file in (bench.folder / "store").rglob("*") if file.is_file()
    )
    assert KEY.encode() not in stored


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("entities: [EMAIL]", "did you mean 'EMAIL_ADDRESS'?"),
        ("entities: [PERSON]", "is no entity that is found by a pattern"),
        ("action: hash", "need a `key`"),
        ("action: hash, key: env:NO_SUCH_KEY", "'NO_SUCH_KEY' of `key` is not set"),
        ("action: hash, key: missing.txt", "cannot be read"),
        ("action: {URL: mask}", "an action for 'URL', which is not among `entities`"),
        ("action: scramble", "scramble"),
    ],
)
def test_a_wrong_setting_is_told(settings: str, said: str, tmp_path: Path) -> None:
    text = f"dataset: a\nsources: [{{path: x.jsonl}}]\nsteps:\n  - pii: {{{settings}}}\n"
    with pytest.raises(RecipeProblemsError) as caught:
        parse_recipe(text, tmp_path / "recipe.yaml")
    assert said in str(caught.value)


def test_surrogates_in_bad_input_are_no_leaks(bench: Workbench, key: str) -> None:
    bench.write([{"text": "fine"}, '{"text": "jo@acme.com', '{"text": "jo\\u0040acme.com"'])
    built = bench.build(bench.recipe("  - pii: {action: pseudonym, key: env:PII_KEY}\n"))
    raws = bench.store.sql("SELECT raw FROM quarantine")["raw"].to_pylist()
    assert len(raws) == 2
    assert all(b"@example.com" in raw and b"acme" not in raw for raw in raws)
    (certificate,) = (one for one in built.outcome.certificates if one["kind"] == "scrubbed")
    assert certificate["leaks"] == {}


def test_each_entity_may_have_its_own_limit() -> None:
    text = "card 4012888888881881, call (212) 555-0123"
    assert edited(text, threshold={"PHONE_NUMBER": 0.5}) == (
        "card <CREDIT_CARD>, call (212) 555-0123"
    )
    assert edited(text, threshold={"CREDIT_CARD": 1.0, "PHONE_NUMBER": 0.4}) == (
        "card <CREDIT_CARD>, call <PHONE_NUMBER>"
    )
    texts = pa.array(["+442079460958"])
    assert [one.what for one in Pii().leaks(texts, frozenset())] == ["PHONE_NUMBER"]
    assert Pii(threshold={"PHONE_NUMBER": 0.5}).leaks(texts, frozenset()) == []


def test_what_is_flagged_stays_and_is_told(bench: Workbench) -> None:
    bench.write(
        [
            {"text": "card 4012888888881881, jo@acme.com"},
            {"text": "only jo@acme.com"},
            {"text": "none"},
        ]
    )
    built = bench.build(bench.recipe("  - pii: {action: {EMAIL_ADDRESS: flag}}\n  - exact_dedup\n"))
    texts = sorted(bench.store.sql("SELECT text FROM records")["text"].to_pylist())
    assert texts == ["card <CREDIT_CARD>, jo@acme.com", "none", "only jo@acme.com"]
    rows = bench.store.sql(
        "SELECT action, rule, spans, before = after AS same FROM ledger ORDER BY action, same"
    ).to_pylist()
    assert [(row["action"], row["rule"]) for row in rows] == [
        ("edit", "CREDIT_CARD"),
        ("flag", "EMAIL_ADDRESS"),
        ("flag", "EMAIL_ADDRESS"),
    ]
    spans = [one for row in rows[1:] for one in row["spans"]]
    assert {(one["start"], one["detector"], one["surrogate"]) for one in spans} == {
        (23, "EmailRecognizer", None),
        (5, "EmailRecognizer", None),
    }
    step = next(one for one in built.outcome.counts if one["step"] == "pii")
    assert (step["edited"], step["kept"]) == (1, 3)
    from curate.history.pii import scrubbed

    found = {one.entity: one for one in scrubbed(bench.store.version("support"), 2).found}
    assert (found["EMAIL_ADDRESS"].findings, found["EMAIL_ADDRESS"].flagged) == (2, 2)
    samples = scrubbed(bench.store.version("support"), 2).samples
    assert {one.surrogate for one in samples if one.entity == "EMAIL_ADDRESS"} == {""}
