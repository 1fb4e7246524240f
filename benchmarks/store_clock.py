"""The time of a piece of work: on the wall, and of all threads together."""

import time


class Clock:
    """Runs from when it is made."""

    def __init__(self) -> None:
        """Start."""
        self.began = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        """The seconds since then, and the CPU seconds that this process used."""
        seconds, cpu = self.began
        return {"seconds": time.perf_counter() - seconds, "cpu": time.process_time() - cpu}
