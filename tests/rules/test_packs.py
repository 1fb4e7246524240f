import re

import pytest

from curate.rulepacks import check_pack, pack_bytes, pack_names, parse_pack

PUBLISHED = {
    *("c4", "c4@datatrove", "refinedweb"),
    *("dolma", "fineweb", "fineweb@datatrove", "gopher", "gopher@datatrove", "gopher-repetition"),
    *("gopher-repetition@datatrove", "gopher-repetition@dolma"),
}


@pytest.mark.parametrize("name", pack_names())
def test_the_examples_of_a_shipped_pack_hold(name: str) -> None:
    if any("language" in (rule.where or "") for rule in parse_pack(pack_bytes(name)).rules):
        pytest.importorskip("fasttext", reason="the extra language is not installed")
    assert check_pack(pack_bytes(name)) == []
    assert parse_pack(pack_bytes(name)).pack == name


def test_the_packs_are_shipped() -> None:
    assert {"chat", *PUBLISHED} <= set(pack_names())


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_every_limit_of_a_published_pack_has_its_source(name: str) -> None:
    pack = parse_pack(pack_bytes(name))
    sources = ("arXiv", "ection 2.2", "TFDS", "datatrove 0.10.1")
    for rule in (*pack.lines, *pack.rules):
        cited = any(source in rule.why for source in sources)
        assert cited or rule.limit is None, rule.id


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_published_pack_warns_of_chat_answers_before_its_rules(name: str) -> None:
    head = re.split(r"\n(?:rules|lines):\n", pack_bytes(name).decode())[0]
    assert "destructive on chat answers" in " ".join(head.replace("#", "").split())
