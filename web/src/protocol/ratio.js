/** Exact ratios, where scikit-learn has floats: `crates/model/src/parameters/ratio.rs`. */
import { concat, u32 } from '../codec/bytes.js'

/** @typedef {[bigint, bigint]} Ratio numerator and denominator in lowest terms, of 32 bits each */

const U32 = 1n << 32n
const DECIMAL = /^(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** @param {bigint} num @param {bigint} den @returns {Ratio | null} */
function lowest(num, den) {
  let [a, b] = [num, den]
  while (b) [a, b] = [b, a % b]
  if (!den || !a) return null
  const ratio = /** @type {Ratio} */ ([num / a, den / a])
  return ratio[0] < U32 && ratio[1] < U32 ? ratio : null
}

/** Reads `3/200` or `0.015`, exactly; `null` if it is neither, or does not fit. @param {string} text @returns {Ratio | null} */
export function ratio(text) {
  const fraction = /^(\d+)\/(\d+)$/.exec(text.trim())
  if (fraction) return lowest(BigInt(fraction[1]), BigInt(fraction[2]))
  const parts = DECIMAL.exec(text.trim())
  if (!parts) return null
  const [, whole, digits = '', exponent = '0'] = parts
  const places = Number(exponent) - digits.length
  const number = BigInt(whole + digits)
  return places < 0 ? lowest(number, 10n ** BigInt(-places)) : lowest(number * 10n ** BigInt(places), 1n)
}

/** @param {Ratio} value */
export const encode = ([num, den]) => concat(u32(num), u32(den))
/** @param {Ratio} value */
export const show = ([num, den]) => `${num}/${den}`
