/**
 * The canonical encoding of `crates/codec`, as far as a page writes it: integers little-endian and of fixed
 * width, lengths `u32`, enums with a tag, nothing in between.
 */

/** @param {number | bigint} value @param {number} width bytes */
function integer(value, width) {
  let rest = BigInt(value)
  if (rest < 0n || rest >> BigInt(8 * width)) throw new RangeError(`${value} does not fit ${width} bytes`)
  const out = new Uint8Array(width)
  for (let at = 0; at < width; at++, rest >>= 8n) out[at] = Number(rest & 0xffn)
  return out
}

export const u8 = (/** @type {number} */ value) => integer(value, 1)
export const u16 = (/** @type {number} */ value) => integer(value, 2)
export const u32 = (/** @type {number} */ value) => integer(value, 4)
export const u64 = (/** @type {number | bigint} */ value) => integer(value, 8)
export const u128 = (/** @type {number | bigint} */ value) => integer(value, 16)

/** Joins encodings. @param {Uint8Array[]} parts */
export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Bytes behind their length. @param {Uint8Array} value */
export const bytes = (value) => concat(u32(value.length), value)

/** UTF-8 behind its length. @param {string} value */
export const text = (value) => bytes(new TextEncoder().encode(value))

/** A list behind its length. @template T @param {T[]} items @param {(item: T) => Uint8Array} encode */
export const list = (items, encode) => concat(u32(items.length), ...items.map(encode))

/** What may be absent. @template T @param {T | null | undefined} value @param {(value: T) => Uint8Array} encode */
export const option = (value, encode) => (value == null ? u8(0) : concat(u8(1), encode(value)))

/** @param {Uint8Array} value */
export const toHex = (value) => '0x' + Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Reads hexadecimal digits behind `0x`; of `length` bytes, if that is given. @param {string} value @param {number} [length] */
export function fromHex(value, length) {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(value)) throw new TypeError('not hexadecimal')
  const out = Uint8Array.from(value.slice(2).match(/../g) ?? [], (pair) => parseInt(pair, 16))
  if (length !== undefined && out.length !== length) throw new TypeError(`${out.length} bytes instead of ${length}`)
  return out
}
