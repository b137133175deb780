# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# The models and texts that the tests share. The tiny embedder has 64 positions, a limit of 24 rows, and a token for
# every letter, so that a text of single letters has as many tokens as letters.

plain=$tiny/bert-minilm # no longwave.json: reads long text only when asked how
window=$work/window     # the same weights with a long reading
if ! "$lw" convert "$plain" "$window" --attention window:4 --sinks 3 --positions tiled:24 --full-up-to 24 \
  --passage-tokens 10 2>err; then
  echo "not ok the tiny model can be converted"
  sed 's/^/      /' err
  exit 1
fi

# letters N: "a b c ... z a b ...", N tokens.
letters() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; ++i) printf "%s%c", (i ? " " : ""), 97 + i % 26 }'; }

cat >story.txt <<'END'
The license of this work

You may copy and distribute this work, with or without changes. It is provided as is, and no one
is liable for what you do with it! Is that all? "Not quite." There is more in the part below.

Contributions

A contributor grants you a license for the parts they wrote; see the word list: naïve, œuvre, Straße,
日本語の文章、это тоже, κάτι άλλο. Work that is derived from this one must say so, and where.
Each of the authors keeps the rights in what they wrote. Those who file a suit lose the license.
END
letters 15 >short.txt
letters 100 >long.txt
: >empty.txt
printf ' \n\t\r\n  \n' >blank.txt
story_bytes=$(wc -c <story.txt)
