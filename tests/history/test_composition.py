"""What versions are made of: slices as recipes name them, side by side, and as a page."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from curate.cli import curate
from curate.errors import RefusedError, UsageError
from curate.history.composition import Composition, Size, composition
from curate.history.composition_page import pieces
from curate.recipe import load_code
from curate.store import Version
from tests.conftest import Workbench
from tests.history.test_html_page import EVIL, Parsed

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SOURCES = (
    "{path: one.jsonl, name: one, license: mit, "
    "map: {prompt: q, response: a, labels: {topic: t}}}\n"
    "  - {path: two.jsonl, name: two}"
)
TOKENS = '''
from collections.abc import Mapping, Sequence
from typing import ClassVar

import pyarrow as pa

from curate.operator import SignalOperator


class Counted(SignalOperator):
    """Counts what a training would see: here ten tokens a text."""

    name: ClassVar[str] = "counted"
    version: ClassVar[int] = 1

    def fields(self) -> Sequence[str]:
        return ["conversation", "text"]

    def signals(self) -> Mapping[str, str]:
        return {"trained_tokens": "Ten.", "mood": "A label."}

    def labels(self) -> frozenset[str]:
        return frozenset({"mood"})

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        said = texts.to_pylist()
        return {
            "trained_tokens": pa.array([10.0] * len(said), pa.float64()),
            "mood": pa.array(["glad" if "yes" in text else "grim" for text in said]),
        }
'''


def rows() -> list[dict[str, str]]:
    topics = ["bills", "cats", EVIL]
    return [{"q": f"What is {n}?", "a": "yes " * (n + 1), "t": topics[n % 3]} for n in range(30)]


@pytest.fixture
def sides(bench: Workbench, registry: None) -> tuple[Version, Version]:
    """Thirty talks and ten documents; then without a third of the talks."""
    path = bench.folder / "counted.py"
    path.write_text(TOKENS)
    load_code(path)
    bench.write(rows(), "one.jsonl")
    bench.write([{"text": f"No. {'word ' * n}"} for n in range(10)], "two.jsonl")
    first = bench.build(bench.recipe("  - counted\n", SOURCES)).version
    drop = "  - counted\n  - drop: words < 11\n  - split: {eval: 0.2}\n"
    second = bench.build(bench.recipe(drop, SOURCES)).version
    assert first is not None
    assert second is not None
    return first, second


def table(found: Composition, by: str) -> dict[str, tuple[Size, ...]]:
    (one,) = [each for each in found.ways if each.by == by]
    return {part.name: part.sizes for part in one.parts}


def test_slices_are_counted_in_records_characters_and_tokens(sides: tuple[Version, ...]) -> None:
    found = composition(sides, ["source", "labels.topic", "kind"])
    talks = sum(len(f"What is {n}?") + 4 * (n + 1) for n in range(30))
    documents = sum(len("No. " + "word " * n) for n in range(10))
    assert found.whole[0] == Size(40, talks + documents, 400)
    assert table(found, "source")["one"][0] == Size(30, talks, 300)
    assert table(found, "kind")["text"] == (Size(10, documents, 100),) * 2
    assert [size.records for size in table(found, "source")["one"]] == [30, 20]
    assert {name: sizes[1].records for name, sizes in table(found, "labels.topic").items()} == {
        **{"bills": 6, "cats": 7, EVIL: 7},
        "(none)": 10,
    }
    for one in found.ways:
        for at, whole in enumerate(found.whole):
            assert sum(part.sizes[at].records for part in one.parts) == whole.records
            assert sum(part.sizes[at].characters for part in one.parts) == whole.characters


def test_a_slice_that_one_side_lacks_is_nothing_there(sides: tuple[Version, ...]) -> None:
    found = composition(sides, ["split"])
    assert table(found, "split")["eval"][0] == Size(0, 0, 0)
    assert table(found, "split")["eval"][1].records == sides[1].splits()["eval"]


def test_without_a_way_all_that_part_the_records_are_shown(sides: tuple[Version, ...]) -> None:
    ways = [one.by for one in composition(sides).ways]
    assert ways == ["source", "split", "kind", "license", "labels.topic", "mood"]
    assert "split" not in [one.by for one in composition(sides[:1]).ways]


def test_slices_stand_by_size_and_bins_in_their_order(sides: tuple[Version, ...]) -> None:
    found = composition(sides[:1], ["words", "mood"], bins=(5, 20))
    assert list(table(found, "words")) == ["below 5", "5 to 20", "20 and more", "(none)"]
    assert [sizes[0].records for sizes in table(found, "words").values()] == [4, 15, 11, 10]
    # What is known of conversations and of documents is one thing.
    moods = {name: sizes[0].records for name, sizes in table(found, "mood").items()}
    assert moods == {"glad": 30, "grim": 10}


def test_numbers_without_bins_part_into_about_equal_ones(sides: tuple[Version, ...]) -> None:
    found = composition(sides[:1], ["words"])
    sizes = [one[0].records for name, one in table(found, "words").items() if name != "(none)"]
    assert len(sizes) == 5
    assert max(sizes) - min(sizes) <= 2


def test_tokens_are_not_known_where_none_are_stored(bench: Workbench) -> None:
    bench.write([{"prompt": "a", "response": "b"}])
    version = bench.build(bench.recipe("")).version
    assert version is not None
    found = composition([version])
    assert found.whole == (Size(1, 2, None),)
    assert found.ways == ()


def test_topics_of_both_sides_are_seen_by_one_measure(bench: Workbench) -> None:
    pytest.importorskip("model2vec")
    from tests.models.static import make_static
    from tests.operators.test_topics import SIZES, STEPS
    from tests.operators.test_topics import rows as talks

    bench.write(talks())
    make_static(bench.folder / "emb")
    versions = [
        bench.build(bench.recipe(f"{STEPS}{more}")).version
        for more in ("", "  - balance: {by: topic}\n", "  - drop: words < 6\n")
    ]
    sides = [one for one in versions if one is not None]
    (way,) = composition(sides, ["topic"]).ways
    assert [[size.records for size in part.sizes[:2]] for part in way.parts] == [
        [size, 15] for size in SIZES
    ]
    (given,) = (one for one in sides[0].certificates if one["kind"] == "topics")
    assert way.fingerprint == given["fingerprint"]


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("sorce", "mean 'source'"),
        ("mod", "mean 'mood'"),
        ("labels.", "Ways: split"),
        ("ref", "only a build knows"),
        ("labels.topik", "no record has a value of labels.topik. Did you mean 'labels.topic'"),
    ],
)
def test_a_way_that_there_is_not_is_told(sides: tuple[Version, ...], by: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        composition(sides, [by])


def test_more_versions_than_can_be_told_apart_are_refused(sides: tuple[Version, ...]) -> None:
    with pytest.raises(UsageError, match="6 side by side"):
        composition([sides[0]] * 7)


def test_the_page_stands_alone_and_texts_of_data_are_text(sides: tuple[Version, ...]) -> None:
    page = "".join(pieces(composition(sides)))
    parsed = Parsed(page)
    assert parsed.open == []
    assert not {tag for tag, _ in parsed.elements} & {"img", "iframe", "link", "object", "form"}
    assert not any(name.startswith("on") for _, attrs in parsed.elements for name in attrs)
    for _, attrs in parsed.elements:
        assert "src" not in attrs
        assert (attrs.get("href") or "#").startswith("#")
    assert "default-src 'none'" in page
    assert "<script>alert(1)" in "".join(parsed.texts)
    assert "\x1b" not in page
    assert "30" in parsed.texts
    assert "tokens" in parsed.texts


def test_many_slices_are_summed_up_on_the_page(bench: Workbench) -> None:
    bench.write([{"prompt": f"{n}", "response": "b", "name": f"n{n}"} for n in range(130)])
    version = bench.build(bench.recipe("")).version
    assert version is not None
    page = "".join(pieces(composition([version], ["meta.name"])))
    assert "30 smaller slices" in page


def call(bench: Workbench, *arguments: str) -> Result:
    store = ["--store", str(bench.store.folder)]
    result = CliRunner().invoke(curate, ["composition", *arguments, *store])
    if result.exception is not None:
        raise result.exception
    return result


@pytest.mark.usefixtures("sides")
def test_the_command_tells_a_person_a_program_and_a_browser(bench: Workbench) -> None:
    refs = ("support@1", "support@2")
    page = bench.folder / "page.html"
    text = call(bench, *refs, "--by", "source", "--html", str(page)).output
    assert "█" in text
    assert "75.0 %" in text
    assert page.read_text().startswith("<!doctype html>")
    found: Mapping[str, Any] = json.loads(call(bench, *refs, "--by", "source", "--json").output)
    assert [one["version"] for one in found["versions"]] == list(refs)
    slices: Sequence[Mapping[str, Any]] = found["ways"][0]["slices"]
    assert [one["name"] for one in slices] == ["one", "two"]
    assert [size["share"] for size in slices[0]["sizes"]] == pytest.approx([0.75, 2 / 3])
    # A page of ours is replaced, another file is not.
    call(bench, *refs, "--html", str(page))
    Path(page).write_text("mine")
    with pytest.raises(RefusedError):
        call(bench, *refs, "--html", str(page))
    for bins in ("a", "3,2", "1,nan", ""):
        with pytest.raises(UsageError, match="ascending numbers"):
            call(bench, *refs, "--by", "words", "--bins", bins)
