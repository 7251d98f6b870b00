/** The verifier for browsers, as WebAssembly: the file that `ASSAY_VERIFIER` names (`cargo xtask verifier`, note 0030). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { Machine, verify } from '../src/verifier/machine.js'

const built = process.env.ASSAY_VERIFIER
const options = { skip: built ? false : 'it was not built: ASSAY_VERIFIER names none' }
const module = built && (await WebAssembly.compile(readFileSync(built)))
const vectors = new URL('../../vectors/', import.meta.url)
const receipt = readFileSync(new URL('receipt-1.json', vectors))
const genesis = readFileSync(new URL('receipt-1-genesis.json', vectors))

test('it reaches nothing outside of its memory', options, () => {
  assert.deepEqual(WebAssembly.Module.imports(module), [])
})

test('a receipt holds, as it does for Rust', options, async () => {
  const { isGood, document } = await verify(module, { receipt, genesis })
  assert.equal(isGood, true)
  assert.equal(document.job, JSON.parse(receipt.toString()).job)
  assert.deepEqual(document.score, { relation: 'at least', count: 22 })
  assert.equal(document.proof, 'not looked at')
})

test('a receipt with any changed byte does not hold', options, async () => {
  for (let at = 0; at < receipt.length; at += 97) {
    const forged = Uint8Array.from(receipt)
    forged[at] ^= 1
    const { isGood, document } = await verify(module, { receipt: forged, genesis })
    assert.equal(isGood, false, `byte ${at}`)
    assert.match(document.code, /^receipt-/)
  }
})

test('a receipt does not hold on another chain, nor without one', options, async () => {
  const other = Uint8Array.from(receipt)
  assert.equal((await verify(module, { receipt, genesis: other })).document.code, 'genesis-form')
  assert.equal((await verify(module, { receipt, genesis: new Uint8Array() })).document.code, 'genesis-form')
})

test('a forged proof does not hold', options, async () => {
  const asked = []
  const blob = async (name) => (asked.push(name), new Uint8Array([1, 2, 3]))
  const { isGood, document } = await verify(module, { receipt, genesis, blob })
  assert.equal(isGood, false)
  assert.equal(document.code, 'receipt-6')
  assert.equal(asked.length, 2)
})

test('without the rows a proof is not called verified', options, async () => {
  const asked = []
  const blob = async (name, isNeeded) => (asked.push(isNeeded), isNeeded ? new Uint8Array([1]) : null)
  assert.equal((await verify(module, { receipt, genesis, blob })).document.code, 'receipt-6')
  const none = await verify(module, { receipt, genesis, blob: async () => null })
  assert.deepEqual([asked, none.isGood, none.document.proof], [[true, false], true, 'not looked at'])
})

test('a part that is too long is refused before it is copied', options, () => {
  assert.throws(() => new Machine(module).give('rows', new Uint8Array((8 << 20) + 1)), RangeError)
})
