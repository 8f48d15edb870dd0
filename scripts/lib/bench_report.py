"""What the benchmark found, beside what it must reach. Usage: bench_report.py RESULTS"""

import json
import sys
from pathlib import Path

# Path → how many times less CPU than the loop; only the path "one" has a limit of queries.
TIMES = {"one": 12, "partner": 6, "document": 4}
QUERIES = 0.6
GROWTH = 1.15
NAMES = {
    "loop": "loop: create, post, reconcile",
    "one": "batch, one entry",
    "partner": "batch, by customer",
    "document": "batch, by document",
    "sql": "plain SQL",
}


def per_item(record, name="cpu", unit=1000):
    return record["run"][name] * unit / record["size"]


def row(record, loop):
    select = record["select"]["cpu"] * 1000 / record["size"] if record["select"] else None
    return [
        NAMES[record["path"]],
        str(record["size"]),
        f"{per_item(record):.2f}",
        f"{select:.2f}" if select is not None else "",
        f"{per_item(record, 'queries', 1):.2f}",
        f"{record['memory']:.0f}",
        f"{loop / per_item(record):.1f}",
    ]


def verdicts(records, loop):
    """Yield what must hold, and whether it does."""
    ours = [record for record in records if record["path"] in TIMES]
    for record in ours:
        ratio = loop / per_item(record)
        needed = TIMES[record["path"]]
        yield f"{record['path']}, {record['size']}: {ratio:.1f} of {needed} times", ratio >= needed
        if record["path"] == "one":
            queries = per_item(record, "queries", 1)
            yield f"one, {record['size']}: {queries:.2f} queries of {QUERIES}", queries <= QUERIES
    for path in TIMES:
        sizes = sorted((r["size"], per_item(r)) for r in ours if r["path"] == path)
        growth = sizes[-1][1] / sizes[0][1]
        if len(sizes) > 1:
            yield f"{path}: growth {growth:.2f} of {GROWTH}", growth <= GROWTH


def main():
    records = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    loops = [per_item(record) for record in records if record["path"] == "loop"]
    loop = sum(loops) / len(loops)
    head = ["", "items", "CPU ms/item", "selection", "queries/item", "MB", "times less than loop"]
    table = [head, *(row(record, loop) for record in records)]
    widths = [max(len(line[column]) for line in table) for column in range(len(head))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    failed = False
    for text, holds in verdicts(records, loop):
        print("ok  " if holds else "MISS", text)
        failed |= not holds
    sys.exit(failed)


if __name__ == "__main__":
    main()
