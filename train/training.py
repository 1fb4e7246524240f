"""The training itself: prepare, train, evaluate and save, with the row in `runs` kept true."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from curate.errors import RefusedError
from curate.models.files import ModelFiles, hash_folder
from curate.progress import Progress
from curate.store import Run, Store, Version

from .callbacks import Stop, make_callback
from .card import write_card
from .config import Request
from .faults import device_errors
from .fed import reconcile
from .feed import Feed
from .prepare import Material, check_fed, evaluation_split, feed_of, tell_excluded
from .provenance import Provenance, last_checkpoint, now
from .seen import held_out_prompts
from .trainers import load, make_trainer, prepare_base
from .trl_arguments import Device

NOT_METRICS: Final = frozenset(
    {
        "epoch",
        "step",
        "learning_rate",
        "eval_num_tokens",
        "eval_runtime",
        "eval_samples_per_second",
        "eval_steps_per_second",
    }
)
"""What the Trainer logs beside metrics."""


@dataclass(frozen=True)
class Training:
    """A training that has been checked and can go."""

    store: Store
    request: Request
    version: Version
    output: Path
    model: ModelFiles
    material: Material
    device: Device
    arguments: Any
    """TRL's configuration."""
    provenance: Provenance
    progress: Progress

    def go(self) -> dict[str, Any]:
        """Prepare, train, evaluate, save; the row in `runs` tells how far it came."""
        config = self.request.config
        feed = feed_of(self.version, config, self.material, self.progress)
        check_fed(self.version, feed)
        held_out = evaluation_split(self.version)
        evaluation = feed_of(held_out, config, self.material, self.progress) if held_out else None
        if evaluation is not None and not evaluation.account.fed:
            evaluation = None
        if held_out is not None:
            seen = held_out_prompts(self.store, self.version, held_out, self.model, self.progress)
            self.provenance.update(held_out=seen.as_json())
        stop = Stop()
        with self._recorded(feed):
            trainer = self._trainer(feed, evaluation, stop)
            self._train(trainer, stop)
            metrics = _metrics(trainer)
            if evaluation is not None and evaluation.account.fed:
                metrics |= _evaluate(trainer)
            trainer.save_model(str(self.output))
            # A pickle that nothing reads: all arguments stand in curate.json.
            (self.output / "training_args.bin").unlink(missing_ok=True)
            self.provenance.update(metrics=metrics, output_hash=hash_folder(self.output))
        write_card(self.output, self.provenance.values)
        return self.provenance.values

    def _trainer(self, feed: Feed, evaluation: Feed | None, stop: Stop) -> Any:
        config, device, arguments = self.request.config, self.device, self.arguments
        base = prepare_base(self.model, self.output, config, device)
        self.provenance.update(model=self.model.as_json() | {"trained_on": base.hash})
        model = load(config, base, device)
        _check_vocabulary(self.material.tokenizer, model)
        full_dpo = config.method == "dpo" and config.adapter == "none"
        reference = load(config, base, device) if full_dpo else None
        callback = make_callback(self.output, self.provenance, self.progress, stop)
        trainer = make_trainer(
            config, arguments, model, reference, self.material.tokenizer, feed, evaluation, callback
        )
        limit, told = self.material.max_length, len(feed.account.excluded)
        fed_hash = reconcile(config.method, feed, trainer.train_dataset, limit)
        tell_excluded(self.version, feed.account, self.progress, told)
        check_fed(self.version, feed)
        if evaluation is not None:
            reconcile(config.method, evaluation, trainer.eval_dataset, limit)
            self.provenance.update(evaluation=evaluation.account.as_json())
        self.provenance.update(
            fed_hash=fed_hash,
            records=feed.account.as_json(),
            arguments=arguments.to_dict(),
        )
        self._save("running", feed)
        return trainer

    def _train(self, trainer: Any, stop: Stop) -> None:
        checkpoint = None
        if self.request.resume:
            checkpoint = last_checkpoint(self.output)
            at = checkpoint.name if checkpoint else "the start: there is no checkpoint"
            self.progress.note(f"resuming from {at}")
        with stop.listening(self.progress):
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        if stop.asked and trainer.state.global_step < trainer.state.max_steps:
            at = f"step {trainer.state.global_step}"
            self.progress.note(f"stopped at {at}; go on with --resume --output {self.output}")
            raise KeyboardInterrupt

    @contextmanager
    def _recorded(self, feed: Feed) -> Iterator[None]:
        """Keep the row in `runs` and `curate.json` true, however it ends."""
        self._save("running", feed)
        try:
            with device_errors(self.output):
                yield
        except KeyboardInterrupt:
            self._save("interrupted", feed)
            raise
        except BaseException:
            self._save("failed", feed)
            raise
        self._save("done", feed)

    def _save(self, status: Any, feed: Feed) -> None:
        ended = status != "running"
        self.provenance.update(status=status, finished=now() if ended else None)
        # A failed run is recorded even where its folder can hold no more.
        with suppress(*([OSError] if status == "failed" else [])):
            self.provenance.write(self.output)
        values = self.provenance.values
        row = Run(
            run=values["run"],
            kind="train",
            method=values["method"],
            dataset=self.version.dataset,
            version=self.version.number,
            snapshot=self.version.snapshot,
            split=self.version.split or "train",
            model=self.request.model,
            model_hash=self.model.hash,
            output=str(self.output),
            records=feed.account.fed,
            fed_hash=values.get("fed_hash"),
            output_hash=values.get("output_hash"),
            excluded=list(feed.account.excluded),
            status=status,
            metrics=values.get("metrics", {}),
            started=datetime.fromisoformat(values["started"]),
            finished=datetime.now(UTC) if ended else None,
        )
        self.store.record_run(row)


def _check_vocabulary(tokenizer: Any, model: Any) -> None:
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise RefusedError(
            "tokenizer",
            f"it has {len(tokenizer)} tokens, and the model {rows} embeddings",
            "Use the tokenizer that belongs to the model.",
        )


def _metrics(trainer: Any) -> dict[str, Any]:
    """The last reported loss and, for DPO, rewards; the number of steps."""
    logs = [entry for entry in trainer.state.log_history if "loss" in entry]
    last = {
        name: value for name, value in (logs[-1] if logs else {}).items() if name not in NOT_METRICS
    }
    metrics: dict[str, Any] = {"steps": trainer.state.global_step, **last}
    import torch

    if torch.cuda.is_available():
        metrics["peak_memory_bytes"] = torch.cuda.max_memory_allocated()
    return metrics


def _evaluate(trainer: Any) -> dict[str, float]:
    """The loss on the held-out split, and for DPO its rewards."""
    found = trainer.evaluate().items()
    return {name: value for name, value in found if name not in NOT_METRICS}
