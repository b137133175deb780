# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
"""What the peers' programs share: they read names of cases, one a line, and answer each with one line of JSON."""

import json
import sys
import time


def measure(run, seconds, least=3):
    """Seconds of each run for about `seconds`, after one to warm up: minimum, median and number of runs. Where one
    run takes ten times as long as all were to take, it is left at that one."""
    start = time.perf_counter()
    run()
    warm = time.perf_counter() - start
    if warm > 10 * seconds:
        return {"min_s": warm, "median_s": warm, "repeats": 1}
    times = []
    end = time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    times.sort()
    return {"min_s": times[0], "median_s": times[len(times) // 2], "repeats": len(times)}


def serve(peer, make, seconds):
    """make(name) gives a function that does the case's work once, or None where the peer has nothing like it."""
    print(json.dumps({"peer": peer}), flush=True)
    made = {}
    for line in sys.stdin:
        name = line.strip()
        try:
            if name not in made:
                made = {name: make(name)}  # the case before is forgotten: its memory is wanted
            answer = measure(made[name], seconds) if made[name] else {"none": "not in this peer"}
        except Exception as error:  # the other cases are still wanted
            answer = {"none": str(error).splitlines()[0][:200]}
        print(json.dumps({"name": name, "peer": peer, **answer}), flush=True)
