/** A buyer's secrets at rest: against another implementation, the wrong passphrase, and every byte changed. */
import assert from 'node:assert/strict'
import { createCipheriv, scryptSync } from 'node:crypto'
import test from 'node:test'
import { concat, fromHex, toHex } from '../src/codec/bytes.js'
import { fromBase64, toBase64 } from '../src/codec/base64.js'
import { LOG_N, SealedError, deriveKey, open, openWith, parse, parseOld, seal, suggest, testOf } from '../src/protocol/sealed.js'

/** As quick as a reader takes it. */
const QUICK = 14
const PASSPHRASE = 'correct horse, battery staple'
const repeat = (byte, count) => `0x${byte.repeat(count)}`
const ORDER = {
  genesis: repeat('07', 32), job: repeat('11', 32), buyer: repeat('22', 20), dataset: repeat('33', 32), nonce: 5,
  salt: repeat('44', 32), secret: repeat('55', 32), table: '0xa0a1a2a3a4a5a6a7a8a9',
}
const OLD = { format: 'assay/order/1', ...ORDER }

/** Draws 0, 1, 2, … */
function counting() {
  let next = 0
  return (bytes) => (bytes.forEach((_, at) => (bytes[at] = next++)), bytes)
}
const sealed = seal(ORDER, PASSPHRASE, counting(), QUICK)
const key = deriveKey(PASSPHRASE, sealed)

/** The block of HChaCha20, draft-irtf-cfrg-xchacha: what the extended nonce adds to a cipher that Node.js has. */
function hchacha20(key, nonce) {
  const words = (bytes) => Array.from(bytes, (_, i) => (i % 4 ? [] : [new DataView(bytes.buffer, bytes.byteOffset).getUint32(i, true)])).flat()
  const state = Uint32Array.from([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...words(key), ...words(nonce)])
  const turn = (a, b, bits) => { const value = state[a] ^ state[b]; state[a] = (value << bits) | (value >>> (32 - bits)) }
  const quarter = (a, b, c, d) => {
    for (const [first, second, third, bits] of [[a, b, d, 16], [c, d, b, 12], [a, b, d, 8], [c, d, b, 7]]) {
      state[first] += state[second]
      turn(third, first, bits)
    }
  }
  for (let round = 0; round < 10; round++) {
    for (const i of [0, 1, 2, 3]) quarter(i, 4 + i, 8 + i, 12 + i)
    for (const i of [0, 1, 2, 3]) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4))
  }
  return Buffer.from(Uint32Array.from([...state.slice(0, 4), ...state.slice(12)]).buffer)
}

/** XChaCha20-Poly1305 by what Node.js has of it. */
function encrypt(key, nonce, associated, plain) {
  const cipher = createCipheriv('chacha20-poly1305', hchacha20(key, nonce.subarray(0, 16)), concat(new Uint8Array(4), nonce.subarray(16)), { authTagLength: 16 })
  cipher.setAAD(associated, { plaintextLength: plain.length })
  return concat(cipher.update(plain), cipher.final(), cipher.getAuthTag())
}

test('the block of the draft', () => {
  const bytes = (hex) => fromHex(`0x${hex}`)
  const key = Uint8Array.from({ length: 32 }, (_, i) => i)
  const block = hchacha20(key, bytes('000000090000004a0000000031415927'))
  assert.equal(toHex(block), '0x82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc')
})

test('a document is what another implementation makes of the same', () => {
  const drawn = Uint8Array.from({ length: 56 }, (_, i) => i)
  const [salt, nonce] = [drawn.subarray(0, 32), drawn.subarray(32)]
  const key = scryptSync(PASSPHRASE, salt, 32, { N: 2 ** QUICK, r: 8, p: 1, maxmem: 1 << 26 })
  const text = (value) => concat(Uint8Array.of(value.length, 0, 0, 0), Buffer.from(value))
  const named = [ORDER.genesis, ORDER.job, ORDER.buyer, ORDER.dataset].map((name) => fromHex(name))
  const associated = concat(
    text('assay/order/2'), ...named, Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0), fromHex(testOf(ORDER)), text('scrypt'), Uint8Array.of(QUICK), salt,
    text('xchacha20-poly1305'),
  )
  const plain = concat(...[ORDER.salt, ORDER.secret, ORDER.table].map((part) => fromHex(part)))
  const expected = Buffer.from(encrypt(key, nonce, associated, plain)).toString('base64')
  assert.deepEqual(sealed, {
    format: 'assay/order/2', genesis: ORDER.genesis, job: ORDER.job, buyer: ORDER.buyer, dataset: ORDER.dataset, nonce: 5, test: testOf(ORDER),
    kdf: 'scrypt', log_n: QUICK, kdf_salt: toHex(salt), cipher: 'xchacha20-poly1305', cipher_nonce: toHex(nonce), sealed: expected,
  })
  assert.equal(expected, 'jKcMTP+E1YPYxsg/Y4yI2zMZfqhyVKJcgtYXR0ZGvTCiL4j6Obh06FoOEdRDzrb2QGTJrXEzvu9XfRETu5K72KPuO6+JNevhg2/WPSYFI5HKio3Oai5k6bRD')
})

test('what was sealed opens, and shows nothing before', () => {
  const text = JSON.stringify(sealed)
  assert.deepEqual(open(parse(JSON.parse(text)), PASSPHRASE), ORDER)
  for (const secret of [ORDER.salt, ORDER.secret, ORDER.table]) assert.ok(!text.includes(secret.slice(2)))
  // Twice the same is never twice the same.
  const random = (bytes) => crypto.getRandomValues(bytes)
  const [one, other] = [0, 1].map(() => seal(ORDER, PASSPHRASE, random, QUICK))
  for (const name of ['kdf_salt', 'cipher_nonce', 'sealed']) assert.notEqual(one[name], other[name])
})

test('what a person orders with is sealed at full cost', () => {
  assert.equal(LOG_N, 17)
  const full = seal(ORDER, PASSPHRASE, counting())
  assert.equal(full.log_n, 17)
  assert.deepEqual(open(full, PASSPHRASE), ORDER)
})

test('one text is one passphrase, and another is none', () => {
  const composed = seal(ORDER, 'caf\u00e9 caf\u00e9 caf\u00e9', counting(), QUICK)
  assert.deepEqual(open(composed, 'cafe\u0301 cafe\u0301 cafe\u0301'), ORDER)
  for (const wrong of ['', PASSPHRASE + ' ', PASSPHRASE.toUpperCase(), PASSPHRASE.slice(1)]) {
    assert.throws(() => open(sealed, wrong), (error) => error instanceof SealedError && error.message.includes('not the passphrase'))
  }
  for (const short of ['', '12345678901', '\u{1f600}'.repeat(11)]) assert.throws(() => seal(ORDER, short, counting(), QUICK), /at least 12/)
})

test('no byte can be changed', () => {
  const fails = (changed) => assert.throws(() => openWith(parse({ ...sealed, ...changed }), key), SealedError, JSON.stringify(changed))
  const bytes = fromBase64(sealed.sealed)
  for (let at = 0; at < bytes.length; at++) {
    const other = bytes.slice()
    other[at] ^= 1 << at % 8
    fails({ sealed: toBase64(other) })
  }
  for (const length of [0, 1, 16, 63, bytes.length - 1]) fails({ sealed: toBase64(bytes.subarray(0, length)) })
  fails({ sealed: toBase64(concat(bytes, Uint8Array.of(0))) })
  for (const name of ['genesis', 'job', 'buyer', 'dataset', 'test', 'kdf_salt', 'cipher_nonce']) {
    const was = fromHex(sealed[name])
    for (let at = 0; at < was.length; at++) {
      const other = was.slice()
      other[at] ^= 1
      fails({ [name]: toHex(other) })
    }
  }
  fails({ nonce: 6 })
  fails({ log_n: QUICK + 1 })
  // The salt and the cost decide the key as well.
  assert.notDeepEqual(deriveKey(PASSPHRASE, { ...sealed, log_n: QUICK + 1 }), key)
  assert.notDeepEqual(deriveKey(PASSPHRASE, { ...sealed, kdf_salt: repeat('00', 32) }), key)
})

test('base64 has one form', () => {
  for (const length of [0, 1, 2, 3, 4, 70_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7)
    assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'))
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes)
  }
  for (const other of ['AB==', 'AA', 'AA=', ' AAAA', 'AAA\n=', 'AA-_', '%%%%']) assert.throws(() => fromBase64(other), other)
})

test('a document that is none is refused', () => {
  const refused = (from, why) => assert.throws(() => parse(from), (error) => error instanceof SealedError && error.message.includes(why))
  for (const from of [null, 5, 'text', [], {}, OLD, { ...sealed, format: 'assay/order/3' }]) refused(from, 'no file of an order')
  for (const name of Object.keys(sealed)) {
    const { [name]: _, ...rest } = sealed
    refused(rest, name === 'kdf' || name === 'cipher' ? 'does not know' : 'no file of an order')
    for (const other of [null, [], {}, '', '0x', `${sealed[name]}0`]) {
      if (name === 'kdf' || name === 'cipher') refused({ ...sealed, [name]: other }, 'does not know')
      else if (name !== 'sealed' || typeof other !== 'string') refused({ ...sealed, [name]: other }, 'no file of an order')
    }
  }
  refused({ ...sealed, sealed: 'A'.repeat((8 << 20) + 4) }, 'no file of an order')
  for (const nonce of [-1, 1.5, 2 ** 53, '5']) refused({ ...sealed, nonce }, 'no file of an order')
  // Neither a gibibyte of memory nor a key that is guessed at once.
  for (const log_n of [0, 13, 19, 40]) refused({ ...sealed, log_n }, 'does not know')
})

test('what was kept before anything was encrypted is still read', () => {
  assert.deepEqual(parseOld(OLD), ORDER)
  assert.equal(parseOld(sealed), null)
  for (const other of [null, 5, 'text', {}]) assert.equal(parseOld(other), null)
  for (const name of Object.keys(ORDER)) assert.throws(() => parseOld({ ...OLD, [name]: 'x' }), SealedError, name)
})

test('a passphrase that is made is long, and of letters that are told apart', () => {
  const made = suggest((bytes) => crypto.getRandomValues(bytes))
  assert.match(made, /^([a-km-np-z2-9]{4}-){4}[a-km-np-z2-9]{4}$/)
  const all = suggest((bytes) => (bytes.forEach((_, i) => (bytes[i] = i)), bytes)) + suggest((bytes) => (bytes.forEach((_, i) => (bytes[i] = 20 + i)), bytes))
  assert.equal(new Set(all.replaceAll('-', '')).size, 32)
})
