#!/usr/bin/env python3
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
"""Draws attention over the length of the text as one SVG.

usage: attention_bench --long --json > attention.json      GFLOP/s of the visible entries, and time
       mechanism_bench growth --json > growth.json         time per token, and bytes of a stream's memory
       plot_curves.py FILE.json [-o curves.svg] [--title TEXT] [--threads N]

Reads rows named "attention f32 full n=1024 d=64" (also causal, and window W), or "NAME forward threads=2 n=1024" and
"NAME stream threads=2 n=1024"; other rows are passed over. Needs nothing but Python's own library.
"""

import argparse
import json
import math
import re
import sys

WIDTH, HEIGHT = 1180, 590
TOP, BOTTOM = 86, 160  # of the panels: above them the title, below them axis and legend
PANELS = ((76, 480), (666, 480))  # left edge and width
INK, FAINT, GRID = "#1f2430", "#667085", "#e4e7ec"
# The pattern by colour and mark (told apart without red and green), the width of a head by the stroke.
STYLES = {"full": ("#1f5fbf", "circle"), "causal": ("#d9730d", "square"), "window 256": ("#0f8a7a", "triangle"),
          "window 128": ("#8a4fbf", "diamond"), "window 64": ("#b23a6f", "circle")}
# Mechanisms: a colour and mark for each family, within it the dash.
FAMILIES = {"full": (INK, "circle"), "window": ("#1f5fbf", "square"), "sink_window": ("#5aa9e6", "triangle"),
            "sparse_transformer": ("#d9730d", "diamond"), "block_sparse": ("#0f8a7a", "square"),
            "transformer_xl": ("#8a4fbf", "circle"), "compressive": ("#b23a6f", "triangle"),
            "pia": ("#c9a227", "diamond"), "linformer": ("#7a5c3e", "square"), "favor": ("#2e7d32", "circle"),
            "lsh": ("#c0392b", "triangle"), "adaptive_span": ("#667085", "diamond")}
DASHES = ("", "7 4", "1.5 4")


def read_series(rows):
    """{(pattern, head_dim, type): [row of the JSON list with n]}"""
    series, peak = {}, 0.0
    for row in rows:
        name = re.fullmatch(r"attention (\w+) (full|causal|window \d+) n=(\d+) d=(\d+)", row["name"])
        if name is None:
            continue
        key = (name[2], int(name[4]), name[1])
        series.setdefault(key, []).append({**row, "n": int(name[3])})
        if name[1] == "f32":
            peak = max(peak, row["gflops"] / row["share_of_peak"])
    for rows in series.values():
        rows.sort(key=lambda row: row["n"])
    patterns = list(STYLES)
    place = lambda key: (patterns.index(key[0]) if key[0] in patterns else len(patterns), -key[1], key[2])
    # A curve has at least two points.
    return {key: series[key] for key in sorted(series, key=place) if len(series[key]) > 1}, peak


class Panel:
    def __init__(self, left, width, x_range, y_range, y_log, bottom=HEIGHT - BOTTOM):
        self.left, self.width, self.y_log, self.bottom = left, width, y_log, bottom
        self.x_range, self.y_range = x_range, y_range
        self.out = []

    def x(self, n):
        low, high = (math.log2(value) for value in self.x_range)
        return self.left + (math.log2(n) - low) / (high - low) * self.width

    def y(self, value):
        low, high = self.y_range
        if self.y_log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return self.bottom - (value - low) / (high - low) * (self.bottom - TOP)

    def line(self, x1, y1, x2, y2, colour=GRID, width=1.0, dash=""):
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.out.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
                        f'stroke-width="{width}"{extra}/>')

    def text(self, x, y, text, size=12, colour=FAINT, anchor="middle", weight="normal"):
        self.out.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
                        f'font-weight="{weight}">{text}</text>')

    def frame(self, title, y_ticks):
        bottom = self.bottom
        self.text(self.left, TOP - 16, title, 14, INK, "start", "600")
        for value, label in y_ticks:
            self.line(self.left, self.y(value), self.left + self.width, self.y(value))
            self.text(self.left - 9, self.y(value) + 4, label, anchor="end")
        n = 2 ** math.ceil(math.log2(self.x_range[0]))
        while n <= self.x_range[1]:
            self.line(self.x(n), bottom, self.x(n), bottom + 5, FAINT)
            self.text(self.x(n), bottom + 21, f"{n // 1024}k" if n >= 1024 else str(n))
            n *= 2
        self.line(self.left, bottom, self.left + self.width, bottom, FAINT)
        self.text(self.left + self.width / 2, bottom + 43, "n, rows of the text (logarithmic)")

    def curve(self, rows, value, colour, mark, dash):
        points = [(self.x(row["n"]), self.y(value(row))) for row in rows]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2" '
                        f'stroke-linejoin="round"{extra}/>')
        for x, y in points:
            self.out.append(draw_mark(x, y, colour, mark))


def draw_mark(x, y, colour, mark):
    style = f'fill="#ffffff" stroke="{colour}" stroke-width="2"'
    if mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.8" {style}/>'
    shapes = {"square": ((-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)),
              "triangle": ((0, -4.6), (4.4, 3.2), (-4.4, 3.2)), "diamond": ((0, -5), (5, 0), (0, 5), (-5, 0))}
    path = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in shapes[mark])
    return f'<polygon points="{path}" {style}/>'


def seconds_label(exponent):
    return {-7: "0.1 µs", -6: "1 µs", -5: "10 µs", -4: "100 µs", -3: "1 ms", -2: "10 ms", -1: "100 ms", 0: "1 s",
            1: "10 s", 2: "100 s"}.get(exponent, f"1e{exponent} s")


def nice_step(top):
    raw = top / 6
    unit = 10 ** math.floor(math.log10(raw))
    return unit * next(step for step in (1, 2, 2.5, 5, 10) if step * unit >= raw)


def draw(series, peak, title):
    every = [row for rows in series.values() for row in rows]
    x_range = (min(row["n"] for row in every) / 1.12, max(row["n"] for row in every) * 1.12)
    top = max([peak] + [row["gflops"] for row in every]) * 1.06
    low = math.floor(math.log10(min(row["min_s"] for row in every)))
    high = math.ceil(math.log10(max(row["min_s"] for row in every)))
    speed = Panel(*PANELS[0], x_range, (0, top), False)
    step = nice_step(top)
    speed.frame("GFLOP/s, visible entries only", [(i * step, f"{i * step:g}") for i in range(int(top / step) + 1)])
    speed.line(speed.left, speed.y(peak), speed.left + speed.width, speed.y(peak), INK, 1.4, "2 4")
    speed.text(speed.left + speed.width, speed.y(peak) - 6, f"measured f32 peak, {peak:.0f}", 12, INK, "end")
    clock = Panel(*PANELS[1], x_range, (10**low, 10**high), True)
    clock.frame("Time of one layer, 12 heads (logarithmic)", [(10**e, seconds_label(e)) for e in range(low, high + 1)])

    legend = Panel(0, WIDTH, (1, 2), (0, 1), False)
    columns = 3
    for index, ((pattern, width, kind), rows) in enumerate(series.items()):
        colour, mark = STYLES.get(pattern, (FAINT, "circle"))
        dash = ("" if width == 64 else "7 4") if kind == "f32" else "1.5 4"
        speed.curve(rows, lambda row: row["gflops"], colour, mark, dash)
        clock.curve(rows, lambda row: row["min_s"], colour, mark, dash)
        x = PANELS[0][0] + index % columns * 366
        y = HEIGHT - 76 + index // columns * 24
        legend.line(x, y, x + 38, y, colour, 2.2, dash)
        legend.out.append(draw_mark(x + 19, y, colour, mark))
        label = pattern + (" on each side" if pattern.startswith("window") else "")
        legend.text(x + 47, y + 4, f"{label}, {kind}, head of {width}", 12.5, INK, "start")

    return svg(title, HEIGHT, speed.out + clock.out + legend.out)


def svg(title, height, shapes):
    body = "\n".join(shapes)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">\n'
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
            f'<text x="{PANELS[0][0]}" y="36" font-size="19" font-weight="600" fill="{INK}">{title}</text>\n'
            f"{body}\n</svg>\n")


def read_growth(rows, threads):
    """{mechanism: {"forward": [rows], "stream": [rows]}} of the measured rows with this number of threads"""
    growth = {}
    for row in rows:
        name = re.fullmatch(r"(.+) (forward|stream) threads=(\d+) n=(\d+)", row["name"])
        if name is None or int(name[3]) != threads:
            continue
        growth.setdefault(name[1], {}).setdefault(name[2], []).append({**row, "n": int(name[4])})
    return {name: kinds for name, kinds in growth.items() if any(len(rows) > 1 for rows in kinds.values())}


def bytes_label(exponent):
    unit = ("B", "kB", "MB", "GB", "TB")[exponent // 3]
    return f"{10 ** (exponent % 3)} {unit}"


def tight_range(values):
    """of a logarithmic axis, and the decades in it; none where nothing was measured"""
    values = list(values)
    if not values:
        return (1, 10), ()
    low, high = min(values) / 1.25, max(values) * 1.25
    return (low, high), range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)


def draw_growth(growth, title, threads):
    every = [row for kinds in growth.values() for rows in kinds.values() for row in rows]
    x_range = (min(row["n"] for row in every) / 1.12, max(row["n"] for row in every) * 1.12)
    bottom = HEIGHT + 40
    times, decades = tight_range(row["us_per_token"] for kinds in growth.values() for row in kinds.get("forward", ()))
    clock = Panel(*PANELS[0], x_range, times, True, bottom)
    if decades:
        clock.frame(f"Time per token, whole sequence, {threads} thread{'s' if threads > 1 else ''} (logarithmic)",
                    [(10**e, seconds_label(e - 6)) for e in decades])
    sizes, decades = tight_range(row["counted_bytes"] for kinds in growth.values() for row in kinds.get("stream", ()))
    memory = Panel(*PANELS[1], x_range, sizes, True, bottom)
    if decades:
        memory.frame("Memory of a stream (logarithmic)", [(10**e, bytes_label(e)) for e in decades])

    columns, met = 3, {}
    legend_top = bottom + 78
    lines = math.ceil(len(growth) / columns)
    legend = Panel(0, WIDTH, (1, 2), (0, 1), False)
    for index, (name, kinds) in enumerate(growth.items()):
        family = name.split(" ")[0]
        colour, mark = FAMILIES.get(family, (FAINT, "circle"))
        dash = DASHES[met.get(family, 0) % len(DASHES)]
        met[family] = met.get(family, 0) + 1
        if len(kinds.get("forward", ())) > 1:
            clock.curve(kinds["forward"], lambda row: row["us_per_token"], colour, mark, dash)
        if len(kinds.get("stream", ())) > 1:
            memory.curve(kinds["stream"], lambda row: row["counted_bytes"], colour, mark, dash)
        x = PANELS[0][0] + index // lines * 366
        y = legend_top + index % lines * 23
        legend.line(x, y, x + 38, y, colour, 2.2, dash)
        legend.out.append(draw_mark(x + 19, y, colour, mark))
        legend.text(x + 47, y + 4, name, 12, INK, "start")
    y = legend_top + lines * 23 + 10
    legend.text(PANELS[0][0], y, "A flat line is time in proportion to the length. A curve ends before a length that "
                "would have taken longer than the benchmark's limit.", 12, FAINT, "start")
    return svg(title, y + 18, clock.out + memory.out + legend.out)


def main():
    parser = argparse.ArgumentParser(description="attention over the length of the text, as SVG")
    parser.add_argument("json", help="what attention_bench or mechanism_bench --json printed; - for standard input")
    parser.add_argument("-o", "--output", default="curves.svg")
    parser.add_argument("--title")
    parser.add_argument("--threads", type=int, default=2, help="of the curves of mechanism_bench (default 2)")
    arguments = parser.parse_args()
    with (sys.stdin if arguments.json == "-" else open(arguments.json, encoding="utf-8")) as file:
        rows = json.load(file)
    series, peak = read_series(rows)
    growth = read_growth(rows, arguments.threads)
    if series:
        picture = draw(series, peak, arguments.title or "Tile attention over the length of the text")
    elif growth:
        picture = draw_growth(growth, arguments.title or "Mechanisms over the length of the text, 12 heads of 64",
                              arguments.threads)
    else:
        sys.exit("plot_curves.py: no curve in " + arguments.json)
    with open(arguments.output, "w", encoding="utf-8") as file:
        file.write(picture)


if __name__ == "__main__":
    main()
