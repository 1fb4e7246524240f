import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from curate.commands.doctor import doctor, tell
from curate.doctor import Accelerators, StoreState, examine
from curate.output import Output
from curate.requirement import Extra, core_requirements, extras, within
from curate.store import Store


def test_the_core_is_complete_and_every_bound_is_understood() -> None:
    assert {needed.name for needed in core_requirements()} >= {"duckdb", "pyarrow", "pydantic"}
    assert all(needed.fits for needed in core_requirements())
    for extra in extras():
        assert all(
            within(one.found or "0", one.bounds) in (True, False) for one in extra.requirements
        )


def test_an_extra_that_lacks_a_package_comes_with_the_line_that_installs_it() -> None:
    by_name = {extra.name: extra for extra in extras()}
    assert "all" not in by_name, "it only joins others"
    for extra in by_name.values():
        complete = all(one.fits for one in extra.requirements)
        assert extra.install == (None if complete else f"pip install 'curate[{extra.name}]'")


def test_no_store_is_no_fault_and_a_sound_one_is_counted(tmp_path: Path) -> None:
    runner = CliRunner()
    absent = runner.invoke(doctor, ["--store", str(tmp_path / "absent"), "--json"])
    assert absent.exit_code == 0, absent.output
    assert json.loads(absent.output)["store"]["exists"] is False
    assert not (tmp_path / "absent").exists(), "looking makes nothing"
    Store.create(tmp_path / "store")
    sound = json.loads(runner.invoke(doctor, ["--store", str(tmp_path / "store"), "--json"]).output)
    assert sound["store"] == {
        "path": str(tmp_path / "store"),
        "exists": True,
        "datasets": 0,
        "versions": 0,
        "error": None,
    }


def test_a_damaged_store_is_named_and_sets_the_exit_code(tmp_path: Path) -> None:
    Store.create(tmp_path)
    (tmp_path / "catalog.duckdb").write_bytes(b"not a catalog at all" * 1000)
    result = CliRunner().invoke(doctor, ["--store", str(tmp_path)])
    assert result.exit_code == 6
    assert "broken: " in result.output
    assert str(tmp_path) in result.output


def test_a_folder_that_is_no_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("")
    assert CliRunner().invoke(doctor, ["--store", str(tmp_path)]).exit_code == 6


def test_the_text_names_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = replace(
        examine(tmp_path / "absent"),
        extras=(Extra("attack", (), "pip install 'curate[attack]'"),),
        accelerators=Accelerators(),
        store=StoreState("here", exists=False),
    )
    tell(bare, Output())
    text = capsys.readouterr().out
    assert "pip install 'curate[attack]'" in text
    assert "training is not installed" in text
    assert "none yet" in text
