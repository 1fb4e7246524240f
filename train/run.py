"""One training from start to end: snapshot in, model with provenance out."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from curate.errors import MissingExtraError, RefusedError
from curate.models.files import ModelFiles, find_model
from curate.progress import Progress, Silent
from curate.store import Store, Version

from .config import Request
from .prepare import Material, check_kinds, chosen_split, make_material, notes_on
from .provenance import Provenance, check_output, check_same, libraries, now
from .quiet import quiet, quieten
from .training import Training
from .trl_arguments import Device, trl_arguments


def train(store: Store, request: Request, progress: Progress | None = None) -> dict[str, Any]:
    """Train, and return the content of `curate.json`.

    Raises `CurateError` before anything is written where the request does not fit the data or the
    model. Ctrl-C leaves a checkpoint, marks the run as interrupted and raises KeyboardInterrupt.
    """
    quieten()
    progress = progress or Silent()
    if request.resume and request.output is None:
        raise RefusedError("--resume", "no --output", "Name the folder of the training to resume.")
    _check_installed()
    _check_processes()
    version = chosen_split(store.version(request.ref))
    kinds = check_kinds(version, request.config.method)
    run = store.new_run_id()
    output = (request.output or Path("runs") / run).absolute()
    check_output(output, request.resume)
    with quiet():
        progress.stage(f"reading {request.model}", None)
        model = find_model(request.model, request.config.revision)
        material = make_material(request.config, model, kinds)
        for note in notes_on(request.config, material):
            progress.note(note)
        device = Device.chosen(request.config)
        arguments = trl_arguments(request.config, output, material.max_length, device)
        provenance = _provenance(run, version, request, model, material, device)
        if request.resume:
            before = check_same(output, provenance.values)
            provenance.update(run=before["run"], started=before["started"])
        training = Training(
            store=store,
            request=request,
            version=version,
            output=output,
            model=model,
            material=material,
            device=device,
            arguments=arguments,
            provenance=provenance,
            progress=progress,
        )
        return training.go()


def _check_installed() -> None:
    for package in ("torch", "transformers", "trl", "peft", "datasets"):
        if find_spec(package) is None:
            raise MissingExtraError("curate train", package, "train")


def _check_processes() -> None:
    import torch

    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        found, right = "started in several processes", "Start it once: it trains on one device."
        raise RefusedError("curate train", found, right)
    if torch.cuda.device_count() > 1:
        raise RefusedError(
            "curate train",
            f"{torch.cuda.device_count()} GPUs are visible, and it trains on one",
            "Choose one: CUDA_VISIBLE_DEVICES=0 curate train ...",
        )


def _provenance(
    run: str,
    version: Version,
    request: Request,
    model: ModelFiles,
    material: Material,
    device: Device,
) -> Provenance:
    config = request.config
    return Provenance(
        {
            "run": run,
            "status": "running",
            "started": now(),
            "dataset": version.dataset,
            "version": version.number,
            "snapshot": version.snapshot,
            "split": version.split,
            "recipe_hash": version.recipe_hash,
            "licenses": {name or "": count for name, count in version.licenses().items()},
            "method": config.method,
            "adapter": config.adapter,
            "model": model.as_json(),
            "model_hash": model.hash,
            "chat_template": material.template,
            "max_length": material.max_length,
            "config": config.model_dump(mode="json"),
            "seed": config.seed,
            "device": device._asdict(),
            "libraries": libraries(),
        }
    )
