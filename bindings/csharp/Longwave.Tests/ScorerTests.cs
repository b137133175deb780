// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
#if LONGWAVE_SPANS
using System.Threading.Tasks;
#endif

namespace Longwave.Tests
{
    /// <summary>How likely a model finds a document.</summary>
    internal static class ScorerTests
    {
        private static readonly string text =
            File.ReadAllText(Path.Combine(Support.Source, "examples/text/handbook.txt"), Encoding.UTF8).Substring(0, 600);

        private static Model Open() => Model.Open(Support.TinyModel("gpt2-base"));

        private static ScoringOptions Windows() => new ScoringOptions { Length = 16, Stride = 5 };

        private static ScoringOptions Endless()
        {
            return new ScoringOptions { Mode = ScoringMode.Stream, Left = 12, Sinks = 2, Queue = 3 };
        }

        private static void Same(List<ScoredToken> expected, List<ScoredToken> actual)
        {
            Check.Equal(string.Join("\n", expected.Select(Bits)), string.Join("\n", actual.Select(Bits)));
        }

        private static string Bits(ScoredToken token)
        {
            return token + " " + BitConverter.ToInt32(BitConverter.GetBytes(token.LogProbability), 0);
        }

        [Test("Scores are the reference's")]
        private static void Reference()
        {
            var file = new Safetensors(Path.Combine(Support.TinyModel("gpt2-hub"), "expected.safetensors"));
            int[] ids = file.Integers("token_nll.input_ids").Select(id => (int)id).ToArray();
            float[] losses = file.Floats("token_nll.nll");
            using (Model model = Model.Open(Support.TinyModel("gpt2-hub")))
            using (Scorer scorer = model.CreateScorer())
            {
                List<ScoredToken> tokens = scorer.ScoreIds(ids).ToList();
                Check.Same(ids, tokens.Select(token => token.Id).ToArray());
                Check.True(float.IsNaN(tokens[0].LogProbability) && tokens[0].ByteEnd == -1);
                for (int i = 0; i < losses.Length; i++)
                {
                    Check.True(Math.Abs(tokens[i + 1].LogProbability + losses[i]) < 5e-4, "token " + (i + 1));
                }
                Check.Equal((long)ids.Length, scorer.Tokens);
                Check.Equal(ids.Length - 1L, scorer.ScoredTokens);
                Check.True(double.IsNaN(scorer.BitsPerByte));
                Check.True(Math.Abs(scorer.LogProbability + losses.Sum(loss => (double)loss)) < 1e-2);
            }
        }

        [Test("Sums and ranges are those of the tokens, and the ranges cover the text")]
        private static void Sums()
        {
            using (Model model = Open())
            using (Scorer scorer = model.CreateScorer(Windows()))
            {
                List<ScoredToken> tokens = scorer.Score(text).ToList();
                Check.True(scorer.IsFinished && scorer.Waiting == 0);
                double sum = tokens.Skip(1).Sum(token => (double)token.LogProbability);
                Check.True(Math.Abs(sum - scorer.LogProbability) < 1e-6 * Math.Abs(sum));
                Check.True(Math.Abs(Math.Exp(-sum / (tokens.Count - 1)) / scorer.Perplexity - 1) < 1e-6);
                Check.True(Math.Abs(-sum / Math.Log(2) / scorer.ScoredBytes / scorer.BitsPerByte - 1) < 1e-6);
                int bytes = Encoding.UTF8.GetByteCount(text);
                Check.Equal((long)bytes, scorer.BytesTaken);
                Check.Equal((long)bytes, tokens.Last().ByteEnd);
                Check.Equal(0L, tokens[0].ByteBegin);
                Check.Equal(16, scorer.Length);
                Check.Equal(5, scorer.Stride);
                Check.Equal(scorer.Bytes, model.PlanScorer(Windows()));
            }
        }

        [Test("Strings, streams, parts of any size and a queue of few give the same bits, in every mode")]
        private static void Splits()
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            var segment = new ScoringOptions { Mode = ScoringMode.Segment, Length = 16 };
            using (Model model = Open())
            {
                foreach (ScoringOptions options in new[] { Windows(), segment, Endless() })
                {
                    using (Scorer scorer = model.CreateScorer(options))
                    {
                        List<ScoredToken> expected = scorer.Score(text).ToList();
                        Check.True(expected.Count > 50);
                        scorer.Reset();
                        Same(expected, scorer.Score(new MemoryStream(bytes)).ToList());
                        scorer.Reset();
                        var random = new Random(3);
                        var tokens = new List<ScoredToken>();
                        for (int at = 0; at < bytes.Length; tokens.AddRange(scorer.Drain()))
                        {
                            at += scorer.Offer(bytes, at, Math.Min(bytes.Length - at, 1 + random.Next(20)));
                        }
                        while (!scorer.TryFinish()) tokens.AddRange(scorer.Drain());
                        tokens.AddRange(scorer.Drain());
                        Same(expected, tokens);
                        Check.Throws<InvalidOperationException>(() => scorer.Offer(bytes, 0, 1));
#if LONGWAVE_SPANS
                        scorer.Reset();
                        Same(expected, All(scorer, bytes).GetAwaiter().GetResult());
#endif
                    }
                }
            }
        }

#if LONGWAVE_SPANS
        private static async Task<List<ScoredToken>> All(Scorer scorer, byte[] bytes)
        {
            var tokens = new List<ScoredToken>();
            await foreach (ScoredToken token in scorer.ScoreAsync(new MemoryStream(bytes))) tokens.Add(token);
            return tokens;
        }
#endif

        [Test("What was saved, restored or forked goes on with the same scores")]
        private static void Snapshots()
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            using (Model model = Open())
            using (Scorer whole = model.CreateScorer(Windows()), scorer = model.CreateScorer(Windows()))
            {
                List<ScoredToken> expected = whole.Score(text).ToList();
                int at = scorer.Offer(bytes, 0, 301);
                byte[] snapshot = scorer.Save();
                foreach (Scorer next in new[] { scorer.Fork(), model.RestoreScorer(new MemoryStream(snapshot)) })
                {
                    Check.Equal((long)at, next.BytesTaken);
                    List<ScoredToken> tokens = next.Drain();
                    tokens.AddRange(next.Score(new MemoryStream(bytes, at, bytes.Length - at)));
                    Same(expected, tokens);
                    Check.Equal(whole.LogProbability, next.LogProbability);
                    next.Dispose();
                }
                using (Model other = Model.Open(Support.TinyModel("gpt2-hub")))
                {
                    Check.Throws<LongwaveMismatchException>(() => other.RestoreScorer(snapshot));
                }
                snapshot[snapshot.Length / 2] ^= 1;
                Check.Throws<LongwaveFormatException>(() => model.RestoreScorer(snapshot));
            }
        }

        [Test("Cancelling stops a call and says how much was taken, and the rest goes on")]
        private static void Cancel()
        {
            int[] ids = Enumerable.Range(0, 60).Select(i => (i * 37 + 5) % 200).ToArray();
            using (Model model = Open())
            using (Scorer whole = model.CreateScorer(Windows()), scorer = model.CreateScorer(Windows()))
            using (var source = new CancellationTokenSource())
            {
                List<ScoredToken> expected = whole.ScoreIds(ids).ToList();
                scorer.Cancel();
                var stopped = Check.Throws<LongwaveCanceledException>(() => scorer.OfferIds(ids, 0, ids.Length));
                int at = (int)stopped.Taken;
                Check.True(at > 0 && at < ids.Length, at + " were taken");
                source.Cancel();
                Check.Throws<OperationCanceledException>(() => scorer.ScoreIds(ids, source.Token).ToList());
                List<ScoredToken> tokens = scorer.ScoreIds(ids.Skip(at).ToArray()).ToList();
                Same(expected, tokens);
            }
        }

        [Test("What a scorer cannot do is an exception that says so")]
        private static void Errors()
        {
            using (Model model = Open())
            using (Scorer scorer = model.CreateScorer())
            {
                Check.Throws<ArgumentException>(() => scorer.OfferIds(new[] { 5, 1 << 30 }, 0, 2));
                Check.Throws<ArgumentException>(() => scorer.GetNumber("no such number"));
                Check.Throws<ArgumentOutOfRangeException>(() => scorer.OfferIds(new int[2], 1, 2));
                Check.Throws<ArgumentException>(() => model.CreateScorer(new ScoringOptions { Length = 8, Stride = 8 }));
                Check.Throws<ArgumentException>(() => model.CreateScorer(new ScoringOptions().Option("no such", 1)), "no such");
                scorer.Dispose();
                scorer.Dispose();
                scorer.Cancel();
                Check.Equal("Scorer[disposed]", scorer.ToString());
                Check.Throws<ObjectDisposedException>(() => scorer.Drain());
                using (Model encoder = Model.Open(Support.Tiny))
                {
                    Check.Throws<NotSupportedException>(() => encoder.CreateScorer());
                }
            }
        }
    }
}
