"""Signals of language models: equal to a plain computation, whatever is beside a text."""

import json
from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.operators.likelihoods import (
    CLOSE,
    LONG,
    OTHER,
    PAIR,
    SHORT,
    TALKS,
    USER,
    Direct,
    close,
    measured,
    talk,
    texts_of,
    turn,
)
from tests.train.tiny import make_model, make_tokenizer

pytest.importorskip("torch")


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


def test_ifd_falls_where_the_prompt_tells_the_answer(tmp_path: Path) -> None:
    """What the paper throws away is above 1, and Data-Juicer's filter keeps 1 to 100 instead."""
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
