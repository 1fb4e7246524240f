import json

from tests.commands.conftest import Call
from tests.conftest import Workbench


def test_a_record_is_forgotten_after_a_look_at_what_would_go(call: Call, told: Workbench) -> None:
    id_ = told.store.version("support@2").members()["id"][3].as_py().hex()
    call("forget", id_, code=2)
    call("forget", "--reason", "r", code=2)
    call("forget", id_, "--source", "tickets", "--reason", "r", code=2)
    planned = json.loads(call("forget", id_[:10], "--dry-run", "--json").stdout)
    assert planned["done"] is False
    assert planned["records"][id_] == "asked"
    assert "members of support@1 (" in call("forget", id_, "--dry-run").stdout
    assert "asked for" in call("forget", id_, "--reason", "request 17", code=1).stdout
    assert "erased" not in call("verify").stdout
    done = json.loads(call("forget", id_, "--reason", "request 17", "--yes", "--json").stdout)
    assert done["done"] is True
    assert done["records"] == planned["records"]
    assert "were erased on purpose" in call("verify", "--deep").stdout
