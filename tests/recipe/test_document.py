import pytest

from curate.recipe.document import read_document


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("true", True),
        ("2024-01-31", "2024-01-31"),
        ("1:30", "1:30"),
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("-7", -7),
        ("1e-5", 1e-5),
        (".5", 0.5),
        ("-.5e2", -50.0),
        ("3.", 3.0),
        ("1.5.2", "1.5.2"),
        ("null", None),
        ("~", None),
        ("", None),
        ("'7'", "7"),
        ("!!str 7", "7"),
        ("<<", "<<"),
        ("=", "="),
        ("日本語 🎉", "日本語 🎉"),
    ],
)
def test_scalars_follow_the_core_schema(written: str, value: object) -> None:
    found = read_document(f"key: {written}\n", "x.yaml")
    assert found.problems == []
    assert found.value == {"key": value}
    assert type(found.value["key"]) is type(value)


def test_keys_are_texts_as_written() -> None:
    assert read_document("on: 1\n2024: 2\nnull: 3\n", "x.yaml").value == {
        "on": 1,
        "2024": 2,
        "null": 3,
    }


def test_a_place_that_is_not_written_has_the_line_around_it() -> None:
    document = read_document("a:\n\n  - b: 1\n    c: 2\n", "x.yaml")
    assert document.line(("a", 0, "c")) == 4
    assert document.line(("a", 0, "missing")) == 3
