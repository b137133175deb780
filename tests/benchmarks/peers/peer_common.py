# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
"""What the peers' programs share: they read names of cases, one a line, and answer each with one line of JSON."""

import ctypes
import gc
import json
import sys
import time


def torch_name(torch):
    """PyTorch's version and what multiplies its matrices."""
    libraries = "MKL" if torch.backends.mkl.is_available() else "its BLAS"
    if torch.backends.mkldnn.is_available():
        libraries += ", oneDNN"
    return f"PyTorch {torch.__version__} ({libraries})"


def forget_peak():
    """The peak of resident memory starts anew (Linux)."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)  # what is free goes back to the system (glibc)
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except (AttributeError, OSError):
        pass


def peak_memory():
    """{"peak_memory": bytes}, or nothing where the system does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            kilobytes = next(line.split()[1] for line in file if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return {}
    return {"peak_memory": 1024 * int(kilobytes)}


def measure(run, seconds, least=3):
    """Seconds of each run for about `seconds`, after one to warm up: minimum, median and number of runs. Where one
    run takes ten times as long as all were to take, it is left at that one, if several were wanted."""
    start = time.perf_counter()
    run()
    warm = time.perf_counter() - start
    if least > 1 and warm > 10 * seconds:
        return {"min_s": warm, "median_s": warm, "repeats": 1}
    times = []
    end = time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    times.sort()
    return {"min_s": times[0], "median_s": times[len(times) // 2], "repeats": len(times)}


def serve(peer, make, seconds, least=3):
    """make(name) gives a function that does the case's work once, or None where the peer has nothing like it. Answers
    have the peak of the process's resident memory since the case was made."""
    print(json.dumps({"peer": peer}), flush=True)
    made = {}
    for line in sys.stdin:
        name = line.strip()
        try:
            if name not in made:
                made.clear()  # the case before is forgotten: its memory is wanted
                forget_peak()
                made[name] = make(name)
            answer = {"none": "not in this peer"}
            if made[name]:
                answer = {**measure(made[name], seconds, least), **peak_memory()}
        except Exception as error:  # the other cases are still wanted
            answer = {"none": str(error).splitlines()[0][:200]}
        print(json.dumps({"name": name, "peer": peer, **answer}), flush=True)
