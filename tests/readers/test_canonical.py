import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.readers.canonical import canonical, key_bytes
from curate.readers.problem import BadRecordError


def test_keys_are_sorted_and_nothing_else_is_changed() -> None:
    assert canonical({"b": " ü", "a": [1, 1.5, None]}) == '{"a":[1,1.5,null],"b":" ü"}'.encode()
    assert canonical({"a": float("inf"), "b": b"\x00"}) == b'{"a":null,"b":"AA=="}'


@given(st.text(st.characters(codec="utf-8")))
def test_exactly_texts_with_nul_are_refused(text: str) -> None:
    if "\x00" in text:
        with pytest.raises(BadRecordError, match="U\\+0000"):
            canonical([text])
    else:
        canonical([text, "\\u0000", text])


def test_a_key_may_be_any_value_but_none() -> None:
    assert key_bytes("T-17", "id") == b'"T-17"'
    assert key_bytes(0, "id") == b"0"
    for nothing in (None, ""):
        with pytest.raises(BadRecordError, match="no value in key column 'id'"):
            key_bytes(nothing, "id")


def test_a_key_that_lost_digits_is_refused() -> None:
    with pytest.raises(BadRecordError, match="beyond 64 bits"):
        key_bytes(1.2345678901234568e29, "id")
