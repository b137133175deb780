// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Longwave.Tests
{
    /// <summary>The named options are the library's.</summary>
    internal static unsafe class OptionsTests
    {
        // Options that have one value, or that nothing depends on.
        private static readonly string[] leftOut = { "compressive remainder", "pia table" };

        private static IEnumerable<Type> Kinds()
        {
            return typeof(AttentionOptions).Assembly.GetTypes().Where(
                type => type.IsPublic && !type.IsAbstract && typeof(AttentionOptions).IsAssignableFrom(type));
        }

        private static object AnyValue(Type type)
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            if (type == typeof(int)) return 1;
            if (type == typeof(long)) return 1L;
            if (type == typeof(double)) return 1.0;
            if (type == typeof(bool)) return true;
            if (type == typeof(Numbers)) return (Numbers)1;
            if (type == typeof(LayerAttention)) return LayerAttention.Window(3, 4);
            if (type.IsEnum) return Enum.GetValues(type).GetValue(0);
            return Array.CreateInstance(type.GetElementType(), 1);
        }

        private static List<string> Known(string kind)
        {
            var known = new List<string>();
            using (var config = new NativeConfig(NativeConfig.NativeCreate(kind)))
            {
                for (long i = 0; i < config.NativeOptionCount(); i++) known.Add(config.NativeOptionName(i));
            }
            return known;
        }

        // What ToString shows: the kind, and key=value.
        private static IEnumerable<string> Keys(object options)
        {
            return options.ToString().Split(' ').Where(word => word.Contains("=")).Select(word => word.Split('=')[0]);
        }

        [Test("Every option of every kind has a property, every property an option, and what is set is read again")]
        private static void Complete()
        {
            var wrong = new List<string>();
            Check.Equal(17, Kinds().Count());
            foreach (Type type in Kinds())
            {
                var options = (AttentionOptions)Activator.CreateInstance(type, 2, 8);
                string kind = options.ToString().Split(' ')[0];
                var set = new HashSet<string>(Keys(options));
                foreach (PropertyInfo property in type.GetProperties())
                {
                    if (property.GetValue(options, null) != null && property.Name != "HeadDim") wrong.Add(kind + "." + property.Name + " is set");
                    object value = AnyValue(property.PropertyType);
                    property.SetValue(options, value, null);
                    object read = property.GetValue(options, null);
                    bool same = value is Array array
                        ? array.Cast<object>().SequenceEqual(((Array)read).Cast<object>())
                        : value.ToString() == read?.ToString();
                    if (!same) wrong.Add(kind + "." + property.Name + " was set to " + value + " and reads " + read);
                    set.UnionWith(Keys(options));
                    property.SetValue(options, null, null);
                    if (property.GetValue(options, null) != null) wrong.Add(kind + "." + property.Name + " cannot be unset");
                }
                if (options is CompressiveAttention compressive)
                {
                    compressive.SetConvLayers(new[] { 1 }, new[] { 1 }, new[] { 1 });
                    for (int i = 0; i < 4; i++) compressive.SetConvLayer(i, new float[1], new float[1]);
                    set.UnionWith(Keys(options));
                }
                List<string> known = Known(kind);
                foreach (string key in known.Where(key => !set.Contains(key) && !leftOut.Contains(kind + " " + key)))
                {
                    wrong.Add(kind + " has no property for " + key);
                }
                foreach (string key in set.Where(key => !known.Contains(key))) wrong.Add(kind + " has no option " + key);
            }
            Check.Equal("", string.Join("; ", wrong));
        }

        [Test("Every word of an enum is one that the library takes")]
        private static void Enums()
        {
            foreach (Type type in Kinds())
            {
                foreach (PropertyInfo property in type.GetProperties())
                {
                    Type plain = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
                    Type element = plain.IsArray ? plain.GetElementType() : plain;
                    if (!element.IsEnum) continue;
                    foreach (object member in Enum.GetValues(element))
                    {
                        var options = (AttentionOptions)Activator.CreateInstance(type, 1, 8);
                        object value = member;
                        if (plain.IsArray)
                        {
                            Array array = Array.CreateInstance(element, 1);
                            array.SetValue(member, 0);
                            value = array;
                        }
                        property.SetValue(options, value, null);
                        string word = options.ToString().Split(' ').Last();
                        try
                        {
                            options.Build().Dispose();
                        }
                        catch (Exception error)
                        {
                            // Other options may be missing, but the word is known.
                            Check.True(!error.Message.Contains("\"" + word.Split('=')[1] + "\""), word + ": " + error.Message);
                        }
                    }
                }
            }
        }

        [Test("Every property of a reading sets an option that the library takes")]
        private static void Readings()
        {
            Reading reading = Reading.Window(8, 8);
            reading.Sinks = 2;
            reading.Tile = 64;
            reading.FullUpTo = 32;
            reading.PassageTokens = 20;
            reading.Queue = 4;
            reading.StepRows = 16;
            reading.AddSpecialTokens = false;
            reading.SplitLong = true;
            reading.HeldBack = 1024;
            reading.MaxRows = 100;
            reading.Execution = Execution.Auto;
            reading.Vectors = false;
            var keys = new HashSet<string>(Keys(reading));
            foreach (string key in Known("stream")) Check.True(keys.Contains(key), key);
            Check.Equal(20, reading.PassageTokens.Value);
            Check.Equal(false, reading.AddSpecialTokens.Value);
            using (Model model = Model.Open(Support.Tiny))
            {
                Check.True(model.PlanStream(reading).Bytes > 0);
                Check.Throws<ArgumentException>(() => model.PlanStream(new Reading().Option("no such", 1)), "no such");
            }
        }

        // Sets each property of options that are no layer's.
        private static void CheckProperties(string kind, object options)
        {
            var set = new HashSet<string>();
            foreach (PropertyInfo property in options.GetType().GetProperties())
            {
                string name = kind + "." + property.Name;
                Check.True(property.GetValue(options, null) == null, name + " is set");
                object value = AnyValue(property.PropertyType);
                property.SetValue(options, value, null);
                object read = property.GetValue(options, null);
                bool same = value is Array array
                    ? array.Cast<object>().SequenceEqual(((Array)read).Cast<object>())
                    : value.ToString() == read?.ToString();
                Check.True(same, name + " was set to " + value + " and reads " + read);
                set.UnionWith(Keys(options));
                property.SetValue(options, null, null);
                Check.True(property.GetValue(options, null) == null, name + " cannot be unset");
            }
            Check.Same(Known(kind).OrderBy(key => key).ToArray(), set.OrderBy(key => key).ToArray(), kind);
        }

        [Test("Every option of generation, scoring and conversion has a property, every property an option")]
        private static void OtherKinds()
        {
            CheckProperties("generation", new GenerationOptions());
            CheckProperties("scoring", new ScoringOptions());
            CheckProperties("convert", new ConversionOptions());
            var both = new ConversionOptions { CopiedPositions = 100, TiledPositions = 50 };
            Check.True(both.CopiedPositions == null && both.TiledPositions == 50, both.ToString());
            using (Model model = Model.Open(Support.TinyModel("gpt2-base")))
            {
                foreach (EarlyStopping word in Enum.GetValues(typeof(EarlyStopping)))
                {
                    Check.True(model.PlanGenerator(new GenerationOptions { EarlyStopping = word, Beams = 2 }) > 0);
                }
                Check.Throws<ArgumentException>(() => model.PlanGenerator(new GenerationOptions().Option("no such", 1)), "no such");
                Check.Throws<ArgumentException>(() => model.PlanGenerator(new GenerationOptions { TopP = 2 }));
            }
        }

        [Test("Every way of execution is one that the library knows, and gives the same")]
        private static void Ways()
        {
            using (Model model = Model.Open(Support.Tiny))
            {
                List<Embedding> expected = null;
                foreach (Execution way in Enum.GetValues(typeof(Execution)))
                {
                    Reading reading = Reading.Window(4, 4);
                    reading.FullUpTo = 0;
                    reading.Tile = 16;
                    reading.Execution = way;
                    using (DocumentStream stream = model.CreateStream(reading))
                    {
                        List<Embedding> results = Support.ReadAll(stream, "one two three four five six seven eight");
                        if (expected == null) expected = results;
                        Support.Same(expected, results);
                        Check.Equal(0L, stream.SplitWords);
                    }
                }
                Reading alone = Reading.Alone();
                alone.Execution = Execution.Stream;
                Check.Throws<NotSupportedException>(() => model.CreateStream(alone), "layer 0");
            }
        }

        [Test("Arrays are copied when they are set, and options can build again")]
        private static void Copies()
        {
            int[] left = { 3, 4 };
            var options = new WindowAttention(2, 8) { Left = left, Right = 0 };
            left[0] = -1;
            using (Attention one = options.Build())
            {
                options.Left = 5;
                using (Attention two = options.Build())
                {
                    Check.True(one.Describe().Contains("\"left\":[3,4]"), one.Describe());
                    Check.True(two.Describe().Contains("\"left\":[5"), two.Describe());
                }
            }
            var favor = new FavorAttention(1, 8) { KeyShift = 2 };
            favor.KeyShiftGlobalMax = true;
            Check.True(favor.KeyShift == null && favor.KeyShiftGlobalMax == true);
            favor.KeyShift = 1;
            Check.True(favor.KeyShift == 1 && favor.KeyShiftGlobalMax == null);
        }
    }
}
