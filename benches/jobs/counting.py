"""Counts jobs inside a worker process and prints what they took, from the first one's start to the last one's.

So the start of the worker program is not measured. `BENCH_JOBS` says how many jobs there are.
"""

import itertools
import json
import os
import time

JOBS = int(os.environ.get("BENCH_JOBS", "0"))
_count = itertools.count(1)
_begin = []


def count():
    number = next(_count)
    if number == 1:
        _begin.append((time.perf_counter(), time.process_time()))
    if number == JOBS:
        (begin, begin_cpu), name = _begin[0], os.environ["BENCH_NAME"]
        seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
        line = json.dumps({"name": name, "jobs": JOBS, "seconds": seconds, "cpu_seconds": cpu_seconds})
        # Worker programs keep standard output for themselves.
        with open(os.environ["BENCH_OUT"], "a", encoding="utf-8") as out:
            out.write(line + "\n")
