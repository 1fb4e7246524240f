"""The page asks nothing of the network, and no text of data is anything but text in it."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from curate.history import diff
from curate.history.causes import STYLES
from curate.history.html_page import pieces, write_page
from tests.history.conftest import ROWS, Make, ticket

EVIL = "</script><script>alert(1)</script><img src=x onerror='alert(2)'>\x1b[31m\u202e\" & <!--"
SOURCE = (
    "{path: data, name: tickets, key: key, "
    "map: {prompt: prompt, response: response, labels: {topic: topic}}}"
)


class Parsed(HTMLParser):
    """The elements and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def page(make: Make) -> str:
    evil = [ticket("e", EVIL, EVIL) | {"topic": EVIL}, *ROWS, *_numbered(0)]
    changed = [ticket("e", EVIL, f"{EVIL} more") | {"topic": "b"}, *ROWS[:3], *_numbered(200)]
    changed.append(ticket("new", EVIL, "new") | {"topic": EVIL})
    sides = ([{"topic": "a"} | row for row in rows] for rows in (evil, changed))
    before, after = (make(rows, source=SOURCE) for rows in sides)
    found = diff(before, after)
    return "".join(pieces(found, [], None))


def _numbered(longer: int) -> list[dict[str, Any]]:
    return [ticket(f"n{n}", "What?", "x" * (n + longer)) for n in range(40)]


def test_texts_of_data_are_text(page: str) -> None:
    parsed = Parsed(page)
    assert parsed.open == []
    assert [tag for tag, _ in parsed.elements].count("script") == 1
    tags = {tag for tag, _ in parsed.elements}
    assert not tags & {"img", "iframe", "link", "object", "form", "base"}
    assert not any(name.startswith("on") for _, attrs in parsed.elements for name in attrs)
    assert "<script>alert(1)" in "".join(parsed.texts)
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_the_page_stands_alone(page: str) -> None:
    parsed = Parsed(page)
    for _, attrs in parsed.elements:
        assert "src" not in attrs
        assert "style" not in attrs
        assert (attrs.get("href") or "#").startswith("#")
    policy = next(
        attrs["content"]
        for tag, attrs in parsed.elements
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        inner = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert inner is not None
        digest = base64.b64encode(hashlib.sha256(inner[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_records_can_be_filtered_by_change_and_cause(page: str) -> None:
    parsed = Parsed(page)
    records = [attrs for tag, attrs in parsed.elements if attrs.get("class") == "record"]
    causes = {attrs["value"] for tag, attrs in parsed.elements if tag == "option"}
    assert {str(one["data-change"]) for one in records} == {"added", "edited", "removed"}
    assert {one["data-cause"] for one in records} < causes
    assert {attrs["value"] for _, attrs in parsed.elements if attrs.get("name") == "change"} <= (
        STYLES.keys()
    )


def test_a_shift_has_its_two_plots(page: str) -> None:
    assert "<h3>response_characters</h3>" in page
    assert "response_characters: share of the records" in page
    assert page.count('<polyline class="sa"') == page.count('<polyline class="sb"') > 0


def test_equal_versions_make_a_page_too(make: Make, tmp_path: Path) -> None:
    version = make()
    write_page(diff(version, version), [], 3, tmp_path / "deep" / "page.html")
    page = (tmp_path / "deep" / "page.html").read_text()
    assert "No record differs." in page
    assert Parsed(page).open == []
