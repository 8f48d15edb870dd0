"""What scripts/scale measured, as a table."""

import json
import sys
from pathlib import Path

records = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
print("workers  kills  set-based  items   select, s   run, s   undo, s   ms an item  tried again")
for record in records:
    seconds = record["seconds"]
    print(
        f"{record['workers'] or 'job':>7}  {'yes' if record['kill'] else 'no':>5}  "
        f"{'yes' if record['bulk'] else 'no':>9}  "
        f"{record['items']:>5}  {seconds.get('select', 0.0):>10.1f}  {seconds['run']:>7.1f}  "
        f"{seconds['undo']:>8.1f}  {1000 * seconds['run'] / record['items']:>11.1f}  "
        f"{record['retries']:>11}"
    )
for bulk in (False, True):
    own = [record for record in records if record["bulk"] == bulk and not record["kill"]]
    by_workers = {record["workers"]: record["seconds"] for record in own}
    for step in ("run", "undo"):
        ratio = by_workers[1][step] / by_workers[2][step]
        way = ", set-based" if bulk else ""
        print(f"{step}{way}: two workers are {ratio:.2f} times as fast as one")
