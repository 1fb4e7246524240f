"""What is measured of semhash, on the same texts and with the same model. Needs no curate.

pip install semhash
"""

import json
import resource
import sys
from pathlib import Path


def main(texts: str, model: str, threshold: float) -> None:
    """Deduplicate the texts of a JSON list; print CPU seconds and how many went."""
    given = json.loads(Path(texts).read_text())
    from model2vec import StaticModel
    from semhash import SemHash

    loaded = StaticModel.from_pretrained(model)
    before = seconds()
    made = SemHash.from_records(records=given, model=loaded)
    embedded = seconds()
    result = made.self_deduplicate(threshold=threshold)
    done = seconds()
    print(
        json.dumps(
            {
                "dropped": len(result.filtered),
                "embed and index": embedded - before,
                "decide": done - embedded,
                "work": done - before,
                "all": done,
            }
        )
    )


def seconds() -> float:
    """User and system time so far, child processes included."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
