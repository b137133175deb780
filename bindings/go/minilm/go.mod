module longwave.dev/longwave/minilm

go 1.19

require longwave.dev/longwave v0.1.0
