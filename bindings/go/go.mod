module longwave.dev/longwave

go 1.19
