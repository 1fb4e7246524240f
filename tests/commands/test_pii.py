"""`curate pii` says what was scrubbed and never what it was, but to those who have the key."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from curate.cli import curate
from tests.conftest import Workbench

if find_spec("presidio_analyzer") is None:
    pytest.skip("presidio-analyzer is not installed", allow_module_level=True)

KEY = "0123456789abcdef"
MAIL, OTHER = "Jo.Brown@acme.com", "sam@acme.com"
STEPS = """
  - repair
  - pii: {action: {EMAIL_ADDRESS: pseudonym, CREDIT_CARD: drop}, key: env:K, keep_originals: true}
"""


@pytest.fixture
def scrubbed(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setenv("K", KEY)
    turn = {"role": "user", "content": f"I am {MAIL},\u200b  not {OTHER}."}
    answer = {"role": "assistant", "content": f"Thank you, {MAIL.lower()}."}
    bench.write(
        [
            {"messages": [turn, answer], "author": {"mail": MAIL}},
            {"text": f"card 4012888888881881 of {MAIL}"},
            {"text": "nothing"},
        ]
    )
    bench.build(bench.recipe(STEPS))
    return bench


def call(bench: Workbench, *arguments: str) -> Result:
    given = [*arguments, "--store", str(bench.store.folder)]
    return CliRunner().invoke(curate, given, catch_exceptions=True)


def test_it_counts_by_entity_and_source_and_shows_no_original(scrubbed: Workbench) -> None:
    page = call(scrubbed, "pii", "support").stdout
    rows = {line.split()[1]: line.split() for line in page.splitlines() if line[:3] == "pii"}
    assert rows["EMAIL_ADDRESS"][2:8] == ["tickets", "5", "2", "0", "0", "1"]
    assert rows["CREDIT_CARD"][2:8] == ["tickets", "1", "1", "1", "0", "1"]
    assert "looked at 3 contents and found nothing left" in page
    document = call(scrubbed, "pii", "support", "--json", "--samples", "9").stdout
    told = json.loads(document)
    assert [one["entity"] for one in told["found"]] == ["EMAIL_ADDRESS", "CREDIT_CARD"]
    assert len(told["samples"]) == 6
    for original in (MAIL, OTHER, "4012888888881881"):
        assert original.lower() not in (page + document).lower()


def test_who_has_the_key_sees_what_was_there(
    scrubbed: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("pii", "support", "--reveal", "tickets.jsonl:1", "--key", "env:K")
    told = json.loads(call(scrubbed, *given, "--json").stdout)["originals"]
    assert [(one["field"], one["original"]) for one in told] == [
        ("messages[0].content", MAIL),
        ("messages[0].content", OTHER),
        ("messages[1].content", MAIL.lower()),
        ("meta.author.mail", MAIL),
    ]
    same = {one["surrogate"] for one in told if one["original"] != OTHER}
    assert len(same) == 1
    monkeypatch.setenv("K", KEY[::-1])
    wrong = call(scrubbed, *given)
    assert "encrypted with another key" in str(wrong.exception)
    assert "it is for --reveal" in str(call(scrubbed, *given[:2], "--key", "env:K").exception)
    assert "there is no --key" in str(call(scrubbed, *given[:4]).exception)


def test_nothing_original_is_in_the_store(scrubbed: Workbench) -> None:
    from tests.upkeep.leaky import values

    for path in scrubbed.store.folder.rglob("*"):
        told = str(values(path)).lower() if path.is_file() else ""
        assert MAIL.lower() not in told, path
        assert KEY not in told, path


def test_why_and_blame_tell_the_scrub(scrubbed: Workbench) -> None:
    page = call(scrubbed, "why", "tickets.jsonl:1").stdout
    assert "what it changed held what was then scrubbed, and was never stored" in page
    assert page.count("17 characters are now ") == 3
    assert "(EmailRecognizer, score 1)" in page
    fields = json.loads(call(scrubbed, "blame", "tickets.jsonl:1", "--json").stdout)[0]["fields"]
    by_name = {one["field"]: one for one in fields}
    for name in ("messages[0].content", "messages[1].content", "meta.author"):
        assert by_name[name]["origin"]["step"] == "pii"
    parts = by_name["messages[1].content"]["parts"]
    assert [(one["origin"]["step"], one["removed"]) for one in parts] == [(None, 0), ("pii", 17)]
    assert "another `action` than drop" in call(scrubbed, "why", "tickets.jsonl:2").stdout


def test_what_is_forgotten_loses_surrogates_and_originals(scrubbed: Workbench) -> None:
    from curate.upkeep.forget import forget
    from curate.upkeep.holders import Asked

    where = "messages[2].content LIKE 'Thank you%'"
    (id_,) = scrubbed.store.sql(f"SELECT id FROM records WHERE {where}")["id"].to_pylist()
    forget(scrubbed.store, Asked(ids=(id_,)), "asked")
    spans = scrubbed.store.sql(
        "SELECT id, s.surrogate, s.original FROM (SELECT id, unnest(spans) AS s FROM ledger "
        "WHERE step = 'pii')"
    ).to_pylist()
    own = [(row["surrogate"], row["original"]) for row in spans if row["id"] == id_]
    assert own == [(None, None)] * 4
    assert all(row["original"] for row in spans if row["id"] != id_)


def test_a_version_without_findings_says_so(bench: Workbench) -> None:
    bench.write([{"text": "nothing"}])
    bench.build(bench.recipe("  - repair\n"))
    assert "No step of this version scrubs" in call(bench, "pii", "support").stdout


def test_detectors_are_measured_on_labelled_texts(tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    rows = [
        {"text": f"of {MAIL}", "spans": [[3, 3 + len(MAIL), "MAIL"]]},
        {"text": "no mail here", "spans": [[3, 7, "MAIL"]]},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    given = ("pii", "eval", str(file), "--map", "MAIL=EMAIL_ADDRESS", "--entity", "EMAIL_ADDRESS")
    told = json.loads(CliRunner().invoke(curate, [*given, "--json"]).stdout)
    assert told["differing_texts"] == []
    mail = told["curate"]["EMAIL_ADDRESS"]
    assert (mail["precision"], mail["recall"]) == (1.0, 0.5)
    assert mail == told["presidio"]["EMAIL_ADDRESS"]
    page = CliRunner().invoke(curate, given).stdout
    assert "all findings equal" in page
    wrong = CliRunner().invoke(curate, ["pii", "eval", str(file), "--entity", "EMAIL"])
    assert "did you mean 'EMAIL_ADDRESS'?" in str(wrong.exception)


def test_a_scrub_that_is_added_is_blamed_for_what_it_did(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K", KEY)
    bench.write([{"text": f"I am {MAIL}."}])
    bench.build(bench.recipe("  - repair\n"))
    bench.build(bench.recipe("  - repair\n  - pii\n"))
    page = call(bench, "why", "tickets.jsonl:1").stdout
    assert "[-" not in page
    fields = json.loads(call(bench, "blame", "tickets.jsonl:1", "--json").stdout)[0]["fields"]
    text = next(one for one in fields if one["field"] == "text")
    assert text["origin"]["step"] == "pii"
    removed = [(one["origin"]["step"], one["removed"]) for one in text["parts"]]
    assert ("pii", len(MAIL)) in removed
    assert sum(count for step, count in removed if step is None) == 0
