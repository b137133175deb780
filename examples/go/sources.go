// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// document is something to read, opened by the worker that reads it.
type document struct {
	name string
	open func() (io.ReadCloser, error)
}

// producer sends documents until there are no more or ctx is done.
type producer func(ctx context.Context, to chan<- document) error

// source is the documents below a directory, in a tar file, or in a tar stream on standard input ("-").
func source(path string, in io.Reader) producer {
	if path == "-" {
		return archive(in)
	}
	return func(ctx context.Context, to chan<- document) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.IsDir() {
			return tree(path)(ctx, to)
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		return archive(file)(ctx, to)
	}
}

func send(ctx context.Context, to chan<- document, d document) error {
	select {
	case to <- d:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tree is the regular files below a directory.
func tree(root string) producer {
	return func(ctx context.Context, to chan<- document) error {
		return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			open := func() (io.ReadCloser, error) { return os.Open(path) }
			return send(ctx, to, document{filepath.ToSlash(name), open})
		})
	}
}

const most = 1 << 20 // bytes of an archive's file that are kept in memory

// archive is the regular files of a tar stream, which come one behind the other. Small ones are taken into memory, so that
// several are read at once; a larger one is handed on while it comes.
func archive(in io.Reader) producer {
	return func(ctx context.Context, to chan<- document) error {
		files := tar.NewReader(in)
		for {
			header, err := files.Next()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if header.Typeflag != tar.TypeReg {
				continue
			}
			beginning, err := io.ReadAll(io.LimitReader(files, most))
			if err != nil {
				return err
			}
			if int64(len(beginning)) == header.Size {
				open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(beginning)), nil }
				if err := send(ctx, to, document{header.Name, open}); err != nil {
					return err
				}
				continue
			}
			reader, writer := io.Pipe()
			whole := struct {
				io.Reader
				io.Closer
			}{io.MultiReader(bytes.NewReader(beginning), reader), reader}
			if err := send(ctx, to, document{header.Name, func() (io.ReadCloser, error) { return whole, nil }}); err != nil {
				return err
			}
			// The worker closes its end when it gives up; Next then skips what is left of the file.
			_, err = io.Copy(writer, files)
			writer.CloseWithError(err)
			if err != nil && !errors.Is(err, io.ErrClosedPipe) {
				return err
			}
		}
	}
}
