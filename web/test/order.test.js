/** An order as Rust makes it of the same rows, salt, secret and seed. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { hashTypedData } from 'viem'
import { toHex, u32 } from '../src/codec/bytes.js'
import { order } from '../src/protocol/order.js'
import { decode } from '../src/protocol/poseidon2.js'
import { read } from '../src/protocol/table.js'
import { typedData } from '../src/protocol/transaction.js'

const root = new URL('../../', import.meta.url)
const vector = JSON.parse(readFileSync(new URL('vectors/page-order-1.json', root), 'utf8'))

/** What is drawn, in the order in which it is: the salt, the secret's elements, the seed of the sealing key. */
function replayed() {
  const elements = decode(vector.secret).map((element) => u32(element * 2))
  const drawn = [new Uint8Array(32).fill(0x22), ...elements, new Uint8Array(32).fill(0x33)]
  return (bytes) => (bytes.set(drawn.shift()), bytes)
}

test('the page makes the order that the command line makes', () => {
  const { features, target, classes } = vector
  const table = read(readFileSync(new URL('data/wine/test.csv', root), 'utf8'), { features, target, classes })
  const buyer = `0x${'11'.repeat(20)}`
  const tree = { criterion: 'gini', maxDepth: 4, minSamplesSplit: 6, minSamplesLeaf: 3, maxFeatures: 'all', maxLeafNodes: null, classWeight: 'none', seed: 0 }
  const genesis = `0x${'07'.repeat(32)}`
  const { action, kept } = order(
    {
      genesis, buyer, nonce: 5, dataset: `0x${'55'.repeat(32)}`, version: 2, encryptionKey: vector.encryption_key, table,
      algorithm: { kind: 'tree', tree }, threshold: [900, 1000], maxPrice: 800n, commitWindow: 100,
    },
    replayed(),
  )
  assert.equal(kept.job, vector.job)
  assert.equal(kept.secret, vector.secret)
  assert.equal(toHex(action.encoded), vector.action)
  const typed = typedData({ chain: 1337, genesis, from: buyer, nonce: 5, validUntil: 107, maxFee: 2n }, action)
  assert.deepEqual(typed, vector.typed_data)
  assert.equal(hashTypedData(typed), vector.digest)
})
