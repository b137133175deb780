// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"runtime"

	"longwave.dev/longwave/internal/lwswig"
)

// Attention is a layer without a model. It does not change; any number of goroutines may use it.
type Attention struct {
	object
	qWidth, kWidth, vWidth, outWidth int
}

func (a *Attention) ref() int64 {
	if a == nil {
		return 0
	}
	return a.number()
}

// NewAttention makes a layer. The options are copied.
func NewAttention(c *Context, layer Layer) (*Attention, error) {
	defer runtime.KeepAlive(c)
	if layer == nil {
		return nil, invalid("NewAttention: layer is nil")
	}
	config, err := newConfig(layer.kind())
	if err != nil {
		return nil, err
	}
	defer config.free()
	if err := layer.configure(config); err != nil {
		return nil, err
	}
	number, err := takeNumber(func(out *int64) int64 { return lwswig.AttentionCreate(c.ref(), config.ref(), out) })
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Attention, number)
	a := own(&Attention{object: o}, o)
	for _, width := range []struct {
		key  string
		into *int
	}{{"q_width", &a.qWidth}, {"k_width", &a.kWidth}, {"v_width", &a.vWidth}, {"out_width", &a.outWidth}} {
		n, err := a.Int(width.key)
		if err != nil {
			a.Close()
			return nil, err
		}
		*width.into = int(n)
	}
	return a, nil
}

// QWidth, KWidth and VWidth are the numbers of a row of q, k and v, 0 where the layer takes no such input.
func (a *Attention) QWidth() int { return a.width(func() int { return a.qWidth }) }

// KWidth is told with QWidth.
func (a *Attention) KWidth() int { return a.width(func() int { return a.kWidth }) }

// VWidth is told with QWidth.
func (a *Attention) VWidth() int { return a.width(func() int { return a.vWidth }) }

// OutWidth is the numbers of a row of the output.
func (a *Attention) OutWidth() int { return a.width(func() int { return a.outWidth }) }

func (a *Attention) width(of func() int) int {
	if a == nil {
		return 0
	}
	return of()
}

// Streams says whether the layer can have a memory.
func (a *Attention) Streams() bool {
	n, err := a.Int("streams")
	return err == nil && n != 0
}

// Int is a number of the layer by the name that the C API gives it.
func (a *Attention) Int(key string) (int64, error) {
	defer runtime.KeepAlive(a)
	return takeNumber(func(out *int64) int64 { return lwswig.AttentionGetInt(a.ref(), key, out) })
}

// Describe is the mechanism, its options, widths and streaming as JSON.
func (a *Attention) Describe() (string, error) {
	defer runtime.KeepAlive(a)
	return takeText(func(out *int64) int64 { return lwswig.AttentionDescribe(a.ref(), out) })
}

// ReadPart gives numbers that belong to the layer.
func (a *Attention) ReadPart(name string) ([]float32, error) {
	defer runtime.KeepAlive(a)
	return takeFloats(func(out *int64) int64 { return lwswig.AttentionReadPart(a.ref(), name, out) })
}

// Plan is the bytes of scratch that a forward of these lengths takes.
func (a *Attention) Plan(queries, keys int) (int64, error) {
	defer runtime.KeepAlive(a)
	return takeNumber(func(out *int64) int64 {
		return lwswig.AttentionPlan(a.ref(), int64(queries), int64(keys), out)
	})
}

// PlanMemory is what a memory of the layer takes.
func (a *Attention) PlanMemory() (Plan, error) {
	defer runtime.KeepAlive(a)
	return takePlan(func(out *int64) int64 { return lwswig.AttentionPlanMemory(a.ref(), out) })
}

// Batch is sequences of one length: Q is [Size, Queries, QWidth], K and V are [Size, Keys, ...]. Inputs that the layer does
// not take are nil.
type Batch struct {
	Q, K, V []float32
	Mask    []int32 // [Size, Keys] of 0 and 1, or nil
	Size    int     // how many sequences; 0 means 1
	// Their lengths; 0 means: what the lengths of Q and of K or V say.
	Queries, Keys int
	Workspace     *Workspace // nil: scratch is taken for this call
}

// Forward reads whole sequences. out is [Size, Queries, OutWidth] and overlaps no input; on failure nothing is written.
func (a *Attention) Forward(b Batch, out []float32) error { return a.forward(&b, out) }

// forward is apart so that Forward is inlined, and its batch made in the caller's place rather than copied.
func (a *Attention) forward(b *Batch, out []float32) error {
	a.lengths(b)
	f := lwswig.AttentionForward(a.ref(), b.Workspace.ref(), b.Q, b.K, b.V, b.Mask, int64(b.Size), int64(b.Queries),
		int64(b.Keys), out)
	runtime.KeepAlive(a)
	runtime.KeepAlive(b.Workspace)
	if f != 0 {
		return failure(f)
	}
	return nil
}

// lengths fills in what the slices' lengths say. Divisions take longer than anything else here, so those that are of no
// use are left out.
func (a *Attention) lengths(b *Batch) {
	if b.Size == 0 {
		b.Size = 1
	}
	if a == nil || b.Size < 0 {
		return
	}
	if b.Queries == 0 {
		b.Queries = rows(len(b.Q), a.qWidth, b.Size)
	}
	if b.Keys == 0 {
		count, width := len(b.K), a.kWidth
		if width == 0 {
			count, width = len(b.V), a.vWidth
		}
		if width == 0 || count == len(b.Q) && width == a.qWidth {
			b.Keys = b.Queries
		} else {
			b.Keys = rows(count, width, b.Size)
		}
	}
}

func rows(count, width, size int) int {
	if width == 0 {
		return 0
	}
	if size == 1 {
		return count / width
	}
	return count / width / size
}

// ErrorEstimate is how far rows are from exact softmax attention: |rows - exact| / |exact| of all sampled rows together, and
// the mean and the greatest of single ones.
type ErrorEstimate struct{ Relative, MeanRelative, MaxRelative float64 }

// EstimateError compares a sample of the rows that the layer gives for one sequence with exact softmax attention. out is
// what a forward gave, or nil: then one is run. seed is that of the sample. ErrUnsupported: the layer is no estimate of
// softmax attention.
func (a *Attention) EstimateError(b Batch, out []float32, samples int, seed int64) (ErrorEstimate, error) {
	a.lengths(&b)
	var result [3]float64
	f := lwswig.AttentionEstimateError(a.ref(), b.Q, b.K, b.V, b.Mask, int64(b.Queries), int64(b.Keys), out, int64(samples), seed,
		&result)
	runtime.KeepAlive(a)
	return ErrorEstimate{result[0], result[1], result[2]}, failure(f)
}

// Close gives the layer up; memories and workspaces keep what they need.
func (a *Attention) Close() error {
	if a == nil {
		return nil
	}
	defer runtime.KeepAlive(a)
	return a.close()
}

// Closed says whether it was closed.
func (a *Attention) Closed() bool {
	defer runtime.KeepAlive(a)
	return a == nil || a.closed()
}
