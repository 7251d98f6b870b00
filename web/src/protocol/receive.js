/** Taking what was paid for: a ciphertext becomes a model file, if it holds the model that was scored. */
import { concat, fromHex, list, text, toHex, u16, u32 } from '../codec/bytes.js'
import { digest } from '../codec/digest.js'
import { Reader } from '../codec/reader.js'
import { open } from './delivery.js'
import { ORDER, compress, decode, encode, tag } from './poseidon2.js'

/** The first bytes of a model file, and its version. */
const HEAD = concat(Uint8Array.of(0x89, 0x41, 0x53, 0x53, 0x41, 0x59, 0x0d, 0x0a), u16(1))

/** The integer next to zero that an element stands for, in 32 bits. @param {number} element */
const centred = (element) => u32((ORDER / 2 < element ? element - ORDER : element) >>> 0)

/** Slots from their four columns, each in the ten bytes of a model file. @param {number[]} cells @param {number} count */
function slots(cells, count) {
  const column = (/** @type {number} */ number, /** @type {number} */ slot) => cells[number * count + slot]
  return concat(
    ...Array.from({ length: count }, (_, i) =>
      concat(u16(column(0, i)), u16(column(1, i)), u16(column(2, i)), u32(column(3, i))),
    ),
  )
}

/** The parameters as a model file has them. @param {Uint8Array} architecture @param {number[]} cells */
function parameters(architecture, cells) {
  const from = new Reader(architecture)
  const kind = from.u8()
  if (kind === 1) return { summary: `a network of ${cells.length} numbers`, bytes: concat(...cells.map(centred)) }
  const [features, classes, depth, log] = [from.u16(), from.u16(), from.u8(), from.u8()]
  const count = 2 ** log
  if (kind === 0) {
    if (cells.length !== 4 * count) throw new RangeError('the ciphertext does not fit the architecture')
    return { summary: `a decision tree over ${features} features, ${count} slots, depth up to ${depth}`, bytes: slots(cells, count) }
  }
  const trees = from.u16()
  const width = from.u8() === 0 ? classes : 1
  const split = cells.length - 4 * count
  const values = cells.slice(0, width * count)
  if (kind !== 2 || split < values.length) throw new RangeError('the ciphertext does not fit the architecture')
  const bytes = concat(slots(cells.slice(split), count), ...values.map(centred))
  return { summary: `a forest of ${trees} trees over ${features} features`, bytes }
}

/** What a model and its salt commit to. @param {Uint8Array} architecture @param {number[][]} blocks @param {Uint8Array} salt */
export function commit(architecture, blocks, salt) {
  const first = tag('assay/model/2', digest('assay/architecture/1', architecture))
  return toHex(encode(compress(blocks.reduce(compress, first), decode(salt))))
}

/**
 * Decrypts, and compares with the commitment that was scored.
 * @param {{
 *   ciphertext: Uint8Array, architecture: string, sale: { key: string, model: string },
 *   order: { job: string, secret: string }, schema: import('./table.js').Schema
 * }} sold
 */
export function receive({ ciphertext, architecture, sale, order, schema }) {
  const shape = fromHex(architecture)
  const { blocks, salt } = open(ciphertext, decode(sale.key), decode(order.secret), fromHex(order.job, 32))
  if (commit(shape, blocks, salt) !== sale.model) {
    throw new Error('What was decrypted is not the model that was scored. Is this the right file of the order?')
  }
  const { summary, bytes } = parameters(shape, blocks.flat())
  const names = concat(list(schema.features, text), text(schema.target), list(schema.classes, text))
  return { summary, file: concat(HEAD, names, shape, bytes), salt: toHex(salt) }
}

