/**
 * What a browser's wallet signs: EIP-712 typed data, whose message shows an action's fields and binds the rest of
 * it by `contents`, and the action's canonical bytes. `crates/types/src/tx` says the same in Rust.
 */
import { bytes, concat, fromHex, toHex, u128, u32, u64, u8 } from '../codec/bytes.js'
import { digest } from '../codec/digest.js'

/**
 * @typedef {`0x${string}`} Hex
 * @typedef {{ kind: string, encoded: Uint8Array, fields: [string, string, unknown][] }} Action name, canonical
 *   bytes with the tag, and fields of the message as (name, type, value)
 * @typedef {{ chain: number, genesis: Hex, from: Hex, nonce: number, validUntil: number, maxFee: bigint }} Head
 */

/** @param {Hex} to @param {bigint} amount @returns {Action} */
export const transfer = (to, amount) => ({
  kind: 'Transfer',
  encoded: concat(u8(0), fromHex(to, 20), u128(amount)),
  fields: [['to', 'address', to], ['amount', 'uint256', amount]],
})

/**
 * Asks for a model.
 * @param {{
 *   dataset: Hex, version: number, algorithm: Uint8Array, shownAlgorithm: string, test: Uint8Array, rows: number,
 *   threshold: [number, number], secretHash: Uint8Array, sealedSecret: Uint8Array, maxPrice: bigint,
 *   commitWindow: number
 * }} job @returns {Action}
 */
export function openJob(job) {
  const [num, den] = job.threshold
  const encoded = concat(
    fromHex(job.dataset, 32),
    u32(job.version),
    job.algorithm,
    job.test,
    u32(job.rows),
    u8(0), // metric: accuracy
    concat(u32(num), u32(den)),
    u8(0), // the test set will be public
    u8(0), // the score is shown as "at least"
    job.secretHash,
    bytes(job.sealedSecret),
    u128(job.maxPrice),
    u64(job.commitWindow),
  )
  return {
    kind: 'OpenJob',
    encoded: concat(u8(4), encoded),
    fields: [
      ['dataset', 'bytes32', job.dataset],
      ['version', 'uint32', job.version],
      ['algorithm', 'string', job.shownAlgorithm],
      ['test', 'bytes32', toHex(job.test)],
      ['rows', 'uint32', job.rows],
      ['threshold', 'string', `${num}/${den}`],
      ['maxPrice', 'uint256', job.maxPrice],
      ['commitWindow', 'uint64', BigInt(job.commitWindow)],
      ['secretHash', 'bytes32', toHex(job.secretHash)],
      ['contents', 'bytes32', toHex(digest('assay/action/1', encoded))],
    ],
  }
}

/** Shows the test set. @param {Hex} job @param {Hex} table the blob's name @param {Hex} salt @returns {Action} */
export const openTest = (job, table, salt) => ({
  kind: 'OpenTest',
  encoded: concat(u8(7), fromHex(job, 32), fromHex(table, 32), fromHex(salt, 32)),
  fields: [['job', 'bytes32', job], ['table', 'bytes32', table], ['salt', 'bytes32', salt]],
})

/** Refuses a job that was asked of one's own listing. @param {Hex} job @returns {Action} */
export const decline = (job) => ({
  kind: 'Decline',
  encoded: concat(u8(5), fromHex(job, 32)),
  fields: [['job', 'bytes32', job]],
})

/** Takes a listing off the market. @param {Hex} dataset @returns {Action} */
export const delist = (dataset) => ({
  kind: 'Delist',
  encoded: concat(u8(3), fromHex(dataset, 32)),
  fields: [['dataset', 'bytes32', dataset]],
})

const HEAD = [['from', 'address'], ['nonce', 'uint64'], ['validUntil', 'uint64'], ['maxFee', 'uint256']]
const DOMAIN = [['name', 'string'], ['version', 'string'], ['chainId', 'uint256'], ['salt', 'bytes32']]

/** @param {string[][]} fields */
const typed = (fields) => fields.map(([name, type]) => ({ name, type }))

/**
 * The document for `eth_signTypedData_v4`. Whole numbers are decimal strings, since JSON has no larger ones.
 * @param {Head} head @param {Action} action
 */
export function typedData(head, action) {
  const values = { from: head.from, nonce: head.nonce, validUntil: head.validUntil, maxFee: head.maxFee }
  const fields = Object.fromEntries(action.fields.map(([name, , value]) => [name, value]))
  const plain = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : String(value))
  const message = Object.entries({ ...values, ...fields }).map(([name, value]) => [name, plain(value)])
  return {
    domain: { name: 'Assay', version: '1', chainId: head.chain, salt: head.genesis },
    types: {
      EIP712Domain: typed(DOMAIN),
      [action.kind]: typed([...HEAD, ...action.fields.map(([name, type]) => [name, type])]),
    },
    primaryType: action.kind,
    message: Object.fromEntries(message),
  }
}

/** A job's name: that of the transaction which opens it. @param {Hex} buyer @param {number} nonce */
export const jobId = (buyer, nonce) => digest('assay/job/1', concat(fromHex(buyer, 20), u64(nonce)))

/** A blob's name. @param {Uint8Array} content */
export const blobId = (content) => digest('assay/blob/1', content)

