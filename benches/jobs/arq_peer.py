"""arq with 50 jobs at once and otherwise its defaults, results kept.

`arq arq_peer.WorkerSettings` works; `arq_peer.py` enqueues `BENCH_JOBS` jobs.
"""

import asyncio
import os

from arq import create_pool
from arq.connections import RedisSettings

import counting

REDIS = RedisSettings.from_dsn(os.environ["REDIS_URL"])


async def noop(_context, _value):
    counting.count()


class WorkerSettings:
    functions = [noop]
    redis_settings = REDIS
    max_jobs = 50


async def main():
    pool = await create_pool(REDIS)
    for begin in range(0, counting.JOBS, 100):
        await asyncio.gather(*(pool.enqueue_job("noop", 1) for _ in range(min(100, counting.JOBS - begin))))


if __name__ == "__main__":
    asyncio.run(main())
