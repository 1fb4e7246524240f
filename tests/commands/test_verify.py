import json

from tests.commands.conftest import Call
from tests.conftest import Workbench


def test_a_whole_store_ends_with_0_and_a_damaged_one_with_6(call: Call, told: Workbench) -> None:
    assert "whole:" in call("verify").stdout
    assert json.loads(call("verify", "support@1", "--deep", "--json").stdout)["whole"] is True
    file = next(f for f in told.store.files() if f.kind == "ledger" and f.version == 2)
    (told.store.folder / file.path).write_bytes(b"")
    printed = call("verify", code=6).stdout
    assert file.path in printed
    assert "hits support@2" in printed
    found = json.loads(call("verify", "--json", code=6).stdout)
    assert [one["where"] for one in found["findings"]] == [file.path]
