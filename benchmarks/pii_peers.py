"""How others take personal data out of texts. Needs no curate, and only the peer at hand.

Only the time of the operator's own call is taken, batch by batch: what a whole run of Data-Juicer
or datatrove reads, writes and passes between processes comes on top.

pip install py-data-juicer aiohttp ray datatrove
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Given = dict[str, Any]
Work = Callable[[list[str]], list[str]]

BATCH = 1000


def juicer(given: Given) -> Given:
    """Data-Juicer's mappers of mail and IP addresses, one after the other."""
    from data_juicer.ops.mapper import CleanEmailMapper, CleanIpMapper

    mappers = [CleanEmailMapper(), CleanIpMapper()]

    def cleaned(texts: list[str]) -> list[str]:
        samples = {"text": list(texts)}
        for mapper in mappers:
            samples = mapper.process_batched(samples)
        return list(samples["text"])

    return _measured(cleaned, given)


def juicer_redaction(given: Given) -> Given:
    """Data-Juicer's mapper of personal data in dialogues, as it comes: paths and secrets too."""
    from data_juicer.ops.mapper import PiiRedactionMapper

    mapper = PiiRedactionMapper()
    return _measured(
        lambda texts: [str(mapper.process_single({"text": text})["text"]) for text in texts], given
    )


def datatrove(given: Given) -> Given:
    """datatrove's formatter of mail and IP addresses, told to take private ones as well."""
    from datatrove.pipeline.formatters import PIIFormatter

    formatter = PIIFormatter(only_remove_public_ips=False)
    return _measured(lambda texts: [str(formatter.format(text)) for text in texts], given)


def _measured(work: Work, given: Given) -> Given:
    with Path(given["file"]).open() as lines:
        texts = [json.loads(line)["text"] for line in lines]
    work(texts[:10])
    began, out = time.process_time(), []
    for at in range(0, len(texts), BATCH):
        out += work(texts[at : at + BATCH])
    seconds = time.process_time() - began
    changed = [place for place, text in enumerate(texts) if out[place] != text]
    with Path(given["out"]).open("w") as file:
        json.dump({str(place): out[place] for place in changed}, file)
    return {"seconds": seconds, "kept": len(changed)}


if __name__ == "__main__":
    works = {work.__name__: work for work in (juicer, juicer_redaction, datatrove)}
    answer = os.dup(1)
    os.dup2(2, 1)  # what peers print is no part of the answer
    said = works[sys.argv[1]](json.loads(sys.argv[2]))
    os.write(answer, json.dumps(said).encode())
