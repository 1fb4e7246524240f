"""What happens during a training: progress, provenance in checkpoints, and a clean stop."""

import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from curate.errors import RefusedError
from curate.progress import Progress

from .provenance import Provenance


class Stop:
    """Whether the user has pressed Ctrl-C: the first asks for a checkpoint, the second ends."""

    def __init__(self) -> None:
        """Nobody has asked to stop."""
        self.asked = False

    @contextmanager
    def listening(self, progress: Progress) -> Iterator[None]:
        """Catch the first Ctrl-C; only the main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ask(number: int, frame: FrameType | None) -> None:
            if self.asked:
                signal.default_int_handler(number, frame)
            self.asked = True
            progress.note("stopping after this step, with a checkpoint; Ctrl-C again to stop now")

        before = signal.signal(signal.SIGINT, ask)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def make_callback(output: Path, provenance: Provenance, progress: Progress, stop: Stop) -> Any:
    """A `TrainerCallback` that reports, and writes `curate.json` into every checkpoint."""
    from transformers import TrainerCallback

    class Reporter(TrainerCallback):
        """Reports steps and losses, and writes provenance where a checkpoint is saved."""

        def __init__(self) -> None:
            self.step = 0

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
            progress.stage("training", state.max_steps)
            progress.advance(state.global_step)
            self.step = state.global_step

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
            progress.advance(state.global_step - self.step)
            self.step = state.global_step
            if state.global_step >= state.max_steps:
                control.should_log = True
            if stop.asked:
                control.should_save = control.should_training_stop = True

        def on_log(
            self,
            args: Any,  # noqa: ARG002
            state: Any,
            control: Any,  # noqa: ARG002
            logs: dict[str, float] | None = None,
            **_: Any,
        ) -> None:
            if not logs or "loss" not in logs:
                return
            if not math.isfinite(logs["loss"]):
                raise _diverged(state.global_step, logs["loss"])
            progress.note(log_line(state.global_step, state.max_steps, logs))

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
            checkpoint = output / f"checkpoint-{state.global_step}"
            provenance.write(checkpoint, step=state.global_step)

    return Reporter()


def log_line(step: int, steps: int, logs: dict[str, float]) -> str:
    """One line on a step: its loss, and for DPO how well the pairs are told apart.

    >>> log_line(10, 100, {"loss": 1.25, "learning_rate": 2e-4})
    'step 10/100  loss 1.25  rate 0.0002'
    """
    parts = [f"step {step}/{steps}", f"loss {logs['loss']:.4g}"]
    if "rewards/accuracies" in logs:
        parts.append(f"preferred {logs['rewards/accuracies']:.0%}")
        parts.append(f"margin {logs['rewards/margins']:.3g}")
    if "learning_rate" in logs:
        parts.append(f"rate {logs['learning_rate']:.3g}")
    return "  ".join(parts)


def _diverged(step: int, loss: float) -> RefusedError:
    return RefusedError(
        f"training, step {step}",
        f"the loss is {loss}",
        "Lower learning_rate, or set dtype=float32; look for extreme records at the last losses.",
    )
