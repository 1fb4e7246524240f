"""Signals of language models: equal to a plain computation, whatever is beside a text."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from curate.conversations import record_of
from curate.errors import MissingExtraError, NotFoundError, RecipeError, RefusedError
from curate.operators import load
from curate.recipe import parse_recipe
from tests.conftest import Workbench, tickets
from tests.operators.likelihoods import LONG, SHORT, TALKS, USER, Direct, talk, texts_of, turn
from tests.train.tiny import make_model, make_tokenizer

pytest.importorskip("torch")
CLOSE = 1.001e-4
PAIR = talk(
    turn("user", USER), turn("assistant", LONG), rejected=[turn("assistant", "No idea, sorry.")]
)
OTHER = talk(
    turn("system", "Be kind."), turn("user", "Cancel it."), turn("assistant", SHORT),
    rejected=[turn("assistant", "No."), turn("user", "Why?"), turn("assistant", "Because.")],
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("chat"))


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("reference"), seed=1)


@pytest.fixture(scope="module")
def direct(folder: Path) -> Direct:
    return Direct(folder)


def made(name: str, folder: Path, **settings: Any) -> Any:
    return load()[name].model_validate({"model": str(folder), **settings})


def measured(
    name: str, folder: Path, texts: pa.StringArray | Sequence[str], **settings: Any
) -> list[dict[str, Any]]:
    """The values of each text."""
    given = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    columns = made(name, folder, **settings).measure(given)
    rows: list[dict[str, Any]] = pa.table(dict(columns)).to_pylist()
    return rows


def close(found: Mapping[str, Any], expected: Mapping[str, float]) -> None:
    assert set(found) == set(expected)
    for signal_name, value in expected.items():
        assert found[signal_name] == pytest.approx(value, rel=CLOSE), signal_name


@pytest.mark.parametrize("kind", TALKS)
def test_perplexity_is_that_of_the_trained_answers_given_their_history(
    folder: Path, direct: Direct, kind: str
) -> None:
    (found,) = measured("perplexity", folder, texts_of([TALKS[kind]]))
    close(found, direct.perplexities(TALKS[kind]))


@pytest.mark.parametrize("kind", TALKS)
def test_ifd_and_superfiltering_compare_the_same_tokens(
    folder: Path, direct: Direct, kind: str
) -> None:
    means = direct.means(TALKS[kind])
    ratios = [given / alone for given, alone in means]
    (found,) = measured("ifd", folder, texts_of([TALKS[kind]]))
    assert found["ifd"] == pytest.approx(sum(ratios) / len(ratios), abs=CLOSE)
    assert found["ifd_min"] == pytest.approx(min(ratios), abs=CLOSE)
    ratios = [exp(given - alone) for given, alone in means]
    (found,) = measured("superfiltering", folder, texts_of([TALKS[kind]]))
    assert found["superfiltering"] == pytest.approx(sum(ratios) / len(ratios), abs=CLOSE)
    assert found["superfiltering_min"] == pytest.approx(min(ratios), abs=CLOSE)


def test_every_answer_counts_and_not_the_last_alone(folder: Path, direct: Direct) -> None:
    several = TALKS["several turns"]
    assert len(direct.means(several)) == 2
    last = several | {"messages": [each | {"train": None} for each in several["messages"]]}
    last["messages"][1]["train"] = False
    both, one = (measured("ifd", folder, texts_of([each]))[0] for each in (several, last))
    assert both["ifd_min"] < both["ifd"]
    assert one["ifd"] == one["ifd_min"] != both["ifd"]


def test_the_first_answer_token_is_scored_in_both_passes(folder: Path, direct: Direct) -> None:
    """Where one pass leaves it out the spans are unequal, as in cleanllm and Superfiltering."""
    record = TALKS["one turn"]
    ((before, answer),) = direct.answers(record)
    given = direct.losses(before, answer)
    head = direct.tokenizer("<|im_start|>assistant\n", add_special_tokens=False)["input_ids"]
    alone = direct.losses(head, answer)
    equal = (sum(given) / len(given)) / (sum(alone) / len(alone))
    unequal = (sum(given) / len(given)) / (sum(alone[1:]) / len(alone[1:]))
    (found,) = measured("ifd", folder, texts_of([record]))
    assert abs(equal - unequal) > 2 * CLOSE
    assert found["ifd"] == pytest.approx(equal, abs=CLOSE)


def test_an_answer_is_cut_alike_in_both_passes(folder: Path, direct: Direct) -> None:
    record = talk(turn("user", USER), turn("assistant", LONG))
    ((before, answer),) = direct.answers(record)
    limit = len(before) + 20
    assert len(answer) > 20
    head = direct.tokenizer("<|im_start|>assistant\n", add_special_tokens=False)["input_ids"]
    given, alone = direct.losses(before, answer[:20]), direct.losses(head, answer[:20])
    (found,) = measured("ifd", folder, texts_of([record]), max_tokens=limit)
    assert found["ifd"] == pytest.approx(sum(given) / sum(alone), abs=CLOSE)
    (short,) = measured("ifd", folder, texts_of([record]), max_tokens=len(before) + 15)
    assert short == {"ifd": None, "ifd_min": None}
    assert (
        measured("perplexity", folder, texts_of([record]), max_tokens=limit)[0]["answer_tokens"]
        == 20
    )


def test_short_answers_have_no_ratio_and_are_left_out_of_the_mean(
    folder: Path, direct: Direct
) -> None:
    short = talk(turn("user", USER), turn("assistant", "Yes."))
    assert measured("ifd", folder, texts_of([short]))[0] == {"ifd": None, "ifd_min": None}
    assert measured("ifd", folder, texts_of([short]), min_tokens=1)[0]["ifd"] is not None
    mixed = talk(
        turn("user", USER), turn("assistant", "Yes."), turn("user", "How?"), turn("assistant", LONG)
    )
    ((given, alone),) = direct.means(mixed)
    assert measured("ifd", folder, texts_of([mixed]))[0]["ifd"] == pytest.approx(
        given / alone, abs=CLOSE
    )


def test_a_template_without_an_opening_leaves_the_first_token_out_of_both(
    folder: Path, direct: Direct, tmp_path: Path
) -> None:
    template = "{% for m in messages %}{{ m.content }}{{ '<|im_end|>' }}{% endfor %}"
    (tmp_path / "bare.jinja").write_text(template)
    before, answer = (
        direct.tokenizer(f"{each}<|im_end|>", add_special_tokens=False)["input_ids"]
        for each in (USER, LONG)
    )
    given, alone = direct.losses(before, answer)[1:], direct.losses(answer[:1], answer[1:])
    expected = sum(given) / sum(alone)
    texts = texts_of([TALKS["one turn"]])
    (found,) = measured("ifd", folder, texts, template=str(tmp_path / "bare.jinja"))
    assert found["ifd"] == pytest.approx(expected, abs=CLOSE)


def test_what_the_paper_throws_away_is_above_one(folder: Path) -> None:
    """Data-Juicer's filter keeps 1 to 100 instead: the documented limit is `ifd <= 1`."""
    assert "`ifd <= 1`" in (load()["ifd"].__doc__ or "")


def test_ifd_falls_where_the_prompt_tells_the_answer(tmp_path: Path) -> None:
    """The direction of the ratio, on a model that learned that answers follow their prompts."""
    import torch
    from transformers import AutoModelForCausalLM

    folder = make_model(tmp_path)
    model = AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = make_tokenizer()
    pairs = [("Alpha?", LONG), ("Omega?", SHORT)]
    talks = [talk(turn("user", asked), turn("assistant", said)) for asked, said in pairs]
    written = [tokenizer.apply_chat_template(each["messages"], tokenize=False) for each in talks]
    written += [text[text.index("<|im_start|>assistant") :] for text in written]
    adam = torch.optim.Adam(model.parameters(), lr=3e-3)
    for step in range(160):
        ids = tokenizer(written[step % 4], add_special_tokens=False, return_tensors="pt").input_ids
        model(input_ids=ids, labels=ids).loss.backward()
        adam.step()
        adam.zero_grad()
    model.save_pretrained(folder)
    (alpha, omega) = pairs
    swapped = talk(turn("user", omega[0]), turn("assistant", alpha[1]))
    right, wrong = measured("ifd", folder, texts_of([talks[0], swapped]))
    assert right["ifd"] < 1 < wrong["ifd"]


def test_documents_and_fields_are_plain_texts(folder: Path, direct: Direct) -> None:
    ids = direct.tokenizer(LONG, add_special_tokens=False)["input_ids"]
    losses = direct.losses(ids[:1], ids[1:])
    (found, one, nothing) = measured("perplexity", folder, [LONG, "a", ""])
    assert found["perplexity"] == pytest.approx(exp(sum(losses) / len(losses)), rel=CLOSE)
    assert found["answer_tokens"] == len(ids) - 1
    assert found["perplexity_turn_min"] is None
    assert (one["perplexity"], one["answer_tokens"]) == (None, 0)
    assert (nothing["perplexity"], nothing["answer_tokens"]) == (None, 0)


def test_a_plain_text_stands_behind_the_beginning_of_sequence(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    tokenizer = make_tokenizer()
    tokenizer.bos_token = "<|endoftext|>"
    tokenizer.save_pretrained(folder)
    direct = Direct(folder)
    ids = tokenizer(LONG, add_special_tokens=False)["input_ids"]
    losses = direct.losses([tokenizer.bos_token_id], ids)
    (found,) = measured("perplexity", folder, [LONG])
    assert found["answer_tokens"] == len(ids)
    assert log(found["perplexity"]) == pytest.approx(sum(losses) / len(losses), abs=CLOSE)


@pytest.mark.parametrize("name", ["perplexity", "ifd", "superfiltering", "dpo_margin"])
def test_neither_order_nor_neighbours_change_a_value(
    folder: Path, reference: Path, name: str
) -> None:
    words = (USER + " " + LONG).split()
    records = [
        talk(
            turn("user", " ".join(words[: 1 + number % 9])),
            turn("assistant", " ".join(words[number % 5 : 8 + number])),
            rejected=[turn("assistant", " ".join(words[number % 3 : 4 + number % 7]))],
        )
        for number in range(24)
    ]
    field = "preference" if name == "dpo_margin" else "conversation"
    more = {"reference": str(reference)} if name == "dpo_margin" else {}
    texts = texts_of(records, field)
    whole = measured(name, folder, texts, **more)
    backwards = measured(name, folder, texts.take(pa.array(range(23, -1, -1))), **more)
    singles = [measured(name, folder, texts.slice(row, 1), **more)[0] for row in range(24)]
    assert whole == backwards[::-1] == singles
    assert len({json.dumps(row) for row in whole}) > 10


def test_the_margin_is_that_of_summed_log_probabilities(
    folder: Path, reference: Path, direct: Direct
) -> None:
    (found,) = measured(
        "dpo_margin", folder, texts_of([PAIR], "preference"), reference=str(reference), beta=0.5
    )
    other = Direct(reference)
    before = direct.rendered(PAIR, 1, prompt=True)
    ratios = []
    for answer in (PAIR["messages"][1:], PAIR["rejected"]):
        whole = direct.rendered({"messages": [PAIR["messages"][0], *answer]}, 2)
        ids = whole[len(before) :]
        ratios.append(sum(other.losses(before, ids)) - sum(direct.losses(before, ids)))
    assert found["chosen_logratio"] == pytest.approx(ratios[0], abs=CLOSE)
    assert found["rejected_logratio"] == pytest.approx(ratios[1], abs=CLOSE)
    assert found["dpo_margin"] == pytest.approx(0.5 * (ratios[0] - ratios[1]), abs=CLOSE)


def test_the_log_probabilities_are_those_of_trl(
    folder: Path, reference: Path, tmp_path: Path
) -> None:
    trl = pytest.importorskip("trl")
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer

    sums: list[np.ndarray[Any, Any]] = []
    limit = 45
    for where in (folder, reference):
        model = AutoModelForCausalLM.from_pretrained(where)
        rows = [
            {
                "prompt": each["messages"][: each["prompt_turns"]],
                "chosen": each["messages"][each["prompt_turns"] :],
                "rejected": each["rejected"],
            }
            for each in (PAIR, OTHER)
        ]
        settings = trl.DPOConfig(
            str(tmp_path), precompute_ref_log_probs=True, max_length=limit, bf16=False,
            use_cpu=True, per_device_train_batch_size=1, gradient_checkpointing=False, report_to=[],
        )  # fmt: skip
        trainer = trl.DPOTrainer(
            model, args=settings, train_dataset=Dataset.from_list(rows),
            processing_class=AutoTokenizer.from_pretrained(where),
        )  # fmt: skip
        made_by = trainer.train_dataset
        sums.append(np.array([made_by["ref_chosen_logps"], made_by["ref_rejected_logps"]]))
    expected = (sums[0] - sums[1]).T
    texts = texts_of([PAIR, OTHER], "preference")
    found = measured("dpo_margin", folder, texts, reference=str(reference), max_tokens=limit)
    ours = [[row["chosen_logratio"], row["rejected_logratio"]] for row in found]
    assert np.abs(np.array(ours) - expected).max() < 2e-4
    assert sum(len(text) for text in LONG.split()) > limit  # the longest answer is cut


def test_a_pair_whose_prompt_fills_the_limit_has_no_value(folder: Path, reference: Path) -> None:
    texts = texts_of([PAIR], "preference")
    (found,) = measured("dpo_margin", folder, texts, reference=str(reference), max_tokens=8)
    assert set(found.values()) == {None}


def test_a_model_without_a_template_is_told_with_the_recipe(folder: Path, tmp_path: Path) -> None:
    bare = make_model(tmp_path / "bare")
    tokenizer = make_tokenizer()
    tokenizer.chat_template = None
    (bare / "chat_template.jinja").unlink(missing_ok=True)
    tokenizer.save_pretrained(bare)
    for name in ("perplexity", "ifd", "superfiltering"):
        with pytest.raises(NotFoundError, match=r"no chat template.*template: chatml"):
            made(name, bare)
        text = f"dataset: d\nsources: [{{path: data}}]\nsteps:\n  - {name}: {{model: bare}}\n"
        with pytest.raises(RecipeError, match="no chat template") as caught:
            parse_recipe(text, tmp_path / "recipe.yaml")
        assert ":4" in str(caught.value) or "line 4" in str(caught.value)
    texts = texts_of([TALKS["several turns"]])
    assert measured("perplexity", bare, texts, template="chatml") == measured(
        "perplexity", folder, texts
    )
    assert measured("perplexity", bare, [LONG], fields="text")[0]["perplexity"] is not None


def test_template_and_type_make_the_values_and_names_do_not(folder: Path, tmp_path: Path) -> None:
    import shutil

    there = shutil.copytree(folder, tmp_path / "elsewhere")
    assert made("ifd", there).fingerprint() == made("ifd", folder).fingerprint()
    assert made("ifd", there).model_dump_json() == made("ifd", folder).model_dump_json()
    (tmp_path / "a.jinja").write_text("{{ messages[0].content }}")
    (tmp_path / "b.jinja").write_text("{{ messages[1].content }}")
    others: list[dict[str, Any]] = [
        {"template": "plain"}, {"dtype": "bfloat16"}, {"max_tokens": 64}, {"min_tokens": 9},
        *({"template": str(tmp_path / f"{name}.jinja")} for name in "ab"),
    ]  # fmt: skip
    prints = {made("ifd", folder, **settings).fingerprint() for settings in ({}, *others)}
    assert len(prints) == 7


def test_mistakes_are_told_in_one_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="did you mean 'conversation'"):
        made("perplexity", folder, fields="conversations")
    with pytest.raises(NotFoundError, match="cannot be read"):
        made("ifd", folder, template="no-such.jinja")
    other = make_model(tmp_path / "other")
    tokenizer = make_tokenizer()
    tokenizer.add_tokens(["<new>"])
    tokenizer.save_pretrained(other)
    with pytest.raises(RefusedError, match="tokenizer has other tokens"):
        measured("dpo_margin", folder, texts_of([PAIR], "preference"), reference=str(other))
    monkeypatch.setattr("curate.models.likelihood.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"curate\[train\]"):
        made("perplexity", folder)


def test_a_conversation_that_the_template_refuses_has_no_value_and_is_counted(
    folder: Path, tmp_path: Path
) -> None:
    strict = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    (tmp_path / "strict.jinja").write_text(strict + make_tokenizer().chat_template)
    operator = made("perplexity", folder, template=str(tmp_path / "strict.jinja"))
    records = [TALKS["one turn"], TALKS["system prompt"]]
    values = operator.measure(texts_of(records))["perplexity"].to_pylist()
    assert values[0] is not None
    assert values[1] is None
    told = " ".join(operator.notes())
    assert "1 that the chat template refuses" in told
    assert "1 texts scored" in told


def test_the_manifest_tells_model_device_type_template_and_opening(
    bench: Workbench, folder: Path
) -> None:
    bench.write(tickets(10))
    recipe = bench.recipe(f"  - ifd: {{model: {folder}, min_tokens: 4}}\n  - exact_dedup\n")
    version = bench.build(recipe, workers=2, batch_size=3).version
    assert version is not None
    told = " ".join(version.manifest["notes"]["ifd"])
    for part in (
        "float32 on c",
        "the model's own (sha256 ",
        "cut at 256",
        "'<|im_start|>assistant\\n'",
    ):
        assert part in told, part
    known = version.signals("conversation")
    assert set(known["signal"].to_pylist()) == {"ifd", "ifd_min"}
    joined = bench.store.sql(
        "SELECT r.id, s.value FROM records r JOIN texts t ON t.hash = r.hash "
        "JOIN signals s ON s.hash = t.text WHERE t.field = 'conversation' AND s.signal = 'ifd'"
    )
    assert len(joined) == version.count()


def test_a_scoring_run_killed_half_way_loses_nothing_that_was_scored(
    bench: Workbench, folder: Path
) -> None:
    bench.write(tickets(120))
    own = bench.folder / "own.py"
    own.write_text(SLOWLY)
    recipe = bench.folder / "recipe.yaml"
    diary = bench.folder / "diary"
    recipe.write_text(bench.recipe(f"  - slowly: {{model: {folder}, diary: {diary}}}\n"))
    command = [sys.executable, "-m", "curate", "build", str(recipe), "--store"]
    command += [str(bench.store.folder), "--workers", "2", "--allow-code", str(own)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (diary.exists() and len(diary.read_text().split()) >= 60):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = diary.read_text().split()
    assert 60 <= len(before) < 120
    diary.unlink()
    subprocess.run(command, check=True, capture_output=True)
    after = diary.read_text().split()
    assert len(set(before) | set(after)) == 120
    assert len(set(before) & set(after)) <= 10  # the one part that was at work


SLOWLY = '''
import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from curate.operators.perplexity import Perplexity


class Slowly(Perplexity):
    """Writes down what it scored."""

    name: ClassVar[str] = "slowly"
    version: ClassVar[int] = 1

    diary: str

    def at_once(self) -> int:
        return 10

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        found = super().measure(texts)
        with Path(self.diary).open("a") as file:
            for text in texts.to_pylist():
                file.write(hashlib.sha256(text.encode()).hexdigest() + "\\n")
        time.sleep(0.2)
        return found
'''


def test_texts_of_whole_records_travel_through_the_store_unchanged(bench: Workbench) -> None:
    bench.write(tickets(5))
    version = bench.build(bench.recipe("")).version
    assert version is not None
    (batch,) = version.batches()
    for text in texts_of(batch.to_pylist()).to_pylist():
        assert record_of(text) is not None
