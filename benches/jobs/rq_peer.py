"""Stock RQ: enqueues and runs jobs that do nothing, and prints one JSON line per measurement.

rq_peer.py ENQUEUED WORKED FORKED
"""

import json
import logging
import os
import resource
import sys
import time

from redis import Redis
from rq import Queue, SimpleWorker, Worker


def cpu():
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in (own, children))


def measure(name, jobs, work):
    begin, begin_cpu = time.perf_counter(), cpu()
    work()
    seconds, cpu_seconds = time.perf_counter() - begin, cpu() - begin_cpu
    print(json.dumps({"name": name, "jobs": jobs, "seconds": seconds, "cpu_seconds": cpu_seconds}), flush=True)


def main():
    enqueued, worked, forked = map(int, sys.argv[1:])
    # Workers log every job; that would be half of what is measured.
    logging.disable(logging.INFO)
    connection = Redis.from_url(os.environ["REDIS_URL"])
    queue = Queue("bench", connection=connection)

    def enqueue_one_by_one():
        for _ in range(enqueued):
            queue.enqueue("noop.noop", 1)

    def enqueue_in_hundreds():
        for _ in range(enqueued // 100):
            queue.enqueue_many([Queue.prepare_data("noop.noop", (1,)) for _ in range(100)])

    def burst(worker_class):
        worker_class([queue], connection=connection).work(burst=True, logging_level="WARNING")

    measure("enqueue_one", enqueued, enqueue_one_by_one)
    connection.flushall()
    measure("enqueue_hundreds", enqueued // 100 * 100, enqueue_in_hundreds)
    for name, worker_class, jobs in (("work_simple", SimpleWorker, worked), ("work_forking", Worker, forked)):
        connection.flushall()
        for _ in range(0, jobs, 100):
            queue.enqueue_many([Queue.prepare_data("noop.noop", (1,)) for _ in range(100)])
        measure(name, jobs, lambda: burst(worker_class))
        left = queue.count
        if left:
            sys.exit(f"{left} jobs are left")


main()
