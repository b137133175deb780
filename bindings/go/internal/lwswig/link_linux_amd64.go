// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

//go:build cgo && !longwave_system

package lwswig

// The library that comes with the module, in one archive.

// #cgo LDFLAGS: -L${SRCDIR}/../../lib/linux_amd64 -llongwave -lstdc++ -lm -pthread
import "C"

import _ "longwave.dev/longwave/lib/linux_amd64" // so that go mod vendor takes the archive along
