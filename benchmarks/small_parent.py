"""Runs a command as the child of a small process, and writes what the command used.

    python small_parent.py USAGE.json COMMAND ...

The peak memory that Linux reports of a process begins with what its parent had resident when it was
forked, so that a benchmark that holds much would be taken for the peak of all that it runs.
"""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Run the command; end as it ends."""
    usage_file, *words = sys.argv[1:]
    began = time.monotonic()
    process = os.posix_spawnp(words[0], words, os.environ)
    # Not a plain `wait`: the system tells what a child used only to whom it hands it over.
    _, status, usage = os.wait4(process, 0)
    wall, cpu = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    used = {"wall": wall, "cpu": cpu, "mebibytes": usage.ru_maxrss / 1024}
    Path(usage_file).write_text(json.dumps(used))
    code = os.waitstatus_to_exitcode(status)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
