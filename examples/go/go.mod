module longwave.dev/examples/embedtree

go 1.19

require (
	longwave.dev/longwave v0.1.0
	longwave.dev/longwave/minilm v0.1.0
)
