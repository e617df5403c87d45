"""What stock workers run in the tests. Workers of the library have handlers of the same names."""

import time


def add(a, b=0):
    return a + b


def echo(*args, **kwargs):
    return [list(args), kwargs]


def boom():
    raise ValueError("boom from python")


def slow(seconds):
    time.sleep(seconds)
    return "slept"
