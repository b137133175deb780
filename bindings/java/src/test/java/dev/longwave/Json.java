/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as maps, lists, strings, numbers (long or double), booleans and null; for tests, so bad JSON ends in any exception. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    return new Json(text).value();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  private char peek() {
    while (Character.isWhitespace(text.charAt(at))) at++;
    return text.charAt(at);
  }

  private boolean take(char wanted) {
    if (peek() != wanted) return false;
    at++;
    return true;
  }

  private Object value() {
    switch (peek()) {
      case '{':
        return map();
      case '[':
        return array();
      case '"':
        return string();
      default:
        return word();
    }
  }

  private Map<String, Object> map() {
    Map<String, Object> map = new LinkedHashMap<>();
    take('{');
    while (!take('}')) {
      peek();
      String key = string();
      if (!take(':')) throw new IllegalArgumentException("no colon at " + at);
      map.put(key, value());
      take(',');
    }
    return map;
  }

  private List<Object> array() {
    List<Object> list = new ArrayList<>();
    take('[');
    while (!take(']')) {
      list.add(value());
      take(',');
    }
    return list;
  }

  private String string() {
    StringBuilder result = new StringBuilder();
    at++;
    for (; text.charAt(at) != '"'; at++) {
      char c = text.charAt(at);
      if (c == '\\') {
        c = text.charAt(++at);
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
        if (c == 'u') {
          c = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
          at += 4;
        }
      }
      result.append(c);
    }
    at++;
    return result.toString();
  }

  private Object word() {
    int begin = at;
    while (at < text.length() && ",]} \n\t\r".indexOf(text.charAt(at)) < 0) at++;
    String word = text.substring(begin, at);
    if (word.equals("true") || word.equals("false")) return word.equals("true");
    if (word.equals("null")) return null;
    if (word.matches("-?[0-9]+")) return Long.parseLong(word);
    return Double.parseDouble(word);
  }
}
