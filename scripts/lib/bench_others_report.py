"""What others pay and how long they wait. Usage: bench_others_report.py RESULTS"""

import json
import sys
from pathlib import Path
from statistics import mean, median, quantiles

QUERIES = 1  # more for each document
CPU = 1.12  # of what it costs without the addon; the aim is 1.03
WAITING = 3  # p95 beside a batch, times that without one


def verdicts(records):
    """Yield what must hold, and whether it does."""
    for what in ("post", "pay"):
        found = {
            how: [r for r in records if (r["what"], r["how"]) == (what, how)]
            for how in ("without", "with")
        }
        ms = {how: mean(r["ms"] for r in own) for how, own in found.items()}
        queries = {how: mean(r["q"] for r in own) for how, own in found.items()}
        ratio, more = ms["with"] / ms["without"], round(queries["with"] - queries["without"], 1)
        yield (
            f"{what}: {ms['without']:.0f} ms without, {ms['with']:.0f} with the addon: "
            f"{ratio:.2f}, "
            f"at most {CPU}, aim 1.03; {more} queries more, at most {QUERIES}",
            ratio <= CPU and more <= QUERIES,
        )
    for what in ("post", "pay", "write off"):
        found = {r["how"]: r["seconds"] for r in records if r["what"] == what and "seconds" in r}
        p95 = {how: quantiles(own, n=20)[-1] for how, own in found.items()}
        ratio = p95["beside"] / p95["alone"]
        yield (
            f"{what}: median {median(found['alone']):.2f} s alone, {median(found['beside']):.2f} "
            f"beside a batch; p95 {p95['alone']:.2f} and {p95['beside']:.2f}: {ratio:.1f} times, "
            f"at most {WAITING}",
            ratio <= WAITING,
        )


def main():
    records = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    failed = False
    for text, holds in verdicts(records):
        print("ok  " if holds else "MISS", text)
        failed |= not holds
    sys.exit(failed)


if __name__ == "__main__":
    main()
