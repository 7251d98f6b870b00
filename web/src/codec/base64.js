/** Base64 (RFC 4648) for what is too long for two digits a byte. */

/** Bytes that `String.fromCharCode` takes at once. */
const PIECE = 0x8000

/** @param {Uint8Array} value */
export function toBase64(value) {
  let text = ''
  for (let at = 0; at < value.length; at += PIECE) text += String.fromCharCode(...value.subarray(at, at + PIECE))
  return btoa(text)
}

/** Reads what `toBase64` writes and nothing else: one value has one text. @param {string} value */
export function fromBase64(value) {
  const out = Uint8Array.from(atob(value), (char) => char.charCodeAt(0))
  if (toBase64(out) !== value) throw new TypeError('not canonical base64')
  return out
}
