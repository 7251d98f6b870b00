/** Making an order: what is drawn, what is kept, what is signed. `crates/agent/src/buyer/order.rs` does the same. */
import { fromHex, toHex } from '../codec/bytes.js'
import * as algorithms from './algorithm.js'
import { secretHash } from './delivery.js'
import { BUYER_SECRET, seal } from './envelope.js'
import { encode as encodeElements, uniform } from './poseidon2.js'
import { commitment, encode as encodeTable, tableDigest } from './table.js'
import { jobId, openJob } from './transaction.js'

/** Longest blob of the ledger: what a test set must fit. */
export const BLOB_BYTES_MAX = 5 << 20

/**
 * Draws salt and secret, and makes the action and what the buyer must keep (encrypted: `sealed.js`).
 * @param {{
 *   genesis: `0x${string}`, buyer: `0x${string}`, nonce: number, dataset: `0x${string}`, version: number,
 *   encryptionKey: string, table: import('./table.js').Table, algorithm: algorithms.Algorithm,
 *   threshold: [number, number], maxPrice: bigint, commitWindow: number
 * }} asked
 * @param {(bytes: Uint8Array) => Uint8Array} random fills bytes: `crypto.getRandomValues`
 */
export function order(asked, random) {
  const table = encodeTable(asked.table)
  if (BLOB_BYTES_MAX < table.length) throw new RangeError('a test set has at most 5 MiB in canonical form')
  const job = jobId(asked.buyer, asked.nonce)
  const salt = random(new Uint8Array(32))
  const secret = uniform(random)
  const sealed = seal(
    encodeElements(secret), fromHex(asked.encryptionKey, 32), BUYER_SECRET, job, random(new Uint8Array(32)),
  )
  const action = openJob({
    dataset: asked.dataset,
    version: asked.version,
    algorithm: algorithms.encode(asked.algorithm),
    shownAlgorithm: algorithms.show(asked.algorithm),
    test: commitment(tableDigest(table), salt),
    rows: asked.table.labels.length,
    threshold: asked.threshold,
    secretHash: encodeElements(secretHash(secret, job)),
    sealedSecret: sealed,
    maxPrice: asked.maxPrice,
    commitWindow: asked.commitWindow,
  })
  const kept = /** @type {const} */ ({
    genesis: asked.genesis,
    job: toHex(job),
    buyer: asked.buyer,
    dataset: asked.dataset,
    nonce: asked.nonce,
    salt: toHex(salt),
    secret: toHex(encodeElements(secret)),
    table: toHex(table),
  })
  return { action, kept }
}
