"""The job that does nothing, and the jobs that outlive their worker."""

import time


def noop(_value):
    return None


def hold(path):
    with open(path, "a", encoding="utf-8") as file:
        file.write("started\n")
    time.sleep(3600)
