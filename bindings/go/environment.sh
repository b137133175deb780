# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# For the scripts beside this file to source: Go as it is installed, without a network and without asking git.
export GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-buildvcs=false GOSUMDB=off GOWORK=off CGO_ENABLED=1
go=${GO:-go}
