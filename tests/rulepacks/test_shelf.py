import pytest

from curate.errors import NotFoundError
from curate.rulepacks import pack_bytes, pack_names


def test_a_variant_is_found_by_its_name_and_the_paper_s_is_the_default() -> None:
    assert {"gopher", "gopher@datatrove"} <= set(pack_names())
    assert pack_bytes("gopher@paper") == pack_bytes("gopher")
    assert pack_bytes("gopher@datatrove") != pack_bytes("gopher")


@pytest.mark.parametrize("name", ["gohper", "gopher@paepr", "@paper", "gopher@datatrove@paper2"])
def test_an_unknown_name_is_told_what_there_is(name: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        pack_bytes(name)
    assert "gopher" in str(caught.value)
