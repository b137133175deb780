// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How few singular values hold most of an attention matrix (the argument of Wang et al. 2020, Linformer): the cumulated
// shares as curves, and how many reach 90 % as a map of layers and heads.

#include <algorithm>
#include <cmath>

#include "json.h"
#include "pictures.h"
#include "singular_values.h"
#include "svg.h"

namespace lwave::cli {
namespace {

double LayerShare(size_t layer, size_t layers) {
  return layers == 1 ? 0.4 : static_cast<double>(layer) / static_cast<double>(layers - 1);
}

void DrawCurves(Svg& svg, const Frame& frame, const Spectrum& spectrum) {
  DrawAxes(svg, frame, RoundTicks(0, frame.x_high, 6), RoundTicks(0, 1, 5), "singular values, largest first",
           "share of their sum");
  const auto curve = [&](const std::vector<double>& cumulated) {
    std::vector<std::pair<double, double>> points = {{frame.X(0), frame.Y(0)}};
    for (size_t i = 0; i < cumulated.size(); ++i) {
      points.push_back({frame.X(static_cast<double>(i + 1)), frame.Y(cumulated[i])});
    }
    return points;
  };
  for (size_t l = 0; l < spectrum.size(); ++l) {
    for (const HeadSpectrum& head : spectrum[l]) {
      svg.Curve(curve(head.cumulated), ScaleColour(LayerShare(l, spectrum.size())), 1, 0.55);
    }
  }
  const std::vector<double> mean = MeanCurve(spectrum);
  const double reached = static_cast<double>(CountReaching(mean, 0.9));
  svg.Line(frame.left, frame.Y(0.9), frame.X(reached), frame.Y(0.9), kInk, 1, "4 3");
  svg.Line(frame.X(reached), frame.Y(0), frame.X(reached), frame.Y(0.9), kInk, 1, "4 3");
  svg.Curve(curve(mean), kInk, 3.5);
  svg.Dot(frame.X(reached), frame.Y(0.9), 4.5, kInk);
  const std::string label = "mean: 90 % at " + Compact(reached);
  const bool right = frame.X(reached) + 12 + TextWidth(label, 13) < frame.left + frame.width;
  const double x = frame.X(reached) + (right ? 10 : -10), y = frame.Y(0.9) + (right ? 40 : 60);
  svg.Rect(right ? x - 4 : x - TextWidth(label, 13) - 8, y - 14, TextWidth(label, 13) + 12, 20, "#ffffff");
  svg.Text(x, y, label, {.size = 13, .anchor = right ? "start" : "end", .bold = true});
}

// A cell a head: its number of singular values that reach 90 %, on its colour.
void DrawMap(Svg& svg, double left, double top, double width, double height, const Spectrum& spectrum) {
  const size_t heads = spectrum[0].size();
  const double w = width / static_cast<double>(heads),
               h = std::min(height / static_cast<double>(spectrum.size()), 44.0);
  int64_t low = INT64_MAX, high = 0;
  for (const auto& layer : spectrum) {
    for (const HeadSpectrum& head : layer)
      low = std::min(low, head.reaching_90), high = std::max(high, head.reaching_90);
  }
  for (size_t l = 0; l < spectrum.size(); ++l) {
    const double y = top + static_cast<double>(l) * h;
    svg.Text(left - 8, y + h / 2 + 4, std::to_string(l), {.size = 11, .anchor = "end"});
    for (size_t i = 0; i < heads; ++i) {
      const int64_t count = spectrum[l][i].reaching_90;
      const double share = high > low ? static_cast<double>(count - low) / static_cast<double>(high - low) : 0;
      const double x = left + static_cast<double>(i) * w;
      svg.Rect(x, y, w, h, ShadeColour(0.08 + 0.77 * share, false), "#ffffff");
      if (w >= 22 && h >= 13) {
        svg.Text(x + w / 2, y + h / 2 + 4, std::to_string(count),
                 {.size = 11, .anchor = "middle", .colour = share > 0.6 ? "#ffffff" : kInk});
      }
    }
  }
  for (size_t i = 0; i < heads; ++i) {
    svg.Text(left + (static_cast<double>(i) + 0.5) * w, top - 6, std::to_string(i), {.size = 11, .anchor = "middle"});
  }
  svg.Text(left + width / 2, top - 24, "head", {.anchor = "middle"});
  svg.Text(left - 30, top + h * static_cast<double>(spectrum.size()) / 2, "layer", {.anchor = "middle", .turn = -90});
}

}  // namespace

std::string DrawSpectrum(const DocumentRows& rows, const std::string& reading, const Spectrum& spectrum) {
  const std::string title = "Singular values of attention: " + ShortName(rows.file);
  const std::string note = rows.model + ", " + reading + ": the first " + std::to_string(rows.tokens) + " rows, so " +
                           std::to_string(rows.tokens) + " x " + std::to_string(rows.tokens) + " matrices; " +
                           std::to_string(rows.layers) + " layers of " + std::to_string(rows.heads) + " heads";
  Svg svg(1000, 540, title, note);
  svg.Text(20, 30, title, {.size = 17, .bold = true});
  svg.Text(20, 50, note, {.colour = kQuiet});
  svg.Text(78, 84, "Cumulated share", {.size = 13, .bold = true});
  Frame frame;
  frame.left = 78, frame.top = 100, frame.width = 440, frame.height = 340;
  frame.x_high = static_cast<double>(rows.tokens);
  DrawCurves(svg, frame, spectrum);
  double x = 78;
  const double y = 514;
  svg.Line(x, y - 4, x + 26, y - 4, kInk, 3.5);
  svg.Text(x + 32, y, "mean of all");
  svg.Text(x + 118, y, "a head each, layer 0");
  x += 118 + TextWidth("a head each, layer 0", 12) + 8;
  const double step = std::clamp(120.0 / static_cast<double>(spectrum.size()), 3.0, 16.0);
  for (size_t l = 0; l < spectrum.size(); ++l, x += step) {
    svg.Rect(x, y - 10, step + 0.3, 11, ScaleColour(LayerShare(l, spectrum.size())));
  }
  svg.Text(x + 6, y, std::to_string(spectrum.size() - 1));
  svg.Text(600, 84, "How many hold 90 % of the sum", {.size = 13, .bold = true});
  DrawMap(svg, 600, 132, 372, 308, spectrum);
  return svg.Finish();
}

std::string SpectrumJson(const DocumentRows& rows, const std::string& reading, const Spectrum& spectrum) {
  std::string json = BeginDocumentJson(rows, reading);
  const auto curve = [&](int64_t reaching, const std::vector<double>& cumulated) {
    json += "\"reaching_90\": " + std::to_string(reaching) + ", \"cumulated\": [";
    for (size_t i = 0; i < cumulated.size(); ++i) {
      if (i > 0) json += ", ";
      AppendJsonFloat(json, static_cast<float>(cumulated[i]));
    }
    json += "]}";
  };
  const std::vector<double> mean = MeanCurve(spectrum);
  json += ",\n\"mean\": {";
  curve(CountReaching(mean, 0.9), mean);
  json += ",\n\"layers\": [";
  for (size_t l = 0; l < spectrum.size(); ++l) {
    json += (l == 0 ? "{\"layer\": " : ",\n{\"layer\": ") + std::to_string(l) + ", \"heads\": [";
    for (size_t h = 0; h < spectrum[l].size(); ++h) {
      json += (h == 0 ? "\n{\"head\": " : ",\n{\"head\": ") + std::to_string(h) + ", ";
      curve(spectrum[l][h].reaching_90, spectrum[l][h].cumulated);
    }
    json += "]}";
  }
  return json + "]}\n";
}

}  // namespace lwave::cli
