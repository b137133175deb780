// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Longwave.Tests
{
    /// <summary>
    /// JSON as objects: Dictionary, List, string, long, double, bool, null. .NET Standard has no reader of its own.
    /// </summary>
    internal sealed class Json
    {
        private readonly string text;
        private int at;

        private Json(string text)
        {
            this.text = text;
        }

        internal static Dictionary<string, object> Object(string text)
        {
            return (Dictionary<string, object>)new Json(text).Value();
        }

        private char Next()
        {
            while (char.IsWhiteSpace(text[at])) at++;
            return text[at];
        }

        private bool Skip(char wanted)
        {
            if (Next() != wanted) return false;
            at++;
            return true;
        }

        private object Value()
        {
            switch (Next())
            {
                case '{':
                    var members = new Dictionary<string, object>();
                    at++;
                    while (!Skip('}'))
                    {
                        Next();
                        string key = String();
                        Skip(':');
                        members[key] = Value();
                        Skip(',');
                    }
                    return members;
                case '[':
                    var items = new List<object>();
                    at++;
                    while (!Skip(']'))
                    {
                        items.Add(Value());
                        Skip(',');
                    }
                    return items;
                case '"':
                    return String();
                default:
                    int begin = at;
                    while (at < text.Length && "+-.0123456789abcdefghijklmnopqrstuvwxyzE".IndexOf(text[at]) >= 0) at++;
                    return Word(text.Substring(begin, at - begin));
            }
        }

        private static object Word(string word)
        {
            if (word == "true" || word == "false") return word == "true";
            if (word == "null") return null;
            if (long.TryParse(word, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number)) return number;
            return double.Parse(word, CultureInfo.InvariantCulture);
        }

        private string String()
        {
            var result = new StringBuilder();
            for (at++; text[at] != '"'; at++)
            {
                if (text[at] != '\\')
                {
                    result.Append(text[at]);
                    continue;
                }
                at++;
                if (text[at] == 'u')
                {
                    result.Append((char)Convert.ToInt32(text.Substring(at + 1, 4), 16));
                    at += 4;
                }
                else
                {
                    int which = "nrtbf".IndexOf(text[at]);
                    result.Append(which < 0 ? text[at] : "\n\r\t\b\f"[which]);
                }
            }
            at++;
            return result.ToString();
        }
    }
}
