// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"
	"time"
)

var documents = map[string]string{
	"backups.txt":    "Backups are kept for thirty days. They are stored in two places.",
	"a/holidays.txt": strings.Repeat("Everybody has thirty days of holidays a year, and takes them. ", 60),
	"a/b/empty.txt":  "",
	"emoji.txt":      "\U0001F600 caf\u00e9\x00",
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func directory(t *testing.T) string {
	root := t.TempDir()
	for name, text := range documents {
		path := filepath.Join(root, name)
		check(t, os.MkdirAll(filepath.Dir(path), 0o777))
		check(t, os.WriteFile(path, []byte(text), 0o666))
	}
	return root
}

func tarball(t *testing.T, files map[string]string) *bytes.Buffer {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for name, text := range files {
		check(t, w.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o666}))
		_, err := io.WriteString(w, text)
		check(t, err)
	}
	check(t, w.Close())
	return &out
}

// lines of the output, each of which must be whole, sorted.
func lines(t *testing.T, out []byte) (all []line) {
	for _, text := range bytes.SplitAfter(out, []byte("\n")) {
		if len(text) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(text, &l); err != nil || text[len(text)-1] != '\n' {
			t.Fatalf("%v: %q", err, text)
		}
		all = append(all, l)
	}
	sort.Slice(all, func(i, j int) bool {
		return all[i].File < all[j].File || all[i].File == all[j].File && all[i].ByteBegin < all[j].ByteBegin
	})
	return all
}

func TestATreeAndATarGiveTheSameLinesWithAnyNumberOfWorkers(t *testing.T) {
	var want []line
	for i, from := range []producer{source(directory(t), nil), source("-", tarball(t, documents)), tree(directory(t))} {
		var out bytes.Buffer
		failed, err := run(context.Background(), from, 1+2*i, &out)
		check(t, err)
		got := lines(t, out.Bytes())
		if failed != 0 || len(got) < 5 {
			t.Fatalf("%d lines, %d failed", len(got), failed)
		}
		if i > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("round %d: other lines", i)
		}
		want = got
	}
}

func TestALargeFileOfATarIsHandedOnWhileItComes(t *testing.T) {
	white := strings.Repeat(" \n", most) // white space is read fast
	var out bytes.Buffer
	failed, err := run(context.Background(), archive(tarball(t, map[string]string{"large.txt": white + "word", "small.txt": "word"})), 2, &out)
	check(t, err)
	got := lines(t, out.Bytes())
	if failed != 0 || len(got) != 2 || got[0].ByteEnd != int64(len(white)+4) {
		t.Errorf("%d lines, %d failed", len(got), failed)
	}
}

func TestACancelEndsItWithWholeLines(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	endless := func(ctx context.Context, to chan<- document) error {
		for {
			text := func() (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(documents["a/holidays.txt"])), nil
			}
			if err := send(ctx, to, document{"endless", text}); err != nil {
				return err
			}
		}
	}
	var out bytes.Buffer
	begin := time.Now()
	_, err := run(ctx, endless, 2, writerFunc(func(p []byte) (int, error) {
		if out.Len() > 0 {
			cancel() // somewhere in the middle
			begin = time.Now()
		}
		return out.Write(p)
	}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	if len(lines(t, out.Bytes())) < 1 {
		t.Error("no line")
	}
}

func TestWhatFailsIsSaid(t *testing.T) {
	broken := func(ctx context.Context, to chan<- document) error {
		return send(ctx, to, document{"broken", func() (io.ReadCloser, error) { return nil, os.ErrPermission }})
	}
	var out bytes.Buffer
	failed, err := run(context.Background(), broken, 2, &out)
	check(t, err)
	if got := lines(t, out.Bytes()); failed != 1 || len(got) != 1 || got[0].Error == "" {
		t.Errorf("%+v", got)
	}
	if _, err := run(context.Background(), source("no such folder", nil), 2, io.Discard); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := run(context.Background(), archive(strings.NewReader(strings.Repeat("no tar", 200))), 2, io.Discard); err == nil {
		t.Error("no error")
	}
	full := errors.New("full")
	refuse := writerFunc(func([]byte) (int, error) { return 0, full })
	if _, err := run(context.Background(), tree(directory(t)), 2, refuse); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
