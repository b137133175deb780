# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Where passages end. The limit L is 10 tokens, so a cut lies 5 to 10 tokens behind the passage's first.

cuts() { # TEXT: token ranges of its passages
  printf "$1" >cuts.txt
  ok embed --passages --model "$window" cuts.txt
  token_ranges out
}

a_test "a passage ends at a blank line, be it LF, CRLF or CR, with blanks between"
for blank in '\n\n' '\r\n\r\n' '\r\r' ' \n \t \n '; do
  equal "$blank" "$(cuts "a b c d e f${blank}g h. i j k l m n o")" "0-6 6-16"
done
equal "the greatest place wins" "$(cuts 'a b c d e\n\nf g h\n\ni j k l m n')" "0-8 8-14"
equal "not before half of L" "$(cuts 'a b c d\n\ne f g h i j k l m n')" "0-10 10-14"

a_test "else at the end of a sentence, with closing quotes and brackets"
equal "." "$(cuts 'a b c d e f. g h i j k l m n')" "0-7 7-15"
equal "?" "$(cuts 'a b c d e f? g h i j k l m n')" "0-7 7-15"
equal "no white space behind" "$(cuts 'a b c d e f.g h i j k l m n')" "0-10 10-15"
equal ".)" "$(cuts 'a b (c d e.) f g h i j k l m n')" "0-8 8-17"
equal "full-width" "$(cuts 'a b c d e f。g h i j k l m n')" "0-7 7-15"

a_test "else before a word, else after L tokens"
equal "words" "$(cuts 'a b c d e f g h i j k l')" "0-10 10-12"
equal "a word of several tokens stays whole" "$(cuts 'a b c d e f g h zqzq i j k l m')" "0-8 8-17"
equal "a word longer than L" "$(cuts 'zqzqzqzqzqzqzqzqzqzqzqzq')" "0-10 10-20 20-24"

a_test "a rest of at most L tokens is one passage"
equal "ten" "$(cuts 'a b c d e.\n\nf g h i')" "0-10"

a_test "cuts and vectors do not depend on how the text arrives"
ok embed --passages --model "$window" story.txt
sed 's/"file": "story.txt"/"file": "-"/' out >expected
(while IFS= read -r -n 1 -d '' byte; do printf '%s' "$byte"; done) <story.txt |
  timeout 60 "$lw" embed --passages --model "$window" - >out 2>err
same_bytes "byte by byte" out expected

a_test "--passage-tokens is the limit, from 1 to 8192"
ok embed --passages --model "$window" --passage-tokens 1 short.txt
equal "passages" "$(lines out)" 15
run embed --passages --model "$window" --passage-tokens 0 short.txt
refuses 2 passage-tokens
run embed --passages --model "$window" --passage-tokens 8193 short.txt
refuses 2 passage-tokens
