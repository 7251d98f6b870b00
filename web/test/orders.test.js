/** Orders in a browser's storage: one of several attempts, what an older page has left, a storage that is full. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { fileName, keep, kept, migrate, old, protect, read, unlock } from '../src/lib/orders.js'
import { SealedError, testOf } from '../src/protocol/sealed.js'

/** As quick as a reader takes it. */
const QUICK = 14
const PASSPHRASE = 'correct horse, battery staple'
const repeat = (byte, count) => `0x${byte.repeat(count)}`
const order = (job, salt) => ({
  genesis: repeat('07', 32), job: repeat(job, 32), buyer: repeat('22', 20), dataset: repeat('33', 32), nonce: 5,
  salt: repeat(salt, 32), secret: repeat('55', 32), table: '0x00010203',
})
const oldText = (order) => JSON.stringify({ format: 'assay/order/1', ...order })

/** A storage of a browser, with room for so many characters. */
function storage(room = Infinity) {
  const target = {
    getItem: (name) => (Object.hasOwn(globalThis.localStorage, name) ? globalThis.localStorage[name] : null),
    setItem(name, value) {
      if (room < value.length) throw new DOMException('full', 'QuotaExceededError')
      globalThis.localStorage[name] = value
    },
    removeItem: (name) => delete globalThis.localStorage[name],
  }
  globalThis.localStorage = Object.create(target)
}

test('the attempt that the ledger took is found', async () => {
  storage()
  const [one, other] = [order('11', '44'), order('11', '45')]
  const sealed = []
  for (const attempt of [one, other]) sealed.push(await protect(attempt, PASSPHRASE, PASSPHRASE, QUICK))
  assert.ok(sealed.every(keep))
  assert.notEqual(fileName(sealed[0]), fileName(sealed[1]))
  for (const [i, attempt] of [one, other].entries()) {
    const found = kept(attempt.job, testOf(attempt))
    assert.deepEqual([found.order, found.sealed, found.isOld], [attempt, sealed[i], false])
  }
  assert.deepEqual(kept(one.job, repeat('00', 32)), { order: null, sealed: null, isOld: false })
  // The other attempt's file is told apart, and so is another job's.
  const text = JSON.stringify(sealed[0])
  assert.throws(() => read(text, one.job, testOf(other)), /another attempt/)
  assert.throws(() => read(text, repeat('12', 32), testOf(one)), /another order/)
  for (const nonsense of ['', '{', 'null', '[]', '"x"']) assert.throws(() => read(nonsense, one.job, testOf(one)), /no file of an order/)
  assert.deepEqual(read(text, one.job, testOf(one)), sealed[0])
})

test('an order is not protected by a passphrase that was typed in two ways', async () => {
  storage()
  await assert.rejects(protect(order('13', '44'), PASSPHRASE, PASSPHRASE + '.', QUICK), SealedError)
  assert.equal(kept(repeat('13', 32), testOf(order('13', '44'))).order, null)
})

test('a file of another browser is locked until its passphrase comes', async () => {
  storage()
  const one = order('14', '44')
  const { seal } = await import('../src/protocol/sealed.js')
  const sealed = seal(one, PASSPHRASE, (bytes) => bytes, QUICK)
  keep(read(JSON.stringify(sealed), one.job, testOf(one)))
  assert.equal(kept(one.job, testOf(one)).order, null)
  await assert.rejects(unlock(sealed, 'not the passphrase'), SealedError)
  assert.equal(kept(one.job, testOf(one)).order, null)
  await unlock(sealed, PASSPHRASE)
  assert.deepEqual(kept(one.job, testOf(one)).order, one)
})

test('what an older page has left is read, and encrypted when a passphrase is there', async () => {
  storage()
  const [one, other] = [order('15', '44'), order('16', '44')]
  for (const left of [one, other]) localStorage.setItem(`assay.order.${left.job}`, oldText(left))
  localStorage.setItem('assay.order.0x', 'nonsense')
  localStorage.setItem(`assay.order.${repeat('17', 32)}`, 'nonsense')
  assert.equal(old().length, 2)
  const found = kept(one.job, testOf(one))
  assert.deepEqual([found.order, found.sealed, found.isOld], [one, null, true])
  assert.equal(kept(one.job, repeat('00', 32)).order, null)
  // Two passphrases change nothing.
  await assert.rejects(migrate(PASSPHRASE, PASSPHRASE + '.', QUICK), SealedError)
  assert.equal(old().length, 2)
  await migrate(PASSPHRASE, PASSPHRASE, QUICK)
  assert.equal(old().length, 0)
  for (const left of [one, other]) {
    const { order, sealed, isOld } = kept(left.job, testOf(left))
    assert.deepEqual([order, isOld, sealed?.job], [left, false, left.job])
  }
  assert.ok(!Object.keys(localStorage).some((name) => localStorage[name].includes(one.secret.slice(2))))
})

test('an old file opens its order, and is not kept as it is', () => {
  storage()
  const one = order('18', '44')
  assert.equal(read(oldText(one), one.job, testOf(one)), null)
  const found = kept(one.job, testOf(one))
  assert.deepEqual([found.order, found.sealed, found.isOld], [one, null, false])
  assert.deepEqual(Object.keys(localStorage), [])
})

test('a storage without room says so, and takes nothing away', async () => {
  storage()
  const one = order('19', '44')
  localStorage.setItem(`assay.order.${one.job}`, oldText(one))
  const before = { ...localStorage }
  storage(100)
  Object.assign(localStorage, before)
  await assert.rejects(migrate(PASSPHRASE, PASSPHRASE, QUICK), /no room/)
  assert.equal(old().length, 1)
  assert.equal(keep(await protect(one, PASSPHRASE, PASSPHRASE, QUICK)), false)
  delete globalThis.localStorage
  assert.equal(keep(await protect(one, PASSPHRASE, PASSPHRASE, QUICK)), false)
  assert.deepEqual(old(), [])
})
