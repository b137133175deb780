// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"context"
	"io/fs"
	"runtime"
	"sort"

	"longwave.dev/longwave/internal/lwswig"
)

// Model is a model with its tokenizer. It does not change; any number of goroutines may use it.
type Model struct {
	object
	width, hidden int
	stop          stopper
}

func (m *Model) ref() int64 {
	if m == nil {
		return 0
	}
	return m.number()
}

func newModel(call func(out *int64) int64) (*Model, error) {
	number, err := takeNumber(call)
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Model, number)
	m := own(&Model{object: o}, o)
	for _, width := range []struct {
		key  string
		into *int
	}{{"embedding_width", &m.width}, {"hidden", &m.hidden}} {
		n, err := m.Int(width.key)
		if err != nil {
			m.Close()
			return nil, err
		}
		*width.into = int(n)
	}
	return m, nil
}

// OpenModel opens a folder: a Hugging Face checkpoint, or what longwave convert wrote. The weights are mapped.
func OpenModel(c *Context, directory string) (*Model, error) {
	defer runtime.KeepAlive(c)
	return newModel(func(out *int64) int64 { return lwswig.ModelOpen(c.ref(), directory, out) })
}

// OpenModelMemory opens a model from its files' contents under their names in such a folder ("config.json",
// "1_Pooling/config.json"). They are copied.
func OpenModelMemory(c *Context, files map[string][]byte) (*Model, error) {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	return openFiles(c, names, func(name string) ([]byte, error) { return files[name], nil })
}

// OpenModelFS opens a model from all files of a file system, such as an embed.FS or what fs.Sub makes of one. They may
// lie in one folder, whose name is then the model's.
func OpenModelFS(c *Context, files fs.FS) (*Model, error) {
	if files == nil {
		return nil, invalid("OpenModelFS: the file system is nil")
	}
	var names []string
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, &Error{Code: IOError, Message: err.Error()}
	}
	return openFiles(c, names, func(name string) ([]byte, error) { return fs.ReadFile(files, name) })
}

func openFiles(c *Context, names []string, read func(name string) ([]byte, error)) (*Model, error) {
	defer runtime.KeepAlive(c)
	number, err := takeNumber(lwswig.FilesCreate)
	if err != nil {
		return nil, err
	}
	list := newObject(lwswig.Files, number)
	defer list.drop()
	for _, name := range names {
		content, err := read(name)
		if err != nil {
			return nil, &Error{Code: IOError, Message: err.Error()}
		}
		if f := lwswig.FilesAdd(number, name); f != 0 {
			return nil, failure(f)
		}
		if f := lwswig.FilesAppend(number, content); f != 0 {
			return nil, failure(f)
		}
	}
	return newModel(func(out *int64) int64 { return lwswig.ModelOpenMemory(c.ref(), number, out) })
}

// ConvertModel writes a copy of a model folder with weights of another type and, unless it is nil, with the long reading as
// its own: "f32", "f16" and "bf16" as other programs read them too; "f32-packed", "bf16-packed" and "int8" as they are
// used, so that nothing is packed when the model is. The source's weights may be those of PyTorch (pytorch_model.bin). The
// destination must not exist or be empty.
func ConvertModel(source, destination, weights string, reading *Reading) error {
	config, err := reading.open()
	if err != nil {
		return err
	}
	defer config.free()
	return failure(lwswig.ModelConvert(source, destination, weights, config.ref()))
}

// Prepare packs the weights now rather than at their first use. After ErrCancelled, what is packed stays so: call it again
// to go on.
func (m *Model) Prepare() error {
	defer runtime.KeepAlive(m)
	return failure(lwswig.ModelPrepare(m.ref()))
}

// PrepareContext is Prepare until ctx is done: then errors.Is finds ctx.Err() in the error.
func (m *Model) PrepareContext(ctx context.Context) error {
	if m == nil {
		return m.Prepare()
	}
	_, err := m.stop.until(ctx, func() { m.Cancel() }, func() (int, error) { return 0, m.Prepare() })
	return err
}

// Cancel asks the packing in progress, or else the next one, to stop with ErrCancelled, also where it is part of making a
// stream, memory, workspace or generator. Nothing happens once the weights are packed. From any goroutine.
func (m *Model) Cancel() error {
	if m == nil {
		return nil
	}
	defer runtime.KeepAlive(m)
	return failure(lwswig.ModelCancel(m.ref()))
}

// Packing is how far the packing of weights is.
type Packing struct{ Bytes, TotalBytes int64 }

// Packing may be asked from any goroutine.
func (m *Model) Packing() (Packing, error) {
	defer runtime.KeepAlive(m)
	var result [2]int64
	if f := lwswig.ModelProgress(m.ref(), &result[0]); f != 0 {
		return Packing{}, failure(f)
	}
	return Packing{result[0], result[1]}, nil
}

// EmbeddingWidth is the numbers of a vector.
func (m *Model) EmbeddingWidth() int {
	if m == nil {
		return 0
	}
	return m.width
}

func (m *Model) hiddenWidth() int {
	if m == nil {
		return 0
	}
	return m.hidden
}

// Int is a number of the model by the name that the C API gives it: "layers", "hidden", "vocabulary", "positions" ...
func (m *Model) Int(key string) (int64, error) {
	defer runtime.KeepAlive(m)
	return takeNumber(func(out *int64) int64 { return lwswig.ModelGetInt(m.ref(), key, out) })
}

// Name is the model's name with its fingerprint, such as "minilm-0123abcd".
func (m *Model) Name() (string, error) {
	defer runtime.KeepAlive(m)
	return takeText(func(out *int64) int64 { return lwswig.ModelName(m.ref(), out) })
}

// Describe is everything about the model as JSON, with the reading unless it is nil.
func (m *Model) Describe(reading *Reading) (string, error) {
	defer runtime.KeepAlive(m)
	config, err := reading.open()
	if err != nil {
		return "", err
	}
	defer config.free()
	return takeText(func(out *int64) int64 { return lwswig.ModelDescribe(m.ref(), config.ref(), out) })
}

// PlanStream is what a stream takes.
func (m *Model) PlanStream(reading *Reading) (Plan, error) {
	return m.plan(reading, lwswig.ModelPlanStream)
}

// PlanMemory is what a memory takes.
func (m *Model) PlanMemory(reading *Reading) (Plan, error) {
	return m.plan(reading, lwswig.ModelPlanMemory)
}

func (m *Model) plan(reading *Reading, call func(int64, int64, *int64) int64) (Plan, error) {
	defer runtime.KeepAlive(m)
	config, err := reading.open()
	if err != nil {
		return Plan{}, err
	}
	defer config.free()
	return takePlan(func(out *int64) int64 { return call(m.ref(), config.ref(), out) })
}

// PlanWorkspace is the bytes of a workspace.
func (m *Model) PlanWorkspace(reading *Reading, sequences, tokens int) (int64, error) {
	defer runtime.KeepAlive(m)
	config, err := reading.open()
	if err != nil {
		return 0, err
	}
	defer config.free()
	return takeNumber(func(out *int64) int64 {
		return lwswig.ModelPlanWorkspace(m.ref(), config.ref(), int64(sequences), int64(tokens), out)
	})
}

// Embed gives the vector of a text, such as a question.
func (m *Model) Embed(text string) ([]float32, error) {
	vector := make([]float32, m.EmbeddingWidth())
	if err := m.EmbedInto(text, vector); err != nil {
		return nil, err
	}
	return vector, nil
}

// EmbedInto is Embed into the caller's vector [EmbeddingWidth].
func (m *Model) EmbedInto(text string, vector []float32) error {
	defer runtime.KeepAlive(m)
	return failure(lwswig.ModelEmbed(m.ref(), text, vector))
}

// Output is what Forward and Run give.
type Output int32

// The outputs, and their shapes.
const (
	LastHiddenState   Output = 10 // [sequences, tokens, hidden]
	HiddenStates      Output = 20 // [layers + 1, sequences, tokens, hidden]: after the embedding and each layer
	PoolerOutput      Output = 30 // [sequences, hidden]
	SentenceEmbedding Output = 40 // [sequences, EmbeddingWidth]
	// What the layers' attention compares and sums: [layers, sequences, tokens, heads, head_dim].
	Queries Output = 50
	Keys    Output = 60
	Values  Output = 70
	// Scores of the model's head: [sequences, tokens, ids] (language models), [sequences, tokens, labels] (labels of
	// tokens), [sequences, tokens, 2] (question answering: start and end), [sequences, labels] (labels of texts).
	Logits Output = 100
	// Of models with a decoder, whose rows are what LastHiddenState and HiddenStates mean: the encoder's.
	EncoderLastHiddenState Output = 110
	EncoderHiddenStates    Output = 120
	// What each layer remembers behind the last row, of models with memory over segments (Transformer-XL, XLNet):
	// [layers, sequences, rows, hidden]. The input "memories" of the run over the next segment.
	Memories Output = 130
)

// Sequences are token ids of one length, special tokens included: IDs is [Size, length].
type Sequences struct {
	IDs        []int32
	Mask       []int32    // the same shape: 0 closes a token as a key, 1 keeps it; or nil
	TokenTypes []int32    // the same shape, or nil: all 0
	Size       int        // how many sequences; 0 means 1
	Reading    *Reading   // nil: every row sees every row, as in the original model
	Workspace  *Workspace // nil: scratch is taken for this call
}

// Forward reads whole sequences at once. result has the output's shape; on failure nothing is written.
func (m *Model) Forward(s Sequences, output Output, result []float32) error {
	defer runtime.KeepAlive(m)
	defer runtime.KeepAlive(s.Workspace)
	config, err := s.Reading.open()
	if err != nil {
		return err
	}
	defer config.free()
	if s.Size == 0 {
		s.Size = 1
	}
	if s.Size < 0 || len(s.IDs)%s.Size != 0 {
		return invalid("Forward: IDs are not Size sequences of one length")
	}
	return failure(lwswig.ModelForward(m.ref(), s.Workspace.ref(), config.ref(), s.IDs, s.Mask, s.TokenTypes, int64(s.Size),
		int64(len(s.IDs)/s.Size), int32(output), result))
}

// Close gives the model up; streams, memories and workspaces keep what they need.
func (m *Model) Close() error {
	if m == nil {
		return nil
	}
	defer runtime.KeepAlive(m)
	return m.close()
}

// Closed says whether it was closed.
func (m *Model) Closed() bool {
	defer runtime.KeepAlive(m)
	return m == nil || m.closed()
}
