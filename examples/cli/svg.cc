// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing SVG.

#include "svg.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "utf8.h"

namespace lwave::cli {
namespace {

// Text and attribute values; what XML cannot hold at all becomes U+FFFD.
std::string Escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Utf8Part part = FirstUtf8Part(text);
    const char c = text[0];
    if (!part.valid || (static_cast<unsigned char>(c) < 0x20 && c != '\t')) {
      out += kReplacementCharacter;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += text.substr(0, part.bytes);
    }
    text.remove_prefix(part.bytes);
  }
  return out;
}

struct Colour {
  double red, green, blue;
};

std::string Hex(const Colour& colour) {
  const auto byte = [](double value) { return static_cast<int>(std::lround(std::clamp(value, 0.0, 255.0))); };
  char text[8];
  std::snprintf(text, sizeof(text), "#%02x%02x%02x", byte(colour.red) & 255, byte(colour.green) & 255,
                byte(colour.blue) & 255);
  return text;
}

Colour Between(const Colour& a, const Colour& b, double share) {
  return {a.red + (b.red - a.red) * share, a.green + (b.green - a.green) * share, a.blue + (b.blue - a.blue) * share};
}

}  // namespace

std::string ScaleColour(double share) {
  constexpr Colour kStops[] = {{68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 185, 80}, {186, 200, 30}};
  constexpr int kLast = static_cast<int>(std::size(kStops)) - 1;
  const double at = std::clamp(share, 0.0, 1.0) * kLast;
  const int stop = std::min(static_cast<int>(at), kLast - 1);
  return Hex(Between(kStops[stop], kStops[stop + 1], at - stop));
}

std::string ShadeColour(double share, bool negative) {
  const Colour dark = negative ? Colour{153, 76, 0} : Colour{8, 48, 107};
  const Colour middle = negative ? Colour{240, 150, 50} : Colour{66, 146, 198};
  const double s = std::clamp(share, 0.0, 1.0);
  return Hex(s < 0.5 ? Between({255, 255, 255}, middle, 2 * s) : Between(middle, dark, 2 * s - 1));
}

std::string Compact(double value) {
  char text[48];
  std::snprintf(text, sizeof(text), "%.2f", value);
  std::string out = text;
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

double TextWidth(std::string_view text, double size) {
  double em = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) continue;  // the rest of a character
    const bool narrow = std::string_view(" .,:;'|!()[]ijlft").find(c) != std::string_view::npos;
    em += narrow ? 0.36 : c >= 'A' && c <= 'Z' ? 0.72 : 0.63;  // of a wide face
  }
  return em * size;
}

std::string ShortName(std::string_view path) {
  if (path == "-") return "standard input";
  const std::string name(path.substr(path.find_last_of('/') + 1));
  return name.size() <= 60 ? name : name.substr(0, 38) + "..." + name.substr(name.size() - 18);
}

std::vector<std::string> Wrapped(std::string_view text, double size, double width) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && TextWidth(line, size) + TextWidth(word, size) + 0.32 * size > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

Svg::Svg(double width, double height, std::string_view title, std::string_view description) {
  const std::string size = Compact(width) + "\" height=\"" + Compact(height);
  out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size +
         "\" viewBox=\"0 0 " + Compact(width) + " " + Compact(height) +
         "\" font-family=\"sans-serif\" role=\"img\">\n<title>" + Escaped(title) + "</title>\n<desc>" +
         Escaped(description) + "</desc>\n";
  Rect(0, 0, width, height, "#ffffff");
}

void Svg::Rect(double x, double y, double width, double height, std::string_view fill, std::string_view stroke) {
  out_ += "<rect x=\"" + Compact(x) + "\" y=\"" + Compact(y) + "\" width=\"" + Compact(width) + "\" height=\"" +
          Compact(height) + "\" fill=\"" + std::string(fill) + "\"";
  if (!stroke.empty()) out_ += " stroke=\"" + std::string(stroke) + "\"";
  out_ += "/>\n";
}

void Svg::Line(double x1, double y1, double x2, double y2, std::string_view stroke, double width,
               std::string_view dashes) {
  Curve({{x1, y1}, {x2, y2}}, stroke, width, 1, dashes);
}

void Svg::Curve(const std::vector<std::pair<double, double>>& points, std::string_view stroke, double width,
                double opacity, std::string_view dashes) {
  out_ += "<polyline fill=\"none\" stroke=\"" + std::string(stroke) + "\" stroke-width=\"" + Compact(width) + "\"";
  if (opacity < 1) out_ += " stroke-opacity=\"" + Compact(opacity) + "\"";
  if (!dashes.empty()) out_ += " stroke-dasharray=\"" + std::string(dashes) + "\"";
  out_ += " stroke-linejoin=\"round\" points=\"";
  for (size_t i = 0; i < points.size(); ++i) {
    out_ += (i == 0 ? "" : " ") + Compact(points[i].first) + "," + Compact(points[i].second);
  }
  out_ += "\"/>\n";
}

void Svg::Dot(double x, double y, double radius, std::string_view fill) {
  out_ += "<circle cx=\"" + Compact(x) + "\" cy=\"" + Compact(y) + "\" r=\"" + Compact(radius) + "\" fill=\"" +
          std::string(fill) + "\"/>\n";
}

void Svg::Text(double x, double y, std::string_view text, const TextStyle& style) {
  out_ += "<text x=\"" + Compact(x) + "\" y=\"" + Compact(y) + "\" font-size=\"" + Compact(style.size) +
          "\" text-anchor=\"" + style.anchor + "\" fill=\"" + style.colour + "\"";
  if (style.bold) out_ += " font-weight=\"bold\"";
  if (style.turn != 0) {
    out_ += " transform=\"rotate(" + Compact(style.turn) + " " + Compact(x) + " " + Compact(y) + ")\"";
  }
  out_ += ">" + Escaped(text) + "</text>\n";
}

void Svg::Cells(std::string_view path, std::string_view fill) {
  out_ += "<path shape-rendering=\"crispEdges\" fill=\"" + std::string(fill) + "\" d=\"" + std::string(path) + "\"/>\n";
}

std::string Svg::Finish() { return std::move(out_ += "</svg>\n"); }

std::vector<Tick> RoundTicks(double low, double high, int wanted) {
  const double rough = (high - low) / std::max(wanted, 1);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double step = rough / power < 1.5   ? power
                      : rough / power < 3.5 ? 2 * power
                      : rough / power < 7.5 ? 5 * power
                                            : 10 * power;
  std::vector<Tick> ticks;
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; ++i) {
    ticks.push_back({i * step, Compact(i * step)});
  }
  return ticks;
}

void DrawAxes(Svg& svg, const Frame& frame, const std::vector<Tick>& x, const std::vector<Tick>& y,
              std::string_view x_title, std::string_view y_title) {
  const double bottom = frame.top + frame.height, right = frame.left + frame.width;
  double labels = 0;
  for (const Tick& tick : y) {
    svg.Line(frame.left, frame.Y(tick.at), right, frame.Y(tick.at), kRule);
    svg.Text(frame.left - 7, frame.Y(tick.at) + 4, tick.label, {.size = 11, .anchor = "end"});
    labels = std::max(labels, TextWidth(tick.label, 11));
  }
  for (const Tick& tick : x) {
    svg.Line(frame.X(tick.at), bottom, frame.X(tick.at), bottom + 5, kInk);
    svg.Text(frame.X(tick.at), bottom + 18, tick.label, {.size = 11, .anchor = "middle"});
  }
  svg.Line(frame.left, bottom, right, bottom, kInk);
  svg.Line(frame.left, frame.top, frame.left, bottom, kInk);
  svg.Text(frame.left + frame.width / 2, bottom + 38, x_title, {.anchor = "middle"});
  svg.Text(frame.left - labels - 18, frame.top + frame.height / 2, y_title, {.anchor = "middle", .turn = -90});
}

}  // namespace lwave::cli
