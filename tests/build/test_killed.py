"""A build that is killed at any moment leaves a store that opens and shows only whole versions."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import Workbench, tickets
from tests.store.injected import assert_whole

MOMENTS = 20


def start(bench: Workbench, seed: int) -> subprocess.Popen[bytes]:
    recipe = bench.folder / "recipe.yaml"
    recipe.write_text(bench.recipe(seed=seed))
    command = [sys.executable, "-m", "curate", "build", str(recipe), "--workers", "2"]
    command += ["--batch-size", "100", "--store", str(bench.store.folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_build_killed_at_twenty_moments_leaves_only_whole_versions(bench: Workbench) -> None:
    bench.write(tickets(400))
    began = time.monotonic()
    assert start(bench, 0).wait() == 0
    length = time.monotonic() - began
    choose = random.Random(20)
    seen = assert_whole(bench.store)
    for moment in range(MOMENTS):
        # Half of the moments fall into the last third, where the commit is.
        share = choose.random() if moment % 2 else 1 - choose.random() / 3
        process = start(bench, moment + 1)
        time.sleep(length * share)
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = assert_whole(bench.store)
        assert seen <= now <= seen + 1
        seen = now
    assert start(bench, 99).wait() == 0
    assert assert_whole(bench.store) == seen + 1
    assert not list(bench.store.folder.glob("catalog.*.tmp*"))
    named = {bench.store.folder / file.path for file in bench.store.files()}
    assert set((bench.store.folder / "segments").iterdir()) <= named


def test_ctrl_c_ends_a_build_with_code_130_and_a_usable_store(bench: Workbench) -> None:
    bench.write(tickets(400))
    process = start(bench, 1)
    time.sleep(0.8)
    process.send_signal(signal.SIGINT)
    # Python ends by the signal itself, which a shell shows as 130, where it came during an import.
    assert process.wait() in (0, 130, -signal.SIGINT)
    assert_whole(bench.store)
    assert start(bench, 1).wait() == 0


def test_workers_end_when_their_builder_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "many.py"
    script.write_text(
        "import os, time\n"
        "from curate.engines.local import LocalEngine\n"
        "def work(n):\n"
        "    print(os.getpid(), flush=True)\n"
        "    time.sleep(60)\n"
        "if __name__ == '__main__':\n"
        "    list(LocalEngine(2).map(work, [1, 2, 3]))\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    workers = [int(process.stdout.readline()) for _ in range(2)]
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(_is_alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(_is_alive(worker) for worker in workers)
    process.stdout.close()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


AUGMENT = "  - augment: {with: [RandomWordAug, RandomCharAug], times: 3, language: false}\n"


def test_an_expansion_that_is_killed_goes_on_and_makes_the_same_children(
    bench: Workbench, tmp_path: Path
) -> None:
    whole = Workbench(tmp_path / "whole")
    for each in (bench, whole):
        each.write(tickets(300))
        (each.folder / "recipe.yaml").write_text(each.recipe(f"  - exact_dedup\n{AUGMENT}"))
    command = [sys.executable, "-m", "curate", "build", "--batch-size", "50", "--workers", "1"]

    def begin(of: Workbench) -> subprocess.Popen[bytes]:
        given = [*command, str(of.folder / "recipe.yaml"), "--store", str(of.store.folder)]
        return subprocess.Popen(given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    began = time.monotonic()
    assert begin(whole).wait() == 0
    length = time.monotonic() - began
    for share in (0.4, 0.6, 0.75, 0.9):
        process = begin(bench)
        time.sleep(length * share)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert_whole(bench.store)
    assert begin(bench).wait() == 0
    made = bench.store.version("support")
    assert made.snapshot == whole.store.version("support").snapshot
    assert made.records > 1500
