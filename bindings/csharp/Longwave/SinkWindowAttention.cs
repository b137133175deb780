// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>A window and the first rows: attention sinks.</summary>
    public sealed class SinkWindowAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public SinkWindowAttention(int heads, int headDim) : base("sink_window", heads, "head_dim", headDim)
        {
        }

        /// <summary>Rows at the beginning that every row sees.</summary>
        public int? Sinks
        {
            get => GetInt("sinks");
            set => SetInt("sinks", value);
        }

        /// <summary>What the sinks themselves see.</summary>
        public SinksSee? SinksSee
        {
            get => GetEnum<SinksSee>("sinks_see", Words.SinksSee);
            set => SetEnum("sinks_see", (int?)value, Words.SinksSee);
        }

        /// <summary>With SinksSee.Past: rows seen, counting the row itself.</summary>
        public int? Window
        {
            get => GetInt("window");
            set => SetInt("window", value);
        }

        /// <summary>What the window is counted in.</summary>
        public WindowVisibility? Visibility
        {
            get => GetEnum<WindowVisibility>("visibility", Words.WindowVisibility);
            set => SetEnum("visibility", (int?)value, Words.WindowVisibility);
        }

        /// <summary>Rows of a segment; the last may be shorter.</summary>
        public long? Segment
        {
            get => GetLong("segment");
            set => SetLong("segment", value);
        }

        /// <summary>
        /// Segments end where <see cref="Memory.EndSegment"/> is called instead, and a forward is one segment.
        /// </summary>
        public bool? ExplicitSegments
        {
            get => GetWord("segment") == "explicit" ? true : (bool?)null;
            set
            {
                if (value == true) SetWord("segment", "explicit");
                else if (GetWord("segment") != null) SetWord("segment", null);
            }
        }

        /// <summary>With SinksSee.All: rows seen before each row.</summary>
        public int? Left
        {
            get => GetInt("left");
            set => SetInt("left", value);
        }

        /// <summary>With SinksSee.All: rows seen after each row.</summary>
        public int? Right
        {
            get => GetInt("right");
            set => SetInt("right", value);
        }

        /// <summary>Rotary positions: the base of the angles, such as 10000.</summary>
        public double? RopeTheta
        {
            get => GetDouble("rope.theta");
            set => SetDouble("rope.theta", value);
        }

        /// <summary>Rotary positions: how many channels turn.</summary>
        public int? RopeDim
        {
            get => GetInt("rope.dim");
            set => SetInt("rope.dim", value);
        }

        /// <summary>Rotary positions: how channels are paired.</summary>
        public RopeStyle? RopeStyle
        {
            get => GetEnum<RopeStyle>("rope.style", Words.RopeStyle);
            set => SetEnum("rope.style", (int?)value, Words.RopeStyle);
        }

        /// <summary>What keys and values are rounded to when they are kept.</summary>
        public KeyValueStore? Store
        {
            get => GetEnum<KeyValueStore>("store", Words.KeyValueStore);
            set => SetEnum("store", (int?)value, Words.KeyValueStore);
        }
    }
}
