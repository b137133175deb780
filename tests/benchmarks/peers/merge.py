# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the rounds of run.sh together: one line of JSON for each run, ours or a peer's, becomes a table.

Each figure is the best of all rounds; the second ratio is that of the medians (the median of each round's median).
Ratios above 1 mean that Longwave is faster. Shares are of the machine's peak of that number type as our own program
measured it in the same rounds (the highest). MB: the peak of each process's resident memory, where it was measured.

usage: merge.py RUNS.jsonl [TABLE.json]
"""

import json
import statistics
import sys


def main():
    runs, order = {}, []
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            run = json.loads(line)
            key = (run["threads"], run["name"])
            if key not in order:
                order.append(key)
            runs.setdefault(key, {}).setdefault(run["who"], []).append(run)

    table = []
    for threads, name in order:
        sides = runs[threads, name]
        row = {"name": name, "threads": threads}
        for who in ("ours", "peer"):
            timed = [run for run in sides.get(who, []) if "min_s" in run]
            if timed:
                row[who] = {"min_s": min(run["min_s"] for run in timed),
                            "median_s": statistics.median(run["median_s"] for run in timed)}
                memory = [run["peak_memory"] for run in timed if run.get("peak_memory")]
                if memory:
                    row[who]["peak_memory"] = max(memory)
        ours = [run for run in sides.get("ours", []) if "gflops" in run]
        row["peer_name"] = next((run["peer"] for run in sides.get("peer", []) if "peer" in run), "-")
        if ours:
            work = ours[0]["gflops"] * ours[0]["min_s"]
            # A share may be missing, or so small that it was printed as 0.
            peak = max((run["gflops"] / run["share_of_peak"] for run in ours if run.get("share_of_peak")), default=0)
            for who in ("ours", "peer"):
                if who in row:
                    row[who]["gflops"] = work / row[who]["min_s"]
                    if peak > 0:
                        row[who]["share_of_peak"] = work / row[who]["min_s"] / peak
        if "ours" in row and "peer" in row:
            row["ratio"] = row["peer"]["min_s"] / row["ours"]["min_s"]
            row["ratio_of_medians"] = row["peer"]["median_s"] / row["ours"]["median_s"]
        table.append(row)

    def cell(row, who, key, digits, scale=1.0):
        return format(row[who][key] * scale, digits) if key in row.get(who, {}) else "-"

    side = ("GFLOP/s", "of peak", "MB")
    head = ("case", "threads", "ours ms", *side, "peer ms", *side, "ratio", "medians")
    form = "{:<38}{:>8}" + 2 * "{:>12}{:>9}{:>9}{:>7}" + "{:>8}{:>9}  {}"
    print(form.format(*head, "peer"))
    for row in table:
        cells = [cell(row, who, *column) for who in ("ours", "peer")
                 for column in (("min_s", ".3f", 1e3), ("gflops", ".1f"), ("share_of_peak", ".3f"),
                                ("peak_memory", ".0f", 1e-6))]
        ratios = [format(row[key], ".2f") if key in row else "-" for key in ("ratio", "ratio_of_medians")]
        print(form.format(row["name"], row["threads"], *cells, *ratios, row["peer_name"]))
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            json.dump(table, file, indent=1)


main()
