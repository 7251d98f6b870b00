/** Where an account stands among the stakes, and how its seat is told of. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { handovers, office, seat, signers, stakeOf, stakes } from '../src/lib/stakes.js'

const name = (byte) => `0x${byte.repeat(20)}`

/** A node with these stakes, which answers as `/v1/stakes` does. @param {any[]} all by account @param {number} [most] */
function serving(all, most = 256) {
  const asked = []
  globalThis.fetch = async (path) => {
    asked.push(path)
    const query = new URL(path, 'http://node').searchParams
    const after = query.get('after')
    const rest = all.filter(({ owner }) => after === null || after < owner)
    const items = rest.slice(0, Math.min(most, Number(query.get('limit'))))
    return Response.json({ items, next: items.length < rest.length ? items.at(-1).owner : null })
  }
  return asked
}

test('a stake is found by the account before it', async () => {
  serving(['00', '11', '22'].map((byte) => ({ owner: name(byte) })))
  for (const byte of ['00', '11', '22']) assert.equal((await stakeOf(name(byte)))?.owner, name(byte))
  for (const other of [name('10'), name('ff'), `0x${'1'.repeat(39)}0`, '0x11', 'nobody']) assert.equal(await stakeOf(other), null)
  assert.equal((await stakeOf(name('22').toUpperCase().replace('X', 'x')))?.owner, name('22'))
})

test('all stakes are fetched, page by page, and the largest comes first', async () => {
  const bonded = { '01': '5', '02': '12345678901234567890123', '03': '5', '04': '0' }
  const asked = serving(Object.entries(bonded).map(([byte, bonded]) => ({ owner: name(byte), bonded })), 1)
  const { items, isWhole } = await stakes()
  assert.deepEqual(items.map(({ owner }) => owner), ['02', '01', '03', '04'].map(name))
  assert.ok(isWhole)
  assert.equal(asked.length, 4)
})

test('what does not end is cut off, and said to be', async () => {
  globalThis.fetch = async () => Response.json({ items: [{ owner: name('01'), bonded: '1' }], next: name('01') })
  const { items, isWhole } = await stakes()
  assert.equal(items.length, 16)
  assert.equal(isWhole, false)
})

test('a seat is told of as it is and as it will be', () => {
  const order = { seated: ['a', 'b'], seated_next: ['b', 'c'], epoch_ends: 7, epoch: 1, signed_in: 1, signers: [1] }
  const told = ['a', 'b', 'c', 'd'].map((owner) => seat(order, owner))
  assert.deepEqual(told.map(({ has }) => has), [true, true, false, false])
  assert.deepEqual(told.map(({ text }) => text), [
    'has a seat, none in the next epoch', 'has a seat', 'has a seat from the next epoch on', 'has no seat',
  ])
  assert.equal(seat({ ...order, epoch_ends: null }, 'a').text, 'has a seat, for good')
  assert.deepEqual(signers(order), ['b'])
})

test('an epoch goes on until its last block is there', () => {
  const order = { seated: ['a', 'b', 'c', 'd'], signed_in: 1, epoch: 2 }
  assert.deepEqual(office(order, { epoch_blocks: 8 }), { epoch: 1, last: 15, count: 4, quorum: 3 })
  assert.equal(office(order, { epoch_blocks: 0 }).last, null)
  assert.equal(office(order, undefined).last, null)
  const quorum = (count) => office({ seated: Array(count), signed_in: 0 }, undefined).quorum
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(quorum), [1, 2, 3, 3, 4, 5, 5])
})

test('the last handovers come first, and no more are asked for than are shown', async () => {
  const asked = []
  globalThis.fetch = async (path) => {
    asked.push(path)
    const first = Number(new URL(path, 'http://node').searchParams.get('first'))
    return Response.json({ handovers: [0, 1, 2, 3, 4, 5].filter((number) => first <= number).map((number) => ({ number })) })
  }
  assert.deepEqual((await handovers(5, 2)).map(({ number }) => number), [4, 3])
  assert.deepEqual((await handovers(2, 10)).map(({ number }) => number), [1, 0])
  assert.deepEqual(await handovers(0, 10), [])
  assert.deepEqual(asked, ['/v1/handovers?first=3', '/v1/handovers?first=0'])
})
