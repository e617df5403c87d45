"""Dramatiq with Redis as its broker and its usual middleware.

`dramatiq dramatiq_peer …` works; `dramatiq_peer.py` enqueues `BENCH_JOBS` jobs.
"""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker

import counting

dramatiq.set_broker(RedisBroker(url=os.environ["REDIS_URL"]))


@dramatiq.actor
def noop(_value):
    counting.count()


if __name__ == "__main__":
    for _ in range(counting.JOBS):
        noop.send(1)
