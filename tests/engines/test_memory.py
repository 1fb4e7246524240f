import subprocess
import sys

KEPT = """
import resource
import numpy as np
from curate.engines.memory import keep_memory

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def batches(number):
    before = faults()
    for _ in range(number):
        np.ones(2_000_000, np.uint8)
    return faults() - before

keep_memory()
batches(2)
assert batches(50) < 50, "memory was given back"
import pyarrow as pa
assert pa.default_memory_pool().backend_name == "system"
"""


def test_what_a_batch_freed_is_there_for_the_next() -> None:
    subprocess.run([sys.executable, "-c", KEPT], check=True)
