// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"context"
	"errors"
	"io/fs"

	"longwave.dev/longwave/internal/lwswig"
)

// Code says what kind of an error it is. The numbers are those of the C API, and two of this package's own.
type Code int32

// The codes.
const (
	OutputFull       Code = 10   // results wait to be read; not a failure
	Cancelled        Code = 11   // somebody asked for it; push the rest to go on
	InvalidArgument  Code = 20   // nil, a wrong length, a value out of range, an unknown option
	InvalidState     Code = 21   // the call does not fit here, such as a push after Finish
	CapacityExceeded Code = 22   // beyond what the model or the workspace was made for
	Unsupported      Code = 23   // a model, option or mechanism that Longwave does not have
	OutOfMemory      Code = 30   // there is no memory for it
	NotFound         Code = 40   // no such file
	IOError          Code = 41   // reading or writing failed
	CorruptData      Code = 42   // a file or snapshot is truncated or malformed
	Mismatch         Code = 43   // a sound snapshot, but of another model or with other options
	Internal         Code = 90   // a bug in Longwave; please report the message
	Closed           Code = 1000 // the object was closed
	Busy             Code = 1001 // another goroutine is inside an object that takes one at a time
)

// For errors.Is. What this package returns is an *Error that wraps one of them.
var (
	ErrOutputFull       = errors.New("longwave: results wait to be read")
	ErrCancelled        = errors.New("longwave: cancelled") // also context.Canceled
	ErrInvalidArgument  = errors.New("longwave: invalid argument")
	ErrInvalidState     = errors.New("longwave: invalid state")
	ErrCapacityExceeded = errors.New("longwave: capacity exceeded")
	ErrUnsupported      = errors.New("longwave: unsupported")
	ErrOutOfMemory      = errors.New("longwave: out of memory")
	ErrNotFound         = errors.New("longwave: not found") // also fs.ErrNotExist
	ErrIO               = errors.New("longwave: input or output failed")
	ErrCorruptData      = errors.New("longwave: corrupt data")
	ErrMismatch         = errors.New("longwave: mismatch")
	ErrInternal         = errors.New("longwave: internal error")
	ErrClosed           = errors.New("longwave: closed") // also fs.ErrClosed
	ErrBusy             = errors.New("longwave: busy")
)

var sentinels = map[Code]error{
	OutputFull: ErrOutputFull, Cancelled: ErrCancelled, InvalidArgument: ErrInvalidArgument, InvalidState: ErrInvalidState,
	CapacityExceeded: ErrCapacityExceeded, Unsupported: ErrUnsupported, OutOfMemory: ErrOutOfMemory,
	NotFound: ErrNotFound, IOError: ErrIO, CorruptData: ErrCorruptData, Mismatch: ErrMismatch, Closed: ErrClosed,
	Busy: ErrBusy,
}

// Error is every error of this package.
type Error struct {
	Code    Code
	Message string // one line: what was expected, and what came

	cause error // what cancelled the call, where a context did
}

func (e *Error) Error() string { return "longwave: " + e.Message }

// Unwrap gives one of the Err variables.
func (e *Error) Unwrap() error {
	if sentinel, ok := sentinels[e.Code]; ok {
		return sentinel
	}
	return ErrInternal
}

// Is makes errors of the standard library's kinds equal to theirs: context.Canceled or context.DeadlineExceeded,
// whichever ended the call, fs.ErrNotExist and fs.ErrClosed.
func (e *Error) Is(target error) bool {
	switch e.Code {
	case Cancelled:
		if e.cause != nil {
			return errors.Is(e.cause, target)
		}
		return target == context.Canceled
	case NotFound:
		return target == fs.ErrNotExist
	case Closed:
		return target == fs.ErrClosed
	}
	return false
}

// Stops that are no failures happen often and carry nothing, so one of each serves all calls.
var (
	outputFull error = &Error{Code: OutputFull, Message: "results wait to be read; read them, then go on with the rest"}
	cancelled  error = &Error{Code: Cancelled, Message: "cancelled; go on with the rest, or close"}
)

func cancelledBy(cause error) error {
	return &Error{Code: Cancelled, Message: "cancelled: " + cause.Error(), cause: cause}
}

func invalid(message string) error { return &Error{Code: InvalidArgument, Message: message} }

// failure makes an error of a native failure, which is gone then; nil of none.
func failure(f int64) error {
	if f == 0 {
		return nil
	}
	status, message := lwswig.TakeFailure(f)
	return &Error{Code: Code(status), Message: message}
}

// stopped makes an error of the status of a push, a step or a finish.
func stopped(status int64) error {
	switch Code(status) {
	case 0:
		return nil
	case OutputFull:
		return outputFull
	case Cancelled:
		return cancelled
	}
	return &Error{Code: Code(status), Message: "an unknown status"}
}
