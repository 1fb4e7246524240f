"""What an installation owes: its packages under their names, and a quick command line."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import Workbench

ROOT = Path(__file__).parents[1]

HEAVY = ("duckdb", "numpy", "pandas", "pyarrow", "pydantic", "rich", "torch", "transformers")


def _folders() -> set[str]:
    """The packages that the checkout holds, by the names they are installed under."""
    found = set()
    for top in ("curate", "train", "eval", "rules"):
        for init in (ROOT / top).rglob("__init__.py"):
            parts = init.parent.relative_to(ROOT).parts
            found.add(".".join(parts if top == "curate" else ("curate", *parts)))
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("curate", "train", "eval", "rules", "pyproject.toml", "README.md", "LICENSE"):
        (source / name).symlink_to(ROOT / name)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, str(source)], check=True, timeout=120
    )
    target = folder / "target"
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(target)
    return target


def _python(code: str, folder: Path, *path: Path) -> str:
    """What a fresh Python prints that finds only the given folders and the dependencies."""
    paths = [str(folder), *map(str, path), *(p for p in sys.path if p.endswith("-packages"))]
    run = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {paths!r}\n{code}"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_installed_curate_is_not_confused_by_a_foreign_train_module(
    installed: Path, tmp_path: Path
) -> None:
    for name in ("train", "eval", "rules"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('the foreign one')")
    code = "import curate, curate.train, curate.eval, curate.rules.demo\n"
    code += "for one in (curate, curate.train, curate.eval, curate.rules): print(one.__file__)"
    files = _python(code, tmp_path, installed).split()
    parts = ["curate", "curate/train", "curate/eval", "curate/rules"]
    assert files == [str(installed / part / "__init__.py") for part in parts]


def test_the_wheel_holds_every_package_and_no_other(installed: Path) -> None:
    held = {
        ".".join(init.parent.relative_to(installed).parts)
        for init in installed.rglob("__init__.py")
    }
    assert held == _folders(), "setuptools' `packages` in pyproject.toml lists them"


def test_the_wheel_holds_the_rules_recipes_and_demonstration_data(installed: Path) -> None:
    for pattern in (
        "packs/*.yaml",
        "recipes/*.yaml",
        "demo/*.jsonl",
        "demo/*.toml",
        "demo/*.sh",
        "demo/*.yaml",
    ):
        there = {file.relative_to(ROOT / "rules") for file in (ROOT / "rules").glob(pattern)}
        assert there, pattern
        missing = {file for file in there if not (installed / "curate/rules" / file).is_file()}
        assert not missing
    assert (installed / "curate/py.typed").is_file()


def test_nothing_but_commands_names_training_or_evaluation_by_its_installed_name() -> None:
    """The layer contracts see them as `train` and `eval`, so this name would slip past them."""
    naming = re.compile(
        r"^\s*(from|import) curate\.(train|eval)\b|^\s*from curate import .*\b(train|eval)\b", re.M
    )
    files = [*(ROOT / "curate").rglob("*.py"), *(ROOT / "train").rglob("*.py")]
    files += (ROOT / "eval").rglob("*.py")
    commands = ROOT / "curate" / "commands"
    assert not [
        str(file)
        for file in files
        if commands not in file.parents and naming.search(file.read_text("utf-8"))
    ]


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import runpy, sys\n"
        "sys.argv = ['curate', '--help']\n"
        "from curate.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as done:\n    assert done.code in (0, None), done.code\n"
        "print('IMPORTED', *sorted(sys.modules))"
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(
        run, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    help_text, _, modules = done.stdout.partition("IMPORTED ")
    assert "Usage:" in help_text
    assert not set(modules.split()) & set(HEAVY), modules


def test_commands_that_only_read_leave_pandas_alone(filled: Workbench) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    filled.build()
    read = (
        "import sys\n"
        "from curate.cli import main\n"
        f"store = {str(filled.store.folder)!r}\n"
        "sys.argv = ['curate', 'why', 'tickets.jsonl:2', '--store', store]\n"
        "try:\n    main()\n"
        "finally:\n"
        "    print('pandas' in sys.modules)\n"
        "    import pandas\n"
        "    print(pandas.__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["False", "pandas"]
