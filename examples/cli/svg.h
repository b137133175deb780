// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Drawings as SVG: shapes and text in pixels from the upper left corner, and what diagrams are made of.

#ifndef LONGWAVE_EXAMPLES_CLI_SVG_H_
#define LONGWAVE_EXAMPLES_CLI_SVG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lwave::cli {

// Colours on white that the colour-blind can tell apart (Okabe and Ito), and greys.
inline constexpr const char* kInk = "#1a1a1a";
inline constexpr const char* kQuiet = "#595959";  // text of less weight, still dark enough to read
inline constexpr const char* kRule = "#d9d9d9";   // grids
inline constexpr const char* kBlue = "#0072b2";
inline constexpr const char* kOrange = "#e69f00";
inline constexpr const char* kSky = "#56b4e9";
inline constexpr const char* kGreen = "#009e73";

// A colour of an ordered scale from dark violet (0) to yellow-green (1), even in lightness.
std::string ScaleColour(double share);
// White (0) to the dark end of a hue (1): blue, or orange for `negative`.
std::string ShadeColour(double share, bool negative);

struct TextStyle {
  double size = 12;
  const char* anchor = "start";  // "start", "middle", "end"
  const char* colour = kInk;
  bool bold = false;
  double turn = 0;  // degrees, clockwise, about the point
};

class Svg {
 public:
  // title and description are for readers that do not see the picture.
  Svg(double width, double height, std::string_view title, std::string_view description);

  void Rect(double x, double y, double width, double height, std::string_view fill, std::string_view stroke = "");
  void Line(double x1, double y1, double x2, double y2, std::string_view stroke, double width = 1,
            std::string_view dashes = "");
  void Curve(const std::vector<std::pair<double, double>>& points, std::string_view stroke, double width = 1,
             double opacity = 1, std::string_view dashes = "");
  void Dot(double x, double y, double radius, std::string_view fill);
  void Text(double x, double y, std::string_view text, const TextStyle& style = {});
  // Cells that share a colour, drawn without seams: `path` is SVG path data.
  void Cells(std::string_view path, std::string_view fill);

  // The whole file. Nothing can be added afterwards.
  std::string Finish();

 private:
  std::string out_;
};

// A number as SVG and labels want it: at most two decimals, no trailing zeros.
std::string Compact(double value);
// About how wide a text is.
double TextWidth(std::string_view text, double size);
// A file's name without its folders, cut in the middle where it is too long for a title.
std::string ShortName(std::string_view path);
// The text in lines of at most `width` pixels, cut at blanks.
std::vector<std::string> Wrapped(std::string_view text, double size, double width);

// A diagram's inner rectangle with its scales: x and y of data to pixels.
struct Frame {
  double left = 0, top = 0, width = 0, height = 0;
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;

  double X(double x) const { return left + (x - x_low) / (x_high - x_low) * width; }
  double Y(double y) const { return top + height - (y - y_low) / (y_high - y_low) * height; }
};
struct Tick {
  double at = 0;  // in data
  std::string label;
};
// Round numbers from low to high, about `wanted` of them.
std::vector<Tick> RoundTicks(double low, double high, int wanted);
// Grid lines, the two axes, ticks with labels, and titles of the axes.
void DrawAxes(Svg& svg, const Frame& frame, const std::vector<Tick>& x, const std::vector<Tick>& y,
              std::string_view x_title, std::string_view y_title);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_SVG_H_
