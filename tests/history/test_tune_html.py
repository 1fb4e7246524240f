"""The page of a limit asks nothing of the network, and texts of data are text in it."""

import re
from pathlib import Path

import pytest

from curate.errors import RefusedError
from curate.history.tune import draw_samples, tune
from curate.history.tune_facts import tunable
from curate.history.tune_html import pieces, write_page
from curate.history.tune_labels import LabelFile, Session
from curate.store import Version
from tests.conftest import Workbench
from tests.history.conftest import Make, ticket
from tests.history.test_html_page import EVIL, Parsed

PACK = f"""
pack: mine
version: 1
what: Mine.
rules:
  - id: short
    what: "</div><script>alert(3)</script>"
    why: T.
    where: characters < limit and characters < 9999 -- </code><script>alert(4)</script>
    limit: 40
    good: ["{"a" * 50}"]
    bad: [a]
"""


@pytest.fixture
def built(make: Make, bench: Workbench) -> Version:
    (bench.folder / "mine.yaml").write_text(PACK)
    rows = [ticket(f"k{n}", f"Question {n}?", "x" * n) for n in range(1, 81)]
    rows += [ticket("evil", EVIL, EVIL), ticket("evil2", EVIL, "<b>short</b>")]
    return make(rows, "  - rules: {pack: mine.yaml}\n")


@pytest.fixture
def page(built: Version, tmp_path: Path) -> str:
    labels = tmp_path / "<script>labels.jsonl"
    session = Session(
        draw_samples(built, "short", 60, 0), LabelFile(labels, tunable(built, "short"))
    )
    while (one := session.current) is not None:
        session.answer("b" if one.value < 60 else "g")
    session.file.close()
    found = tune(built, "short", 200, labels, drawn=True)
    return "".join(pieces(found, built.ref, labels))


def test_texts_of_data_are_text(page: str) -> None:
    parsed = Parsed(page)
    assert parsed.open == []
    tags = [tag for tag, _ in parsed.elements]
    assert tags.count("script") == 1
    assert not {*tags} & {"img", "iframe", "link", "object", "form", "base"}
    assert not any(name.startswith("on") for _, attrs in parsed.elements for name in attrs)
    said = "".join(parsed.texts)
    for text in ("<script>alert(1)", "<b>short</b>", "<script>alert(3)", "<script>labels"):
        assert text in said
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_the_page_stands_alone(page: str) -> None:
    parsed = Parsed(page)
    for _, attrs in parsed.elements:
        assert "src" not in attrs
        assert "style" not in attrs
        assert (attrs.get("href") or "#").startswith("#")
    assert "content=\"default-src 'none'; style-src 'sha256-" in page


def test_records_of_both_sides_can_be_searched_and_filtered(page: str) -> None:
    parsed = Parsed(page)
    records = [attrs for _, attrs in parsed.elements if attrs.get("class") == "record"]
    assert len(records) == 82
    assert {one["data-change"] for one in records} == {"fails", "passes"}
    assert any(attrs.get("id") == "search" for _, attrs in parsed.elements)
    assert page.index('data-change="fails"') < page.index('data-change="passes"')


def test_the_plots_show_the_limit_and_the_advised_one(page: str) -> None:
    texts = Parsed(page).texts
    assert texts.count("limit 40") == 2
    assert texts.count("advised 60") == 1
    heights = [float(one) for one in re.findall(r'class="f[fp]"[^>]*height="([\d.]+)"', page)]
    assert len(heights) > 10
    assert all(height > 0 for height in heights)
    (points,) = re.findall(r'<polyline class="sb" points="([^"]+)"', page)
    places = [tuple(map(float, point.split(","))) for point in points.split()]
    assert places == sorted(places, key=lambda one: (one[0], -one[1]))
    assert len(places) > 30


def test_only_a_page_of_ours_is_replaced(built: Version, tmp_path: Path) -> None:
    found, out = tune(built, "short"), tmp_path / "deep" / "page.html"
    write_page(found, built.ref, None, out)
    first = out.read_text()
    write_page(found, built.ref, None, out)
    assert out.read_text() == first
    out.write_text("my own")
    with pytest.raises(RefusedError, match="is no page that curate made"):
        write_page(found, built.ref, None, out)
    assert out.read_text() == "my own"
