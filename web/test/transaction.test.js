/** Typed data and canonical bytes, against what eth-account and Rust made of the same transactions. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { hashTypedData } from 'viem'
import { fromHex, toHex } from '../src/codec/bytes.js'
import { Reader } from '../src/codec/reader.js'
import { decline, delist, openTest, transfer, typedData } from '../src/protocol/transaction.js'

const vectors = new URL('../../vectors/', import.meta.url)
const signing = JSON.parse(readFileSync(new URL('signing-1.json', vectors), 'utf8'))
const GENESIS = `0x${'07'.repeat(32)}`

/** Actions of which the message says everything, by how they are read. */
const READ = {
  Transfer: (from) => transfer(toHex(from.take(20)), from.u128()),
  Delist: (from) => delist(toHex(from.take(32))),
  Decline: (from) => decline(toHex(from.take(32))),
  OpenTest: (from) => openTest(...[0, 0, 0].map(() => toHex(from.take(32)))),
}

for (const [kind, read] of Object.entries(READ)) {
  test(`${kind}: the same bytes, the same digest`, () => {
    const bytes = fromHex(signing[kind].tx)
    const from = new Reader(bytes)
    const head = {
      chain: from.u64(), from: toHex(from.take(20)), nonce: from.u64(), validUntil: from.u64(), maxFee: from.u128(),
      genesis: GENESIS,
    }
    const start = from.at
    from.u8()
    const action = read(from)
    from.end()
    assert.equal(toHex(action.encoded), toHex(bytes.subarray(start)))
    assert.equal(hashTypedData(typedData(head, action)), signing[kind].digest)
  })
}
