/** CSV as `crates/import/src/csv` reads it: a header, commas, fields quoted by `"`, either line ending. */

/** Splits text into records; space around fields is dropped, empty lines are skipped. @param {string} text */
export function records(text) {
  const rows = /** @type {string[][]} */ ([])
  let row = /** @type {string[]} */ ([])
  let field = ''
  let quoted = false
  const endRow = () => {
    row.push(field.trim())
    if (row.length > 1 || row[0]) rows.push(row)
    row = []
    field = ''
  }
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at++) {
    const char = text[at]
    if (quoted) {
      if (char !== '"') field += char
      else if (text[at + 1] === '"') field += text[++at]
      else quoted = false
    } else if (char === '"' && !field.trim()) {
      field = ''
      quoted = true
    } else if (char === ',') {
      row.push(field.trim())
      field = ''
    } else if (char === '\n' || char === '\r') endRow()
    else field += char
  }
  if (field || row.length) endRow()
  return rows
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/**
 * The bits of the 32-bit float nearest to a decimal text (ties to even), in one rounding; `null` if it is no
 * finite number. Going through 64 bits rounds twice, which is wrong where the first rounding lands halfway
 * between two floats: there the text itself decides.
 * @param {string} text
 */
export function floatBits(text) {
  const parts = DECIMAL.exec(text)
  if (!parts || !(parts[2] + (parts[3] ?? ''))) return null
  const double = Number(text)
  let single = Math.fround(double)
  if (single !== double && Number.isFinite(single)) {
    const other = neighbour(single, single < double ? 1 : -1)
    if (double - single === other - double) {
      const side = compareDecimal(parts, double)
      if (side) single = side > 0 ? Math.max(single, other) : Math.min(single, other)
    }
  }
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, single)
  return Number.isFinite(single) ? view.getUint32(0) : null
}

/** The next 32-bit float above or below. @param {number} single @param {number} direction */
function neighbour(single, direction) {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, single)
  const bits = view.getInt32(0)
  if (single === 0) view.setInt32(0, direction > 0 ? 1 : -0x7fffffff)
  else view.setInt32(0, bits + (single > 0 === direction > 0 ? 1 : -1))
  return view.getFloat32(0)
}

/** The sign of (decimal text − double), exactly. @param {RegExpExecArray} parts @param {number} double */
function compareDecimal([, sign, whole, fraction = '', exponent = '0'], double) {
  let left = BigInt(sign + (whole + fraction || '0'))
  const ten = Number(exponent) - fraction.length
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, double)
  const bits = view.getBigUint64(0)
  const raised = Number((bits >> 52n) & 0x7ffn)
  let right = (bits & 0xfffffffffffffn) | (raised ? 1n << 52n : 0n)
  if (bits >> 63n) right = -right
  const two = (raised || 1) - 1075
  if (ten > 0) left *= 10n ** BigInt(ten)
  else right *= 10n ** BigInt(-ten)
  if (two > 0) right <<= BigInt(two)
  else left <<= BigInt(-two)
  return left === right ? 0 : left > right ? 1 : -1
}
