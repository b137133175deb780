// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Help that fits a terminal of 80 columns. CLI11's own neither wraps nor leaves out how it checks a value.

#include "help.h"

#include <memory>
#include <string_view>

namespace lwave::cli {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kLabel = 24;  // where explanations begin

// A label and its explanation, which is wrapped at blanks and begins on a line of its own if the label is
// long.
void AppendEntry(std::string& out, const std::string& label, std::string_view explanation) {
  std::string line = "  " + label;
  if (line.size() + 2 > kLabel) {
    out += line + "\n";
    line.clear();
  }
  line.resize(kLabel, ' ');
  bool first = true;
  while (!explanation.empty()) {
    const size_t end = std::min(explanation.find(' '), explanation.size());
    if (!first && line.size() + 1 + end > kColumns) {
      out += line + "\n";
      line.assign(kLabel, ' ');
      first = true;
    }
    if (!first) line += ' ';
    line += explanation.substr(0, end);
    first = false;
    explanation.remove_prefix(std::min(end + 1, explanation.size()));
  }
  out += line + "\n";
}

// "-n, --top N"
std::string OptionLabel(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string label;
  for (const std::string& name : option.get_snames()) label += (label.empty() ? "-" : ", -") + name;
  for (const std::string& name : option.get_lnames()) label += (label.empty() ? "    --" : ", --") + name;
  if (option.get_items_expected_max() == 0 || option.get_type_size() == 0) return label;
  const std::string type = option.get_type_name();
  return label + " " + type.substr(0, type.find(':'));  // CLI11 puts its checks behind a colon
}

class Help : public CLI::FormatterBase {
 public:
  explicit Help(const std::string& usage) : usage_(usage) {}

  std::string make_help(const CLI::App* command, std::string, CLI::AppFormatMode) const override {
    std::string out;
    std::string_view rest = usage_;
    for (const char* title = "Usage: "; !rest.empty(); title = "       ") {
      const size_t end = std::min(rest.find('\n'), rest.size());
      out += title + std::string("longwave ") + std::string(rest.substr(0, end)) + "\n";
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    out += "\n" + command->get_description() + "\n";
    AppendOptions(out, *command, true, "Arguments");
    const auto commands = command->get_subcommands(nullptr);
    if (!commands.empty()) out += "\nCommands:\n";
    for (const CLI::App* one : commands) AppendEntry(out, one->get_name(), FirstSentence(*one));
    AppendOptions(out, *command, false, "Options");
    if (!command->get_footer().empty()) out += "\n" + command->get_footer() + "\n";
    return out;
  }

 private:
  // What a list of commands says about one.
  static std::string FirstSentence(const CLI::App& command) {
    const std::string text = command.get_description();
    return text.substr(0, text.find_first_of(".\n"));
  }

  static void AppendOptions(std::string& out, const CLI::App& command, bool positional, const char* title) {
    bool any = false;
    for (const CLI::Option* option : command.get_options({})) {
      if (option->get_positional() != positional) continue;
      if (!any) out += "\n" + std::string(title) + ":\n";
      any = true;
      AppendEntry(out, OptionLabel(*option), option->get_description());
    }
  }

  std::string usage_;
};

}  // namespace

void SetUsage(CLI::App& command, const std::string& usage) {
  command.formatter(std::make_shared<Help>(usage));
}

std::string CommandName(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? "longwave" : CommandName(*parent) + " " + command.get_name();
}

}  // namespace lwave::cli
