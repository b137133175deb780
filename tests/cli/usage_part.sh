# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# What the tool says about itself.

a_test "--help names every command, the exit codes and an example, on standard output"
ok --help
for word in search embed info convert attention snapshot score classify answer summarize generate "Exit codes" "Examples"; do holds out "$word"; done

a_test "each command has a --help with examples that fits 80 columns"
for command in search embed info convert attention snapshot "snapshot save" "snapshot resume" "snapshot inspect" \
  score classify answer summarize generate; do
  ok $command --help
  holds out "^Usage: longwave $command"
  holds out "^  longwave $command( |$)"
  equal "long lines of $command" "$(awk 'length($0) > 80' out)" ""
done

a_test "every option of the interface is in the help of its commands"
while read -r command options; do
  ok ${command/_/ } --help
  for option in $options; do holds out "(^|[ ,])$option"; done
done <<'END'
search --question --top --vectors --model --threads --format -o --long
embed --passages --lines --model --threads --format -o --long
info --model --long
convert --weights --packed --attention --dilation --sinks --positions --full-up-to --passage-tokens -o
attention --mechanism --set --plot --json --spectrum --tokens --heads --model --threads --long
snapshot_save --at -o --vectors --model --threads --long
snapshot_resume --model --threads --format -o
score --mode --length --stride --left --sinks --counts --tokens --json --model --threads -o
classify --length --stride --long --global --json --model --threads -o
answer --length --stride --long --global --top --json --model --threads -o
summarize --max-new-tokens --beams --global --truncate --json --model --threads -o
generate --prompt --max-new-tokens --temperature --top-k --top-p --seed --beams --stop --left --sinks --json --model
END

a_test "--version prints one line"
ok --version
holds out '^longwave [0-9]+\.[0-9]+\.[0-9]+'
equal "lines" "$(lines out)" 1
