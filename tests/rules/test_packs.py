import pytest

from curate.rulepacks import check_pack, pack_bytes, pack_names, parse_pack


@pytest.mark.parametrize("name", pack_names())
def test_the_examples_of_a_shipped_pack_hold(name: str) -> None:
    assert check_pack(pack_bytes(name)) == []
    assert parse_pack(pack_bytes(name)).pack == name


def test_chat_is_shipped() -> None:
    assert "chat" in pack_names()
