// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which keys each query sees: a square a group of heads, queries downwards, keys to the right.

#include <algorithm>
#include <cmath>
#include <map>

#include "json.h"
#include "pictures.h"
#include "svg.h"

namespace lwave::cli {
namespace {

constexpr int kShades = 16;  // of each sign

// Calls f(begin, end, weight) for the runs of keys of equal weight, those of weight 0 left out.
template <typename Function>
void ForEachRun(const float* row, int64_t keys, const Function& f) {
  for (int64_t begin = 0, end; begin < keys; begin = end) {
    for (end = begin + 1; end < keys && row[end] == row[begin];) ++end;
    if (row[begin] != 0) f(begin, end, row[begin]);
  }
}

std::string HeadNames(const HeadGroup& group, int64_t heads) {
  if (static_cast<int64_t>(group.heads.size()) == heads) return heads == 1 ? "one head" : "all heads";
  std::string text = group.heads.size() == 1 ? "head " : "heads ";
  for (size_t i = 0; i < group.heads.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(group.heads[i]);
  return text;
}

// 1 to kShades for a weight, as a share of the largest of its row; below 0 for less than nothing.
int ShadeOf(float weight, float largest) {
  const int shade = std::clamp(static_cast<int>(std::ceil(kShades * std::abs(weight) / largest)), 1, kShades);
  return weight < 0 ? -shade : shade;
}

struct Look {
  bool shaded = false, negative = false;
};

// Whether anything but seen and not seen is to be told apart. Equal weights may differ by a rounding.
Look LookOf(const AttentionWeights& weights) {
  Look look;
  for (int64_t h = 0; h < weights.heads; ++h) {
    for (int64_t i = 0; i < weights.tokens; ++i) {
      const float* row = weights.Row(h, i);
      float low = 0, high = 0;
      for (int64_t j = 0; j < weights.tokens; ++j) {
        const float size = std::abs(row[j]);
        if (size == 0) continue;
        low = low == 0 ? size : std::min(low, size);
        high = std::max(high, size);
        look.negative = look.negative || row[j] < 0;
      }
      look.shaded = look.shaded || low < 0.99f * high;
    }
  }
  return look;
}

void DrawPanel(Svg& svg, const Frame& frame, const AttentionWeights& weights, int64_t head) {
  const int64_t n = weights.tokens;
  const double cell = frame.width / static_cast<double>(n);
  std::map<int, std::string> paths;
  for (int64_t i = 0; i < n; ++i) {
    const float* row = weights.Row(head, i);
    float largest = 0;
    for (int64_t j = 0; j < n; ++j) largest = std::max(largest, std::abs(row[j]));
    // Runs of one shade, not of one weight: fewer cells.
    for (int64_t begin = 0, end; begin < n; begin = end) {
      const int shade = row[begin] == 0 ? 0 : ShadeOf(row[begin], largest);
      for (end = begin + 1; end < n && (row[end] == 0 ? 0 : ShadeOf(row[end], largest)) == shade;) ++end;
      if (shade == 0) continue;
      const double x = frame.left + static_cast<double>(begin) * cell, width = static_cast<double>(end - begin) * cell;
      paths[shade] += "M" + Compact(x) + " " + Compact(frame.top + static_cast<double>(i) * cell) + "h" +
                      Compact(width) + "v" + Compact(cell) + "h-" + Compact(width) + "z";
    }
  }
  svg.Rect(frame.left, frame.top, frame.width, frame.height, "#ffffff");
  for (const auto& [shade, path] : paths) {
    svg.Cells(path, ShadeColour(0.12 + 0.88 * std::abs(shade) / kShades * (shade < 0 ? 1 : 0.72), shade < 0));
  }
  svg.Line(frame.left, frame.top, frame.left + frame.width, frame.top + frame.height, "#ffffff", 1.6, "1.5 5");
  svg.Line(frame.left, frame.top, frame.left + frame.width, frame.top + frame.height, kInk, 0.8, "1.5 5");
  svg.Rect(frame.left, frame.top, frame.width, frame.height, "none", kInk);
}

void DrawPanelTicks(Svg& svg, const Frame& frame, bool with_queries) {
  for (const Tick& tick : RoundTicks(0, frame.x_high - 1, 6)) {
    const double x = frame.X(tick.at + 0.5), y = frame.top + (tick.at + 0.5) / frame.x_high * frame.height;
    svg.Line(x, frame.top - 5, x, frame.top, kInk);
    svg.Text(x, frame.top - 8, tick.label, {.size = 11, .anchor = "middle"});
    svg.Line(frame.left - 5, y, frame.left, y, kInk);
    if (with_queries) svg.Text(frame.left - 8, y + 4, tick.label, {.size = 11, .anchor = "end"});
  }
  svg.Text(frame.left + frame.width / 2, frame.top - 25, "key", {.anchor = "middle"});
  if (with_queries) svg.Text(frame.left - 38, frame.top + frame.height / 2, "query", {.anchor = "middle", .turn = -90});
}

void DrawLegend(Svg& svg, double x, double y, const Look& look) {
  const double square = 13;
  const auto entry = [&](const std::string& colour, const std::string& text) {
    svg.Rect(x, y - square + 2, square, square, colour, kQuiet);
    svg.Text(x + square + 6, y, text);
    x += square + 26 + TextWidth(text, 12);
  };
  if (!look.shaded) {
    entry(ShadeColour(0.75, false), "seen");
    entry("#ffffff", "not seen");
  } else {
    const std::string text = look.negative ? "what a query takes, as a share of its largest: -1 to 1"
                                           : "what a query takes, as a share of its largest: 0 to 1";
    for (int shade = look.negative ? -kShades : 0; shade <= kShades; shade += look.negative ? 4 : 2) {
      svg.Rect(x, y - square + 2, square + 0.5, square,
               shade == 0 ? "#ffffff"
                          : ShadeColour(0.12 + 0.88 * std::abs(shade) / kShades * (shade < 0 ? 1 : 0.72), shade < 0));
      x += square;
    }
    svg.Text(x + 8, y, text);
    x += 30 + TextWidth(text, 12);
  }
  svg.Line(x, y - 4, x + 24, y - 4, kInk, 1, "1.5 4");
  svg.Text(x + 30, y, "key = query");
}

}  // namespace

std::vector<HeadGroup> GroupHeads(const AttentionWeights& weights) {
  std::vector<HeadGroup> groups;
  const int64_t square = weights.tokens * weights.tokens;
  for (int64_t h = 0; h < weights.heads; ++h) {
    const auto same = [&](const HeadGroup& group) {
      const float* first = weights.Row(group.heads[0], 0);
      return std::equal(first, first + square, weights.Row(h, 0));
    };
    const auto found = std::find_if(groups.begin(), groups.end(), same);
    if (found != groups.end()) {
      found->heads.push_back(h);
    } else {
      groups.push_back({{h}});
    }
  }
  return groups;
}

std::string DrawPattern(const Mechanism& mechanism, const AttentionWeights& weights, const AttentionWeights* exact) {
  struct Panel {
    const AttentionWeights* weights;
    int64_t head;
    std::string name;
  };
  std::vector<Panel> panels;
  const std::vector<HeadGroup> groups = GroupHeads(weights);
  for (const HeadGroup& group : groups) panels.push_back({&weights, group.heads[0], HeadNames(group, weights.heads)});
  size_t columns = std::min<size_t>(groups.size(), groups.size() == 4 ? 2 : 3);
  if (exact != nullptr) {  // below, head by head
    columns = std::min<size_t>(groups.size(), 3);
    panels.resize(columns);
    for (size_t i = 0; i < columns; ++i) {
      panels.push_back({exact, panels[i].head, "the same rows, softmax: head " + std::to_string(panels[i].head)});
    }
  }
  const Look look = LookOf(weights);
  const double n = static_cast<double>(weights.tokens);
  const double side = std::max(std::floor((panels.size() == 1 ? 420.0 : 300.0) / n), 1.0) * n;
  const size_t lines = (panels.size() + columns - 1) / columns;
  const double gap_x = 36, gap_y = 76, left = 70;
  const double width = std::max(left + static_cast<double>(columns) * (side + gap_x), look.shaded ? 660.0 : 520.0);

  std::string options = std::to_string(weights.tokens) + " tokens, " + std::to_string(weights.heads) +
                        (weights.heads == 1 ? " head" : " heads");
  for (const auto& [key, value] : mechanism.Settings())
    options += ", " + key + " " + (value.size() > 40 ? value.substr(0, 37) + "..." : value);
  std::vector<std::string> notes = Wrapped(options, 12, width - 40);
  if (mechanism.depends_on_rows()) {
    notes.push_back(
        "What is taken depends on the rows: here made-up ones, whose topics come back; random tensors are seeded.");
  }
  const double head = 46 + 17 * static_cast<double>(notes.size());
  const double height = head + static_cast<double>(lines) * (side + gap_y) + 34;

  const std::string title = mechanism.name() + ": which keys each query sees";
  Svg svg(width, height, title, options);
  svg.Text(20, 30, title, {.size = 17, .bold = true});
  for (size_t i = 0; i < notes.size(); ++i) {
    svg.Text(20, 50 + 17 * static_cast<double>(i), notes[i], {.colour = kQuiet});
  }
  for (size_t g = 0; g < panels.size(); ++g) {
    Frame frame;
    frame.left = left + static_cast<double>(g % columns) * (side + gap_x);
    frame.top = head + gap_y - 8 + static_cast<double>(g / columns) * (side + gap_y);
    frame.width = frame.height = side;
    frame.x_high = frame.y_high = n;
    svg.Text(frame.left, frame.top - 42, panels[g].name, {.bold = true});
    DrawPanel(svg, frame, *panels[g].weights, panels[g].head);
    DrawPanelTicks(svg, frame, g % columns == 0);
  }
  DrawLegend(svg, left, height - 14, look);
  return svg.Finish();
}

std::string PatternJson(const Mechanism& mechanism, const AttentionWeights& weights) {
  std::string json = "{\"mechanism\": ";
  AppendJsonString(json, mechanism.name());
  json += ", \"tokens\": " + std::to_string(weights.tokens) + ", \"heads\": " + std::to_string(weights.heads) +
          ", \"options\": {";
  bool first = true;
  for (const auto& [key, value] : mechanism.Settings()) {
    if (!first) json += ", ";
    first = false;
    AppendJsonString(json, key);
    json += ": ";
    AppendJsonString(json, value);
  }
  json += "}, \"patterns\": [";
  const std::vector<HeadGroup> groups = GroupHeads(weights);
  for (size_t g = 0; g < groups.size(); ++g) {
    json += g == 0 ? "{\"heads\": [" : ", {\"heads\": [";
    for (size_t i = 0; i < groups[g].heads.size(); ++i)
      json += (i == 0 ? "" : ", ") + std::to_string(groups[g].heads[i]);
    json += "],\n\"rows\": [";
    for (int64_t i = 0; i < weights.tokens; ++i) {
      json += i == 0 ? "[" : ",\n[";
      bool begins = true;
      ForEachRun(weights.Row(groups[g].heads[0], i), weights.tokens, [&](int64_t begin, int64_t end, float weight) {
        json += (begins ? "[" : ", [") + std::to_string(begin) + ", " + std::to_string(end) + ", ";
        begins = false;
        AppendJsonFloat(json, weight);
        json += "]";
      });
      json += "]";
    }
    json += "]}";
  }
  return json + "]}\n";
}

}  // namespace lwave::cli
