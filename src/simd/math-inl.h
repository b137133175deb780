// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// exp, erf, tanh, sine and cosine, and the activations made of them, for vectors of f32, compiled once per SIMD target.
//
// NaN stays NaN and infinities give the limit that the formula gives in double (Gelu, GeluTanh and Silu of
// -infinity are NaN, as -inf * 0 is; GeluCoarse says what it does). A lane's result depends on that lane alone. Errors stand at each
// function and are tested against double on every target. The polynomials are minimax fits (Remez),
// coefficients rounded to f32 from the lowest up with the rest fitted again after each.

#include "simd/hwy-inl.h"

#if defined(LONGWAVE_SIMD_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_SIMD_MATH_INL_H_
#undef LONGWAVE_SIMD_MATH_INL_H_
#else
#define LONGWAVE_SIMD_MATH_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Adding this rounds |x| < 2^22 to an integer, which then stands in the low bits of the sum.
inline constexpr float kRoundingShift = 12582912.0f;  // 1.5 * 2^23

// 2^n from `shifted` = n + kRoundingShift, -127 <= n <= 127; n = -127 gives 0.
template <class D, class V>
HWY_INLINE V PowerOfTwo(D d, V shifted) {
  const hn::RebindToUnsigned<D> du;
  return hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::BitCast(du, shifted), hn::Set(du, 127u))));
}

// max(x, low) and min(x, high) that keep NaN on every target.
template <class D, class V>
HWY_INLINE V AtLeast(D d, V x, float low) {
  const V bound = hn::Set(d, low);
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Max(bound, x);  // one instruction, which gives its second operand when either is NaN
#endif
  return hn::IfThenElse(hn::Lt(x, bound), bound, x);
}
template <class D, class V>
HWY_INLINE V AtMost(D d, V x, float high) {
  const V bound = hn::Set(d, high);
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  return hn::Min(bound, x);
#endif
  return hn::IfThenElse(hn::Gt(x, bound), bound, x);
}

// e^r for |r| <= ln(2) / 2, relative error 2e-8 before rounding.
template <class D, class V>
HWY_INLINE V ExpPolynomial(D d, V r) {
  V p = hn::MulAdd(hn::Set(d, 0.0016597480280324817f), r, hn::Set(d, 0.008397497236728668f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.0416223406791687f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.16666099429130554f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.5000016093254089f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0000001192092896f));
  return hn::MulAdd(p, r, hn::Set(d, 1.0f));
}

// r = x - n ln(2) for n of at most 8 bits: the first product is exact, also without a fused multiply-add.
template <class D, class V>
HWY_INLINE V ReduceByLn2(D d, V x, V n) {
  const V r = hn::NegMulAdd(n, hn::Set(d, 0.693145751953125f), x);
  return hn::NegMulAdd(n, hn::Set(d, 1.4286068203e-6f), r);
}

// e^x over the whole range: relative error below 2e-7 for normal results, subnormal results are within one
// unit of their last place, 0 below -103.98, infinity above 88.73.
template <class D, class V>
HWY_INLINE V Exp(D d, V x) {
  const hn::RebindToUnsigned<D> du;
  x = AtMost(d, AtLeast(d, x, -104.5f), 89.0f);
  const V shifted = hn::MulAdd(x, hn::Set(d, 1.44269504f), hn::Set(d, kRoundingShift));
  const V n = hn::Sub(shifted, hn::Set(d, kRoundingShift));
  const V p = ExpPolynomial(d, ReduceByLn2(d, x, n));
  // n reaches from -151 to 128, so 2^n is applied in two halves.
  const auto bits = hn::BitCast(du, shifted);
  const auto half = hn::ShiftRight<1>(bits);
  const V first = PowerOfTwo(d, hn::BitCast(d, half));
  const V second = PowerOfTwo(d, hn::BitCast(d, hn::Sub(bits, half)));
  return hn::Mul(hn::Mul(p, first), second);
}

// e^x for x <= 0 (or NaN), cheaper: as Exp, but 0 below -87.68.
template <class D, class V>
HWY_INLINE V ExpNonPositive(D d, V x) {
  x = AtLeast(d, x, -88.0f);
  const V shifted = hn::MulAdd(x, hn::Set(d, 1.44269504f), hn::Set(d, kRoundingShift));
  const V n = hn::Sub(shifted, hn::Set(d, kRoundingShift));
  return hn::Mul(ExpPolynomial(d, ReduceByLn2(d, x, n)), PowerOfTwo(d, shifted));
}

// 2^x for x <= 0 (or NaN): relative error below 2e-7, exactly 1 at 0, 0 below -126.5. The attention kernel's.
template <class D, class V>
HWY_INLINE V Exp2NonPositive(D d, V x) {
  x = AtLeast(d, x, -127.0f);
  const V shifted = hn::Add(x, hn::Set(d, kRoundingShift));
  const V r = hn::Sub(x, hn::Sub(shifted, hn::Set(d, kRoundingShift)));  // exact
  V p = hn::MulAdd(hn::Set(d, 0.0013239772524684668f), r, hn::Set(d, 0.00967235304415226f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.05550801753997803f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.2402222901582718f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.6931469440460205f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0f));
  return hn::Mul(p, PowerOfTwo(d, shifted));
}

// exp(t^2 / 2) times the normal distribution's upper tail Q(t), for 0 <= t <= 14.5: relative error 3e-7.
template <class D, class V>
HWY_INLINE V ScaledNormalTail(D d, V t) {
  const V one = hn::Set(d, 1.0f);
  const V u = hn::Div(one, hn::MulAdd(t, hn::Set(d, 0.35f), one));
  V p = hn::MulAdd(hn::Set(d, -0.029157865792512894f), u, hn::Set(d, 0.1440308392047882f));
  p = hn::MulAdd(p, u, hn::Set(d, -0.2558388411998749f));
  p = hn::MulAdd(p, u, hn::Set(d, 0.15931954979896545f));
  p = hn::MulAdd(p, u, hn::Set(d, -0.0232122540473938f));
  p = hn::MulAdd(p, u, hn::Set(d, 0.10555246472358704f));
  p = hn::MulAdd(p, u, hn::Set(d, 0.11982129514217377f));
  p = hn::MulAdd(p, u, hn::Set(d, 0.1398635059595108f));
  p = hn::MulAdd(p, u, hn::Set(d, 0.139621302485466f));
  return hn::Mul(p, u);
}

// Absolute error below 1.5e-7, relative error below 2e-7.
template <class D, class V>
HWY_INLINE V Erf(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V magnitude = hn::Abs(x);
  // Near 0: x P(x^2).
  const V z = hn::Mul(x, x);
  V p = hn::MulAdd(hn::Set(d, -0.0005502960411831737f), z, hn::Set(d, 0.0048874663189053535f));
  p = hn::MulAdd(p, z, hn::Set(d, -0.02668687328696251f));
  p = hn::MulAdd(p, z, hn::Set(d, 0.11279378831386566f));
  p = hn::MulAdd(p, z, hn::Set(d, -0.3761223554611206f));
  p = hn::MulAdd(p, z, hn::Set(d, 1.1283791065216064f));
  const V near = hn::Mul(x, p);
  // Elsewhere: 1 - 2 Q(sqrt(2) |x|); beyond 4 that is 1 in f32.
  const V a = AtMost(d, magnitude, 4.0f);
  const V tail = hn::Mul(ExpNonPositive(d, hn::Neg(hn::Mul(a, a))),
                         ScaledNormalTail(d, hn::Mul(a, hn::Set(d, 1.41421356f))));
  const V far = hn::CopySign(hn::NegMulAdd(hn::Set(d, 2.0f), tail, one), x);
  return hn::IfThenElse(hn::Lt(magnitude, one), near, far);
}

// Relative error below 3e-7.
template <class D, class V>
HWY_INLINE V Tanh(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V magnitude = hn::Abs(x);
  const V z = hn::Mul(x, x);
  V p = hn::MulAdd(hn::Set(d, -0.005692296661436558f), z, hn::Set(d, 0.02062816731631756f));
  p = hn::MulAdd(p, z, hn::Set(d, -0.05373651534318924f));
  p = hn::MulAdd(p, z, hn::Set(d, 0.13331405818462372f));
  p = hn::MulAdd(p, z, hn::Set(d, -0.3333328068256378f));
  p = hn::MulAdd(p, z, one);
  // tanh |x| = (1 - e) / (1 + e) with e = exp(-2 |x|).
  const V e = ExpNonPositive(d, hn::Mul(magnitude, hn::Set(d, -2.0f)));
  const V far = hn::CopySign(hn::Div(hn::Sub(one, e), hn::Add(one, e)), x);
  return hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 0.625f)), hn::Mul(x, p), far);
}

// 0.5 x (1 + erf(x / sqrt(2))), the exact gelu, as x - x Q(x) for x > 0 and x Q(-x) below, so that the small
// values at negative x keep their relative accuracy: relative error below 6e-7 down to x = -13, 0 below
// -13.2.
template <class D, class V>
HWY_INLINE V Gelu(D d, V x) {
  const V t = AtMost(d, hn::Abs(x), 14.5f);
  const V square = hn::Mul(t, t);
  // What rounding took from the square would cost t^2 / 2 times its relative size; put it back.
#if HWY_NATIVE_FMA
  const V lost = hn::MulSub(t, t, square);
#else
  const hn::RebindToUnsigned<D> du;
  const V high = hn::BitCast(d, hn::And(hn::BitCast(du, t), hn::Set(du, 0xFFFFF000u)));
  const V low = hn::Sub(t, high);
  const V lost = hn::MulAdd(low, hn::Add(t, high), hn::Sub(hn::Mul(high, high), square));
#endif
  const V e = ExpNonPositive(d, hn::Mul(square, hn::Set(d, -0.5f)));
  const V exact = hn::NegMulAdd(hn::Mul(e, hn::Set(d, 0.5f)), lost, e);
  const V q = hn::Mul(exact, ScaledNormalTail(d, t));
  return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), hn::NegMulAdd(t, q, x), hn::Mul(x, q));
}

// The same by a polynomial without an exponential or a division, a third of the cost, for results that are rounded to
// eight bits anyway: absolute error below 8e-6 for |x| <= 4.5, below 3e-5 below that, and relative error below 6e-6 above. At
// -infinity it is the limit, 0, within that error. Minimax for x Phi(x), in t = 2 x^2 / 4.5^2 - 1, which keeps the
// coefficients small.
template <class D, class V>
HWY_INLINE V GeluCoarse(D d, V x) {
  const V above = AtLeast(d, x, -4.5f);
  const V c = AtMost(d, above, 4.5f);
  const V t = hn::MulAdd(hn::Mul(c, c), hn::Set(d, 2.0f / (4.5f * 4.5f)), hn::Set(d, -1.0f));
  V p = hn::MulAdd(hn::Set(d, -0.0015656726900488138f), t, hn::Set(d, 0.004655313678085804f));
  p = hn::MulAdd(p, t, hn::Set(d, -0.006682835519313812f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.010140471160411835f));
  p = hn::MulAdd(p, t, hn::Set(d, -0.018159227445721626f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.02862396277487278f));
  p = hn::MulAdd(p, t, hn::Set(d, -0.040295787155628204f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.05467185005545616f));
  p = hn::MulAdd(p, t, hn::Set(d, -0.07718337327241898f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.15690529346466064f));
  return hn::Mul(above, hn::MulAdd(c, p, hn::Set(d, 0.5f)));
}

// Angles that SinCos takes.
inline constexpr float kMostAngle = 8192.0f;

// Sine and cosine for |x| <= kMostAngle: absolute error below 1.2e-7. n quarter turns are taken off by three products, of
// which the first two are exact, also without a fused multiply-add.
template <class D, class V>
HWY_INLINE void SinCos(D d, V x, V& sine, V& cosine) {
  const hn::RebindToUnsigned<D> du;
  const V shifted = hn::Add(hn::Mul(x, hn::Set(d, 0.636619772f)), hn::Set(d, kRoundingShift));
  const V n = hn::Sub(shifted, hn::Set(d, kRoundingShift));
  V r = hn::NegMulAdd(n, hn::Set(d, 1.5703125f), x);
  r = hn::NegMulAdd(n, hn::Set(d, 0.0004837512969970703125f), r);
  r = hn::NegMulAdd(n, hn::Set(d, 7.54978995489188e-8f), r);
  const V z = hn::Mul(r, r);
  V s = hn::MulAdd(hn::Set(d, -0.00019516977772582322f), z, hn::Set(d, 0.008332176133990288f));
  s = hn::MulAdd(s, z, hn::Set(d, -0.16666655242443085f));
  s = hn::MulAdd(hn::Mul(s, z), r, r);
  V c = hn::MulAdd(hn::Set(d, 2.443809171381872e-05f), z, hn::Set(d, -0.0013887364184483886f));
  c = hn::MulAdd(c, z, hn::Set(d, 0.04166664555668831f));
  c = hn::MulAdd(hn::Mul(c, z), z, hn::NegMulAdd(hn::Set(d, 0.5f), z, hn::Set(d, 1.0f)));
  // Of n quarters the odd ones exchange the two; the sine changes its sign in quarters 2 and 3, the cosine in 1 and 2.
  const auto quarters = hn::BitCast(du, shifted);
  const auto odd = hn::MaskFromVec(hn::BitCast(d, hn::Sub(hn::Zero(du), hn::And(quarters, hn::Set(du, 1u)))));
  const auto sine_sign = hn::ShiftLeft<30>(hn::And(quarters, hn::Set(du, 2u)));
  const auto cosine_sign = hn::ShiftLeft<30>(hn::And(hn::Add(quarters, hn::Set(du, 1u)), hn::Set(du, 2u)));
  sine = hn::BitCast(d, hn::Xor(hn::BitCast(du, hn::IfThenElse(odd, c, s)), sine_sign));
  cosine = hn::BitCast(d, hn::Xor(hn::BitCast(du, hn::IfThenElse(odd, s, c)), cosine_sign));
}

// x / (1 + exp(-x)): relative error below 4e-7 down to x = -88, 0 below -88.8.
template <class D, class V>
HWY_INLINE V Silu(D d, V x) {
  return hn::Div(x, hn::Add(hn::Set(d, 1.0f), Exp(d, hn::Neg(x))));
}

// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) = x / (1 + exp(-2 sqrt(2 / pi) (x + 0.044715 x^3))).
// Relative error below 1e-6 for x > -5, growing to 2e-5 at -10; absolute error below 3e-7 for |x| <= 10.
template <class D, class V>
HWY_INLINE V GeluTanh(D d, V x) {
  const V z = hn::Mul(x, x);
  const V inner = hn::MulAdd(z, hn::Set(d, -0.0713548162726f), hn::Set(d, -1.5957691216057308f));
  return hn::Div(x, hn::Add(hn::Set(d, 1.0f), Exp(d, hn::Mul(x, inner))));
}

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_SIMD_MATH_INL_H_
