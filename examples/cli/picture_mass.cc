// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where attention goes in a document: its mass by distance, a curve a layer, and by part of what rows see, a bar a
// layer.

#include <algorithm>
#include <cmath>

#include "json.h"
#include "pictures.h"
#include "svg.h"

namespace lwave::cli {
namespace {

std::string BinName(const DistanceBin& bin) {
  const auto number = [](int64_t value) { return std::to_string(value); };
  return bin.end == bin.begin + 1 ? number(bin.begin) : number(bin.begin) + "–" + number(bin.end - 1);
}

std::string Percent(double share) {
  char text[16];
  std::snprintf(text, sizeof(text), share < 0.0995 ? "%.1f %%" : "%.0f %%", 100 * share);
  return text;
}

struct Part {
  const char* name;
  const char* colour;
  const char* label;  // colour of a number on it
  double HeadMass::*value;
};
constexpr Part kParts[] = {{"sinks", kOrange, kInk, &HeadMass::sinks},
                           {"before the row", kBlue, "#ffffff", &HeadMass::before},
                           {"the row itself", kInk, "#ffffff", &HeadMass::self},
                           {"after the row", kSky, kInk, &HeadMass::after}};

void DrawDistances(Svg& svg, const Frame& place, const AttentionMass& mass, const std::vector<HeadMass>& layers) {
  const HeadMass mean = MeanMass(layers);
  Frame frame = place;
  const double bins = static_cast<double>(mass.bins.size());
  frame.x_low = -0.4, frame.x_high = bins - 0.6;
  frame.y_high = 0;
  for (const HeadMass& layer : layers) {
    for (const double share : layer.by_distance) frame.y_high = std::max(frame.y_high, share);
  }
  for (const double share : mass.even) frame.y_high = std::max(frame.y_high, share);
  frame.y_high = std::min(1.0, 1.05 * frame.y_high);
  std::vector<Tick> x, y = RoundTicks(0, frame.y_high, 6);
  for (size_t b = 0; b < mass.bins.size(); ++b) x.push_back({static_cast<double>(b), BinName(mass.bins[b])});
  for (Tick& tick : y) tick.label = Compact(100 * tick.at) + " %";
  // Names of wide bins need room: the first of each only.
  for (size_t b = 0; b < x.size(); ++b) {
    if (TextWidth(x[b].label, 11) + 4 > frame.width / bins) x[b].label = std::to_string(mass.bins[b].begin) + "–";
  }
  DrawAxes(svg, frame, x, y, "distance between row and key, in tokens (the bins double)", "share of attention");
  const auto curve = [&](const std::vector<double>& shares) {
    std::vector<std::pair<double, double>> points;
    for (size_t b = 0; b < shares.size(); ++b) points.push_back({frame.X(static_cast<double>(b)), frame.Y(shares[b])});
    return points;
  };
  svg.Curve(curve(mass.even), kQuiet, 1.5, 1, "5 4");
  for (size_t l = 0; l < layers.size(); ++l) {
    const double share = layers.size() == 1 ? 0.4 : static_cast<double>(l) / static_cast<double>(layers.size() - 1);
    svg.Curve(curve(layers[l].by_distance), ScaleColour(share), 1.8);
  }
  svg.Curve(curve(mean.by_distance), kInk, 3.5);
  for (const auto& [px, py] : curve(mean.by_distance)) svg.Dot(px, py, 3.5, kInk);
}

// Layers of a curve each, from first to last, the mean and what every key weighing the same would give.
void DrawLayerLegend(Svg& svg, double x, double y, size_t layers) {
  svg.Line(x, y - 4, x + 26, y - 4, kInk, 3.5);
  svg.Text(x + 32, y, "mean");
  x += 84;
  const double step = std::clamp(120.0 / static_cast<double>(layers), 3.0, 16.0);
  svg.Text(x, y, "layer 0");
  x += 48;
  for (size_t l = 0; l < layers; ++l, x += step) {
    const double share = layers == 1 ? 0.4 : static_cast<double>(l) / static_cast<double>(layers - 1);
    svg.Rect(x, y - 10, step + 0.3, 11, ScaleColour(share));
  }
  svg.Text(x + 6, y, std::to_string(layers - 1));
  x += 34;
  svg.Line(x, y - 4, x + 26, y - 4, kQuiet, 1.5, "5 4");
  svg.Text(x + 32, y, "if every key seen weighed the same");
}

void DrawParts(Svg& svg, double x, double y, double width, const AttentionMass& mass,
               const std::vector<HeadMass>& layers) {
  std::vector<HeadMass> bars = layers;
  bars.push_back(MeanMass(layers));
  const double step = std::clamp(300.0 / static_cast<double>(bars.size()), 16.0, 34.0), bar = step * 0.72;
  for (size_t l = 0; l < bars.size(); ++l) {
    const double top = y + static_cast<double>(l) * step + (l + 1 == bars.size() ? 8 : 0), middle = top + bar / 2 + 4;
    const bool mean = l + 1 == bars.size();
    svg.Text(x - 8, middle, mean ? "mean" : std::to_string(l), {.anchor = "end", .bold = mean});
    double at = x;
    for (const Part& part : kParts) {
      const double share = bars[l].*part.value, length = share * width;
      if (share <= 0) continue;
      svg.Rect(at, top, length, bar, part.colour);
      if (length > 30) {
        svg.Text(at + length / 2, middle, Compact(std::round(100 * share)),
                 {.size = 11, .anchor = "middle", .colour = part.label});
      }
      at += length;
    }
    if (mass.has_unseen) svg.Text(x + width + 62, middle, Percent(bars[l].unseen), {.anchor = "end", .bold = mean});
  }
}

}  // namespace

std::string DrawMass(const DocumentRows& rows, const std::string& reading, const AttentionMass& mass) {
  std::vector<HeadMass> layers;
  for (const auto& heads : mass.layers) layers.push_back(MeanMass(heads));
  const double step = std::clamp(300.0 / static_cast<double>(layers.size() + 1), 16.0, 34.0);
  const double width = 1040, top = 132,
               height = std::max(top + 300 + 96, top + step * static_cast<double>(layers.size() + 1) + 80);
  const std::string title = "Where attention goes: " + ShortName(rows.file);
  const std::string note = rows.model + ", " + reading + ": the first " + std::to_string(rows.tokens) + " rows, " +
                           std::to_string(mass.sampled) + " of them as queries, mean of " + std::to_string(rows.heads) +
                           " heads";
  Svg svg(width, height, title, note);
  svg.Text(20, 30, title, {.size = 17, .bold = true});
  svg.Text(20, 50, note, {.colour = kQuiet});
  svg.Text(78, 84, "By distance", {.size = 13, .bold = true});
  Frame frame;
  frame.left = 78, frame.top = top - 20, frame.width = 500, frame.height = 320;
  DrawDistances(svg, frame, mass, layers);
  DrawLayerLegend(svg, 78, frame.top + frame.height + 66, layers.size());

  const double left = 660, bars = mass.has_unseen ? 246.0 : 300.0;
  svg.Text(left, 84, "By part, in %", {.size = 13, .bold = true});
  double x = left;
  for (const Part& part : kParts) {
    if (&part == &kParts[0] && !mass.has_sinks) continue;
    svg.Rect(x, 93, 11, 11, part.colour);
    svg.Text(x + 15, 103, part.name, {.size = 11});
    x += 24 + TextWidth(part.name, 11);
  }
  if (mass.has_unseen) svg.Text(left + bars + 62, 84, "not seen*", {.size = 12, .anchor = "end"});
  svg.Text(left - 34, top - 20 + step * static_cast<double>(layers.size() + 1) / 2, "layer",
           {.anchor = "middle", .turn = -90});
  DrawParts(svg, left, top - 18, bars, mass, layers);
  if (mass.has_unseen) {
    const double y = top - 18 + step * static_cast<double>(layers.size() + 1) + 34;
    svg.Text(left, y, "* what would go to keys that a row does not see,", {.size = 11, .colour = kQuiet});
    svg.Text(left, y + 14, "if with the same queries and keys it saw all", {.size = 11, .colour = kQuiet});
  }
  return svg.Finish();
}

std::string BeginDocumentJson(const DocumentRows& rows, const std::string& reading) {
  std::string json = "{\"file\": ";
  AppendJsonString(json, rows.file);
  json += ", \"model\": ";
  AppendJsonString(json, rows.model);
  json += ", \"reading\": ";
  AppendJsonString(json, reading);
  return json + ", \"tokens\": " + std::to_string(rows.tokens);
}

std::string MassJson(const DocumentRows& rows, const std::string& reading, const AttentionMass& mass) {
  std::string json = BeginDocumentJson(rows, reading);
  json += ", \"rows\": " + std::to_string(mass.sampled) + ", \"bins\": [";
  for (size_t b = 0; b < mass.bins.size(); ++b) {
    json += (b == 0 ? "[" : ", [") + std::to_string(mass.bins[b].begin) + ", " + std::to_string(mass.bins[b].end) + "]";
  }
  const auto list = [&](const std::vector<double>& values) {
    json += "[";
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) json += ", ";
      AppendJsonFloat(json, static_cast<float>(values[i]));
    }
    json += "]";
  };
  json += "], \"even\": ";
  list(mass.even);
  json += ",\n\"layers\": [";
  for (size_t l = 0; l < mass.layers.size(); ++l) {
    json += (l == 0 ? "{\"layer\": " : ",\n{\"layer\": ") + std::to_string(l) + ", \"heads\": [";
    for (size_t h = 0; h < mass.layers[l].size(); ++h) {
      const HeadMass& head = mass.layers[l][h];
      json += (h == 0 ? "\n{\"head\": " : ",\n{\"head\": ") + std::to_string(h) + ", \"by_distance\": ";
      list(head.by_distance);
      const auto number = [&](const char* name, double value) {
        json += std::string(", \"") + name + "\": ";
        AppendJsonFloat(json, static_cast<float>(value));
      };
      if (mass.has_sinks) number("sinks", head.sinks);
      number("before", head.before);
      number("self", head.self);
      number("after", head.after);
      if (mass.has_unseen) number("unseen", head.unseen);
      json += "}";
    }
    json += "]}";
  }
  return json + "]}\n";
}

}  // namespace lwave::cli
