// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

//go:build cgo

package lwswig

// #include "go_arrays.h"
import "C"

import "unsafe"

// Slices go to C as they lie, as pointers with a type: cgo neither copies them nor looks at what else is in the same
// block of memory.

func floats(s []float32) (*C.float, C.int64_t) {
	if len(s) == 0 {
		return nil, 0
	}
	return (*C.float)(unsafe.Pointer(&s[0])), C.int64_t(len(s))
}

func ints(s []int32) (*C.int32_t, C.int64_t) {
	if len(s) == 0 {
		return nil, 0
	}
	return (*C.int32_t)(unsafe.Pointer(&s[0])), C.int64_t(len(s))
}

func longs(s []int64) (*C.int64_t, C.int64_t) {
	if len(s) == 0 {
		return nil, 0
	}
	return (*C.int64_t)(unsafe.Pointer(&s[0])), C.int64_t(len(s))
}

func bytes(s []byte) (*C.uint8_t, C.int64_t) {
	if len(s) == 0 {
		return nil, 0
	}
	return (*C.uint8_t)(unsafe.Pointer(&s[0])), C.int64_t(len(s))
}

// A string's bytes. Its header is a pointer and a length (unsafe.StringData, which is newer than Go 1.19, says so too).
func text(s string) (*C.char, C.int64_t) {
	if len(s) == 0 {
		return nil, 0
	}
	return *(**C.char)(unsafe.Pointer(&s)), C.int64_t(len(s))
}

func out(p *int64) *C.int64_t { return (*C.int64_t)(p) }

// TakeFailure gives the status and the message of a failure, which is gone then.
func TakeFailure(failure int64) (status int32, message string) {
	var buffer [240]C.char
	status = int32(C.lwgo_failure_take(C.int64_t(failure), &buffer[0]))
	return status, C.GoString(&buffer[0])
}

// TakeText, TakeBytes, TakeFloats and TakeLongs copy a result (its address and its bytes), which is gone then.
func TakeText(result [2]int64) string { return string(TakeBytes(result)) }

func TakeBytes(result [2]int64) []byte {
	to := make([]byte, result[1])
	copy(to, view(&result))
	C.lwgo_buffer_free(C.int64_t(result[0]))
	return to
}

func TakeFloats(result [2]int64) []float32 {
	to := make([]float32, result[1]/4)
	if len(to) > 0 {
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&to[0])), len(to)*4), view(&result))
	}
	C.lwgo_buffer_free(C.int64_t(result[0]))
	return to
}

func TakeLongs(result [2]int64) []int64 {
	to := make([]int64, result[1]/8)
	if len(to) > 0 {
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&to[0])), len(to)*8), view(&result))
	}
	C.lwgo_buffer_free(C.int64_t(result[0]))
	return to
}

// The C memory of a result. The address is read as a pointer from where C wrote it.
func view(result *[2]int64) []byte {
	if result[1] == 0 {
		return nil
	}
	address := uintptr(result[0])
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&address)), result[1])
}

func ConfigSetInts(config int64, key string, values []int64) int64 {
	k, kn := text(key)
	p, n := longs(values)
	return int64(C.lwgo_config_set_ints(C.int64_t(config), k, kn, p, n))
}

func ConfigSetFloats(config int64, key string, values []float32) int64 {
	k, kn := text(key)
	p, n := floats(values)
	return int64(C.lwgo_config_set_floats(C.int64_t(config), k, kn, p, n))
}

func FilesAppend(files int64, data []byte) int64 {
	p, n := bytes(data)
	return int64(C.lwgo_files_append(C.int64_t(files), p, n))
}

func AttentionForward(attention, workspace int64, q, k, v []float32, mask []int32, batch, queries, keys int64, o []float32) int64 {
	qp, qn := floats(q)
	kp, kn := floats(k)
	vp, vn := floats(v)
	mp, mn := ints(mask)
	op, on := floats(o)
	return int64(C.lwgo_attention_forward(C.int64_t(attention), C.int64_t(workspace), qp, qn, kp, kn, vp, vn, mp, mn,
		C.int64_t(batch), C.int64_t(queries), C.int64_t(keys), op, on))
}

func AttentionEstimateError(attention int64, q, k, v []float32, mask []int32, queries, keys int64, o []float32, samples, seed int64, result *[3]float64) int64 {
	qp, qn := floats(q)
	kp, kn := floats(k)
	vp, vn := floats(v)
	mp, mn := ints(mask)
	op, on := floats(o)
	return int64(C.lwgo_attention_estimate_error(C.int64_t(attention), qp, qn, kp, kn, vp, vn, mp, mn, C.int64_t(queries),
		C.int64_t(keys), op, on, C.int64_t(samples), C.int64_t(seed), (*C.double)(&result[0])))
}

func ModelEmbed(model int64, s string, vector []float32) int64 {
	t, n := text(s)
	p, pn := floats(vector)
	return int64(C.lwgo_model_embed(C.int64_t(model), t, n, p, pn))
}

func ModelForward(model, workspace, config int64, ids, mask, types []int32, batch, tokens int64, output int32, result []float32) int64 {
	ip, in := ints(ids)
	mp, mn := ints(mask)
	tp, tn := ints(types)
	rp, rn := floats(result)
	return int64(C.lwgo_model_forward(C.int64_t(model), C.int64_t(workspace), C.int64_t(config), ip, in, mp, mn, tp, tn,
		C.int64_t(batch), C.int64_t(tokens), C.int32_t(output), rp, rn))
}

func ModelRun(model, workspace, inputs int64, output int32, result []float32) int64 {
	p, n := floats(result)
	return int64(C.lwgo_model_run(C.int64_t(model), C.int64_t(workspace), C.int64_t(inputs), C.int32_t(output), p, n))
}

func InputsSetInts(inputs int64, name string, values []int32) int64 {
	t, tn := text(name)
	p, n := ints(values)
	return int64(C.lwgo_inputs_set_ints(C.int64_t(inputs), t, tn, p, n))
}

func InputsSetFloats(inputs int64, name string, values []float32) int64 {
	t, tn := text(name)
	p, n := floats(values)
	return int64(C.lwgo_inputs_set_floats(C.int64_t(inputs), t, tn, p, n))
}

func GeneratorRestore(model int64, data []byte, result *int64) int64 {
	p, n := bytes(data)
	return int64(C.lwgo_generator_restore(C.int64_t(model), p, n, out(result)))
}

func GeneratorPushIDs(generator int64, ids []int32) int64 {
	p, n := ints(ids)
	return int64(C.lwgo_generator_push_ids(C.int64_t(generator), p, n))
}

func GeneratorNext(generator int64, result *[3]int64, logProbability *float32) int64 {
	return int64(C.lwgo_generator_next(C.int64_t(generator), out(&result[0]), (*C.float)(logProbability)))
}

func ScorerRestore(model int64, data []byte, result *int64) int64 {
	p, n := bytes(data)
	return int64(C.lwgo_scorer_restore(C.int64_t(model), p, n, out(result)))
}

func ScorerPushText(scorer int64, s string, result *[2]int64) int64 {
	t, n := text(s)
	return int64(C.lwgo_scorer_push_text(C.int64_t(scorer), t, n, out(&result[0])))
}

func ScorerPushBytes(scorer int64, s []byte, result *[2]int64) int64 {
	p, n := bytes(s)
	return int64(C.lwgo_scorer_push_text(C.int64_t(scorer), (*C.char)(unsafe.Pointer(p)), n, out(&result[0])))
}

func ScorerPushIDs(scorer int64, ids []int32, result *[2]int64) int64 {
	p, n := ints(ids)
	return int64(C.lwgo_scorer_push_ids(C.int64_t(scorer), p, n, out(&result[0])))
}

// ScorerRead: tokens has three numbers for each of logProbabilities.
func ScorerRead(scorer int64, tokens []int64, logProbabilities []float32, result *int64) int64 {
	tp, _ := longs(tokens)
	lp, n := floats(logProbabilities)
	return int64(C.lwgo_scorer_read(C.int64_t(scorer), tp, lp, n, out(result)))
}

func ScorerGetFloat(scorer int64, key string, value *float64) int64 {
	t, n := text(key)
	return int64(C.lwgo_scorer_get_float(C.int64_t(scorer), t, n, (*C.double)(value)))
}

func MemoryPush(memory int64, ids []int32, rows []float32, result *[3]int64) int64 {
	ip, in := ints(ids)
	rp, rn := floats(rows)
	return int64(C.lwgo_memory_push(C.int64_t(memory), ip, in, rp, rn, out(&result[0])))
}

func MemoryStep(memory int64, q, k, v []float32, mask []int32, rows int64, written []float32, result *[3]int64) int64 {
	qp, qn := floats(q)
	kp, kn := floats(k)
	vp, vn := floats(v)
	mp, mn := ints(mask)
	wp, wn := floats(written)
	return int64(C.lwgo_memory_step(C.int64_t(memory), qp, qn, kp, kn, vp, vn, mp, mn, C.int64_t(rows), wp, wn, out(&result[0])))
}

func MemoryFinish(memory int64, rows []float32, result *[3]int64) int64 {
	rp, rn := floats(rows)
	return int64(C.lwgo_memory_finish(C.int64_t(memory), rp, rn, out(&result[0])))
}

func MemoryLoad(memory int64, data []byte) int64 {
	p, n := bytes(data)
	return int64(C.lwgo_memory_load(C.int64_t(memory), p, n))
}

func StreamPushText(stream int64, s string, result *[2]int64) int64 {
	t, n := text(s)
	return int64(C.lwgo_stream_push_text(C.int64_t(stream), t, n, out(&result[0])))
}

func StreamPushBytes(stream int64, s []byte, result *[2]int64) int64 {
	p, n := bytes(s)
	return int64(C.lwgo_stream_push_text(C.int64_t(stream), (*C.char)(unsafe.Pointer(p)), n, out(&result[0])))
}

func StreamPushIDs(stream int64, ids []int32, result *[2]int64) int64 {
	p, n := ints(ids)
	return int64(C.lwgo_stream_push_ids(C.int64_t(stream), p, n, out(&result[0])))
}

func StreamPushVectors(stream int64, vectors []float32, result *[2]int64) int64 {
	p, n := floats(vectors)
	return int64(C.lwgo_stream_push_vectors(C.int64_t(stream), p, n, out(&result[0])))
}

func StreamRead(stream int64, vector []float32, result *[8]int64) int64 {
	p, n := floats(vector)
	return int64(C.lwgo_stream_read(C.int64_t(stream), p, n, out(&result[0])))
}

func StreamLoad(stream int64, data []byte) int64 {
	p, n := bytes(data)
	return int64(C.lwgo_stream_load(C.int64_t(stream), p, n))
}

func StreamRestore(model int64, data []byte, result *int64) int64 {
	p, n := bytes(data)
	return int64(C.lwgo_stream_restore(C.int64_t(model), p, n, out(result)))
}

func TokenizerDecode(tokenizer int64, ids []int32, skipSpecial int32, result *[2]int64) int64 {
	p, n := ints(ids)
	return int64(C.lwgo_tokenizer_decode(C.int64_t(tokenizer), p, n, C.int32_t(skipSpecial), out(&result[0])))
}

func SnapshotDescribe(data []byte, result *[2]int64) int64 {
	p, n := bytes(data)
	return int64(C.lwgo_snapshot_describe(p, n, out(&result[0])))
}

// Search: indices and scores are of the same length.
func Search(query, vectors []float32, indices []int64, scores []float32, result *int64) int64 {
	qp, qn := floats(query)
	vp, vn := floats(vectors)
	ip, k := longs(indices)
	sp, _ := floats(scores)
	return int64(C.lwgo_search(qp, qn, vp, vn, ip, sp, k, out(result)))
}
