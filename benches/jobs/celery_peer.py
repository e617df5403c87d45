"""Celery with Redis as its broker and no result backend, which is its default.

`celery -A celery_peer worker …` works; `celery_peer.py` enqueues `BENCH_JOBS` jobs.
"""

import os

from celery import Celery

import counting

app = Celery("celery_peer", broker=os.environ["REDIS_URL"])
app.conf.broker_connection_retry_on_startup = True


@app.task(name="noop", ignore_result=True)
def noop(_value):
    counting.count()


if __name__ == "__main__":
    for _ in range(counting.JOBS):
        noop.delay(1)
