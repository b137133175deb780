// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !go1.24

package longwave

import "runtime"

func onCollect(n *native) { runtime.SetFinalizer(n, func(n *native) { n.drop() }) }
