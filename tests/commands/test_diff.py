import json
import re
from pathlib import Path

from tests.commands.conftest import Call


def test_the_page_has_the_recipe_the_causes_and_examples(call: Call) -> None:
    page = call("diff", "support@1", "support@2").stdout
    for words in (
        "+ support@2",
        "step exact_dedup added",
        "dropped by exact_dedup: exact-duplicate",
        "step rules was added",
        "train -> eval by split",
        "tickets/tickets.jsonl:2",
    ):
        assert words in page


def test_the_document_has_every_change_with_its_cause(call: Call) -> None:
    found = json.loads(call("diff", "support@1", "support@2", "--json").stdout)
    assert len(found["changes"]) == sum(cause["number"] for cause in found["causes"])
    for change in found["changes"]:
        assert found["causes"][change["cause"]]["change"] == change["change"]
        assert len(bytes.fromhex(change["id"])) == 16


def test_examples_can_be_none_or_all(call: Call) -> None:
    none = call("diff", "support@1", "support@2", "--examples", "0").stdout
    everything = call("diff", "support@1", "support@2", "--all").stdout
    assert "tickets/tickets.jsonl" not in none
    assert everything.count("tickets/tickets.jsonl") == len(
        json.loads(call("diff", "support@1", "support@2", "--json").stdout)["changes"]
    )


def test_equal_versions_differ_in_nothing(call: Call) -> None:
    assert "No record differs" in call("diff", "support@1", "support@1").stdout


def test_the_document_has_slices_shifts_and_examples_with_words(call: Call) -> None:
    found = json.loads(call("diff", "support@1", "support@2", "--json", "--examples", "1").stdout)
    assert found["slices"]["whole"]["before"]["records"] == 20
    assert {one["by"] for one in found["slices"]["slices"]} >= {"source", "split", "kind"}
    assert {one["name"] for one in found["shifts"]} >= {"turns", "response_characters"}
    assert all("key" not in one for one in (*found["causes"], *found["changes"]))
    kinds = [one["change"] for one in found["examples"]]
    assert kinds == sorted(set(kinds), key=kinds.index)
    assert all(one["content"] is not None for one in found["examples"])


def test_a_condition_that_holds_ends_with_its_own_code_and_figure(call: Call) -> None:
    page = call("diff", "support@1", "support@2", "--fail-on", "removed > 5%", code=11)
    assert re.search(r"holds removed > 5%  \d of 20, [\d.]+ %", page.stdout)
    call("diff", "support@1", "support@2", "--fail-on", "removed > 90%", "--fail-on", "added>0")
    found = call("diff", "support@1", "support@2", "--json", "--fail-on", "split=eval > 0", code=11)
    (verdict,) = json.loads(found.stdout)["conditions"]
    assert verdict["holds"]
    assert verdict["figure"] > 0


def test_a_condition_that_nobody_understands_compares_nothing(call: Call) -> None:
    said = call("diff", "nothing@1", "nothing@2", "--fail-on", "removd > 5%", code=2)
    assert "Did you mean 'removed'?" in str(said.exception)


def test_the_page_is_written_whole_and_replaces_only_pages(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    for examples in ("0", "2"):
        call("diff", "support@1", "support@2", "--html", str(out), "--examples", examples)
    page = out.read_text()
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>\n")
    assert "further records are left out" in page
    folder = tmp_path / "folder"
    folder.mkdir()
    call("diff", "support@1", "support@2", "--html", str(folder), code=7)
    notes = tmp_path / "notes.html"
    notes.write_text("my notes")
    call("diff", "support@1", "support@2", "--html", str(notes), code=7)
    assert notes.read_text() == "my notes"
    assert [path.name for path in tmp_path.glob("*.partial")] == []
