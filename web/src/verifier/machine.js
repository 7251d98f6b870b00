/**
 * The verifier of receipts as WebAssembly; `crates/browser/src/abi.rs` says how it is called. It can reach nothing but its own
 * memory: it imports nothing.
 */

/** What is handed in, in the order of the parts. */
const PARTS = /** @type {const} */ (['receipt', 'genesis', 'proof', 'rows'])

/** Verifies one receipt. For the next one another is made, so that nothing is left of this one. */
export class Machine {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.exports = /** @type {any} */ (new WebAssembly.Instance(module, {}).exports)
  }

  /** @param {(typeof PARTS)[number]} name @param {Uint8Array} bytes */
  give(name, bytes) {
    const at = this.exports.part(PARTS.indexOf(name), bytes.length)
    if (!at) throw new RangeError(`the ${name} is too long: ${bytes.length} bytes`)
    new Uint8Array(this.exports.memory.buffer, at, bytes.length).set(bytes)
  }

  /** The blobs with the proof and the rows of the receipt that was given. */
  blobs() {
    return this.#said(this.exports.blobs())
  }

  /** The report, or the problem: what a node answers. */
  verify() {
    return this.#said(this.exports.verify())
  }

  /** @param {number} isGood @returns {{ isGood: boolean, document: any }} */
  #said(isGood) {
    const bytes = new Uint8Array(this.exports.memory.buffer, this.exports.answer(), this.exports.answer_length())
    return { isGood: isGood === 1, document: JSON.parse(new TextDecoder().decode(bytes)) }
  }
}

/**
 * Verifies a receipt against a genesis; with `blob`, which fetches a blob by its name, the proof of the score as well. Whatever it
 * fetches may be forged: the receipt names it by its digest. Rows that a node does not keep any more it says `null` for: then the report
 * says that the proof is the one of the sale, and not that it was verified again.
 * @param {WebAssembly.Module} module
 * @param {{ receipt: Uint8Array, genesis: Uint8Array, blob?: (name: string, isNeeded: boolean) => Promise<Uint8Array | null> }} given
 */
export async function verify(module, { receipt, genesis, blob }) {
  const machine = new Machine(module)
  machine.give('receipt', receipt)
  machine.give('genesis', genesis)
  const named = machine.blobs()
  if (!named.isGood) return named
  if (blob && named.document) {
    const [proof, rows] = await Promise.all([blob(named.document.proof, true), blob(named.document.rows, false)])
    if (proof) machine.give('proof', proof)
    if (rows) machine.give('rows', rows)
  }
  return machine.verify()
}
