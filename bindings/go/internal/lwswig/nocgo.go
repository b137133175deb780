// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !cgo

package lwswig

// Without cgo the build ends here, with a word that says why.
var _ = longwave_needs_cgo_set_CGO_ENABLED_to_1_and_install_a_Cxx_compiler
