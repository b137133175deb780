// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the compressions of a Compressive Transformer lose, on hidden rows of the shipped model: both auxiliary losses
// of mean, max, conv, dilated conv and most used at rates 2, 3 and 4, with the model's own projections of one layer.
//
//   compression_bench [--rows N] [--layer L] [--threads N] [--json]
//
// The document's first half is for fitting, the figures are of the second half. Fitted by least squares: the decoder of
// every compression (a linear map with a ridge), and the kernel of "conv fitted" (alternating least squares from the
// mean, towards the auto-encoding loss). Not fitted: "dilated conv", two layers of fixed smoothing kernels, because
// nothing here is trained. The layer has the model's projections without their biases; positions add nothing.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "bench_common.h"
#include "checkpoint_reference.h"
#include "compression_fit.h"
#include "safetensors_reference.h"
#include "support/layers.h"

namespace lwave::bench {
namespace {

constexpr const char* kMinilm = LWAVE_SOURCE_DIR "/examples/models/minilm";
constexpr int64_t kPassage = 126;  // tokens between [CLS] and [SEP]
constexpr int64_t kSegment = 120;  // whole groups at every rate

struct Setting {
  std::string name, function;
  int64_t ratio = 2;
};

// The hidden rows of one layer's input, passage after passage of the handbook, without the special tokens.
std::vector<float> HiddenRows(const test::Context& context, int64_t count, int64_t layer) {
  const test::Model model = test::OpenModel(context, kMinilm);
  const test::Tokenizer tokenizer = test::OpenTokenizer(context, kMinilm);
  std::ifstream file(LWAVE_SOURCE_DIR "/examples/text/handbook.txt", std::ios::binary);
  std::string text(static_cast<size_t>(count * 6), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  const std::vector<int32_t> ids = test::Encode(tokenizer, text, nullptr, false).ids;
  const int64_t hidden = test::ModelInt(model, "hidden");
  const test::Config in_full;
  std::vector<float> rows;
  for (size_t at = 0; at + kPassage <= ids.size() && static_cast<int64_t>(rows.size()) < count * hidden; at += kPassage) {
    std::vector<int32_t> passage = {101};  // [CLS]
    passage.insert(passage.end(), ids.begin() + static_cast<int64_t>(at), ids.begin() + static_cast<int64_t>(at) + kPassage);
    passage.push_back(102);  // [SEP]
    const std::vector<float> states =
        test::Forward(model, in_full, test::OneSequence(passage), LWAVE_HIDDEN_STATES);
    const int64_t first = (layer * (kPassage + 2) + 1) * hidden;
    rows.insert(rows.end(), states.begin() + first, states.begin() + first + kPassage * hidden);
  }
  rows.resize(std::min(rows.size(), static_cast<size_t>(count * hidden)));
  return rows;
}

struct Projections {
  std::vector<float> qkv, out;
};
Projections LayerProjections(int64_t layer, int64_t hidden) {
  const reference::StoredFile file = reference::ReadSafetensors(std::string(kMinilm) + "/model.safetensors");
  const std::string prefix = "encoder.layer." + std::to_string(layer) + ".attention.";
  Projections projections;
  for (const char* name : {"self.query", "self.key", "self.value", "output.dense"}) {
    const reference::Values matrix = reference::LoadMatrix(file, prefix + name + ".weight", hidden, hidden);
    std::vector<float>& to = std::string(name) == "output.dense" ? projections.out : projections.qkv;
    to.insert(to.end(), matrix.begin(), matrix.end());
  }
  return projections;
}

class Bench {
 public:
  Bench(const Options& options, int64_t rows, int64_t layer)
      : context_(test::MakeContext(options.threads)), rows_(HiddenRows(context_, rows, layer)),
        projections_(LayerProjections(layer, kHidden)) {
    const int64_t segments = static_cast<int64_t>(rows_.size()) / kHidden / kSegment;
    half_ = segments / 2 * kSegment * kHidden;
    rows_.resize(static_cast<size_t>(segments * kSegment * kHidden));
  }
  bool enough() const { return half_ > 0; }

  void Run(const Setting& setting, Report& report) {
    // The compressed form of the first half, and the rows it stands for, give the decoder.
    const std::vector<float> first(rows_.begin(), rows_.begin() + half_);
    const std::vector<float> second(rows_.begin() + half_, rows_.end());
    const test::Config config = LayerConfig(setting, first);
    std::vector<float> unused;
    const auto step = [&](const test::Attention& attention, lwave_memory* memory, const std::vector<float>& rows,
                          int64_t begin, int64_t count) {
      test::Rows input;
      input.q = rows;
      test::StepRows(attention, memory, input, begin, count, 64, unused);
      unused.clear();
    };
    const test::Attention plain = test::MakeAttention(context_, config);
    const test::Memory memory = test::MakeMemory(plain);
    std::vector<double> c;
    for (int64_t at = 0; at < half_ / kHidden; at += kSegment) {
      step(plain, memory.get(), first, at, kSegment);
      if (at < kSegment) continue;  // nothing has left yet
      const std::vector<float> compressed = test::ReadPart(memory.get(), "compressed");
      c.insert(c.end(), compressed.end() - kSegment / setting.ratio * kHidden, compressed.end());
    }
    const int64_t groups = static_cast<int64_t>(c.size()) / kHidden;
    const std::vector<double> e(first.begin(), first.begin() + groups * setting.ratio * kHidden);
    const LinearMap decoder = Ridge(c, kHidden, e, setting.ratio * kHidden);
    test::Set(config, "loss", "attention,autoencoding");
    test::Set(config, "decoder_weight", DecoderTaps(decoder, kHidden, setting.ratio));
    // One bias for all taps: the mean of theirs.
    std::vector<float> bias(kHidden, 0.0f);
    for (size_t i = 0; i < decoder.bias.size(); ++i) {
      bias[i % kHidden] += static_cast<float>(decoder.bias[i] / static_cast<double>(setting.ratio));
    }
    test::Set(config, "decoder_bias", bias);
    const test::Attention attention = test::MakeAttention(context_, config);
    const test::Memory measured = test::MakeMemory(attention);
    double attention_loss = 0, autoencoding_loss = 0;
    int64_t segments = 0;
    const int64_t rows = static_cast<int64_t>(second.size()) / kHidden;
    for (int64_t at = 0; at < rows; at += kSegment) {
      step(attention, measured.get(), second, at, kSegment);
      if (at < kSegment) continue;
      attention_loss += static_cast<double>(test::ReadPart(measured.get(), "loss")[0]);
      autoencoding_loss += static_cast<double>(test::ReadPart(measured.get(), "autoencoding_loss")[0]);
      ++segments;
    }
    const std::vector<float> mass = test::ReadPart(measured.get(), "mass");
    double part[3] = {0, 0, 0};
    for (size_t i = 0; i < mass.size(); ++i) part[i / kHeads] += static_cast<double>(mass[i]) / kHeads;
    const double count = static_cast<double>(segments);
    report.Add(setting.name + " rate " + std::to_string(setting.ratio),
               {static_cast<double>(setting.ratio), attention_loss / count, autoencoding_loss / count,
                autoencoding_loss / count / Variance(second), part[0], part[1], part[2]});
  }

 private:
  static constexpr int64_t kHidden = 384;
  static constexpr size_t kHeads = 12;

  // Around the mean of every channel.
  static double Variance(const std::vector<float>& rows) {
    std::vector<double> sum(kHidden, 0.0);
    double squares = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      sum[i % kHidden] += static_cast<double>(rows[i]);
      squares += static_cast<double>(rows[i]) * static_cast<double>(rows[i]);
    }
    const double count = static_cast<double>(rows.size() / kHidden);
    double of_means = 0;
    for (const double s : sum) of_means += s / count * s;
    return (squares - of_means) / static_cast<double>(rows.size());
  }

  test::Config LayerConfig(const Setting& setting, const std::vector<float>& first) const {
    test::Config config = test::MakeConfig("compressive");
    test::Set(config, "heads", int64_t{kHeads});
    test::Set(config, "d_model", kHidden);
    test::Set(config, "segment", kSegment);
    test::Set(config, "mem_len", kSegment);
    test::Set(config, "cmem_len", 2 * kSegment);
    test::Set(config, "ratio", setting.ratio);
    test::Set(config, "function", setting.function.c_str());
    test::Set(config, "statistics", int64_t{1});
    test::Set(config, "w_qkv", projections_.qkv);
    test::Set(config, "w_o", projections_.out);
    test::Set(config, "w_r", std::vector<float>(kHidden * kHidden, 0.0f));
    test::Set(config, "bias_u", std::vector<float>(kHidden, 0.0f));
    test::Set(config, "bias_v", std::vector<float>(kHidden, 0.0f));
    if (setting.function == "conv") {
      const int64_t whole = setting.ratio * kHidden;
      std::vector<double> groups(first.begin(), first.end() - static_cast<int64_t>(first.size()) % whole);
      const LinearMap encoder = FitEncoder(groups, kHidden, setting.ratio, 3);
      test::Set(config, "conv_weight", EncoderTaps(encoder, kHidden, setting.ratio));
      test::Set(config, "conv_bias", std::vector<float>(encoder.bias.begin(), encoder.bias.end()));
    }
    if (setting.function == "dilated_conv") {
      test::Set(config, "conv_layers.kernel", std::vector<int64_t>{3, 3});
      test::Set(config, "conv_layers.stride", std::vector<int64_t>{1, setting.ratio});
      test::Set(config, "conv_layers.dilation", std::vector<int64_t>{1, 2});
      for (const char* layer : {"0", "1"}) {
        std::vector<float> weight(kHidden * kHidden * 3, 0.0f);
        for (size_t o = 0; o < kHidden; ++o) {
          for (size_t s = 0; s < 3; ++s) weight[(o * kHidden + o) * 3 + s] = s == 1 ? 0.5f : 0.25f;
        }
        test::Set(config, (std::string("conv_weight_") + layer).c_str(), weight);
        test::Set(config, (std::string("conv_bias_") + layer).c_str(), std::vector<float>(kHidden, 0.0f));
      }
    }
    return config;
  }

  test::Context context_;
  std::vector<float> rows_;  // [rows, kHidden]
  Projections projections_;
  int64_t half_ = 0;  // numbers of the first half
};

int Main(int argc, char** argv) {
  const Options options = ParseOptions(argc, argv,
                                       "compression_bench: losses of a Compressive Transformer's compressions\n"
                                       "  --rows N         rows of the document, half of them for fitting (default 16000)\n"
                                       "  --layer L        the model's layer, 0 to 5 (default 3)");
  int64_t rows = 16000, layer = 3;
  for (size_t i = 0; i < options.rest.size(); i += 2) {
    const std::string& option = options.rest[i];
    if ((option != "--layer" && option != "--rows") || i + 1 == options.rest.size()) {
      std::fprintf(stderr, "compression_bench: %s needs a value, or is unknown (see --help)\n", option.c_str());
      return 2;
    }
    (option == "--layer" ? layer : rows) = std::atoll(options.rest[i + 1].c_str());
  }
  if (layer < 0 || layer > 5 || rows < 1) {
    std::fprintf(stderr, "compression_bench: --layer must be 0 to 5 and --rows positive\n");
    return 2;
  }
  PrintMachine(options);
  Bench bench(options, rows, layer);
  if (!bench.enough()) {
    std::fprintf(stderr, "compression_bench: too few rows\n");
    return 2;
  }
  Report report({{"ratio", "rate", 0},
                 {"attention_loss", "attention loss", 6},
                 {"autoencoding_loss", "autoencoding", 6},
                 {"share_of_variance", "of variance", 3},
                 {"mass_compressed", "mass compressed", 3},
                 {"mass_memory", "memory", 3},
                 {"mass_segment", "segment", 3}},
                options.json);
  for (const int64_t ratio : {2, 3, 4}) {
    for (const Setting& setting :
         {Setting{"mean", "mean", ratio}, Setting{"max", "max", ratio}, Setting{"conv fitted", "conv", ratio},
          Setting{"dilated conv untrained", "dilated_conv", ratio}, Setting{"most used", "most_used", ratio}}) {
      bench.Run(setting, report);
    }
  }
  report.Finish();
  return 0;
}

}  // namespace
}  // namespace lwave::bench

int main(int argc, char** argv) { return lwave::bench::Main(argc, argv); }
