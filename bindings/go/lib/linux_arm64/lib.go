// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

// Package linux_arm64 holds liblongwave.a, which bindings/go/package.sh puts here, beside a Go file: the go command leaves
// out folders that have none.
package linux_arm64
