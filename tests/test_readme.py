"""The README shows what the commands print today."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

VARYING = [
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"), "TIME"),
    (re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}"), "RUN"),
    (re.compile(r"fed hash [0-9a-f]{12}"), "fed hash HASH"),
]
"""What differs from run to run (a tokenizer's merges may differ between its versions)."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def plain(text: str) -> list[str]:
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    return [line.rstrip() for line in text.strip().splitlines()]


def session(block: str) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines shown under it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(part.split("\n", 1)[0], plain(part.split("\n", 1)[1])) for part in parts]


def shows(shown: list[str], printed: list[str]) -> bool:
    """Whether lines are what was printed, `...` standing for any lines."""
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def test_the_first_screen_is_what_the_commands_print(tmp_path: Path) -> None:
    pytest.importorskip("trl", reason="the extra train is not installed")
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    run([sys.executable, "-m", "curate.rules.demo.make_model", "tiny"], tmp_path)
    for command, shown in session(blocks("console")[0]):
        words = command.split()
        assert words[0] == "curate"
        printed = plain(run([sys.executable, "-m", *words], tmp_path))
        assert shows(shown, printed), f"$ {command}\n" + "\n".join(printed)


def test_the_scrub_shown_is_what_the_commands_print(tmp_path: Path) -> None:
    pytest.importorskip("presidio_analyzer", reason="the extra pii is not installed")
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    (block,) = (one for one in blocks("console") if "recipes/scrub.yaml" in one)
    for command, shown in session(block):
        printed = plain(run([sys.executable, "-m", *command.split()], tmp_path))
        assert shows(shown, printed), f"$ {command}\n" + "\n".join(printed)


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_shown_runs(tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="the extra hf is not installed")
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shown = blocks("python")[0] + "print(len(version.to_dataset()), changes.number('edited'))"
    assert run([sys.executable, "-c", shown], tmp_path) == "230 0\n"


def test_the_recipe_shown_is_the_recipe_that_ships() -> None:
    name, _, shown = blocks("yaml")[0].partition("\n")
    shipped = (ROOT / name.removeprefix("# ")).read_text(encoding="utf-8")
    assert shipped.endswith(shown)


def test_the_table_of_steps_is_the_one_the_command_prints(tmp_path: Path) -> None:
    table = re.search(r"<!-- operators.*?-->\n(.*?)<!-- end -->", README, re.DOTALL)
    assert table is not None
    printed = run([sys.executable, "-m", "curate", "operators", "--markdown"], tmp_path)
    assert table[1].strip() == printed.strip()


def test_every_file_the_readme_names_is_there() -> None:
    for path in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / path).exists(), path
