// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

//go:build cgo && longwave_system

package lwswig

// The library that is installed on this machine.

// #cgo pkg-config: longwave
import "C"
