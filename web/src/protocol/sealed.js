/**
 * What a buyer must keep of an order, encrypted under a passphrase: the salt of the test set's commitment, the secret
 * that opens the model, and the rows. `docs/design/0032-secrets-of-a-browser.md` says why it is made so.
 *
 * The key is scrypt's of the passphrase and a salt that is drawn for each document, the cipher XChaCha20-Poly1305. All
 * that is not encrypted is authenticated.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha'
import { scrypt } from '@noble/hashes/scrypt'
import { concat, fromHex, text, toHex, u64, u8 } from '../codec/bytes.js'
import { fromBase64, toBase64 } from '../codec/base64.js'
import { commitment, tableDigest } from './table.js'

/**
 * @typedef {{
 *   genesis: string, job: string, buyer: string, dataset: string, nonce: number, salt: string, secret: string, table: string
 * }} Order salt of the test set's commitment, secret of the job, and the rows in canonical form; names and these hexadecimal
 * @typedef {{
 *   format: 'assay/order/2', genesis: string, job: string, buyer: string, dataset: string, nonce: number, test: string,
 *   kdf: 'scrypt', log_n: number, kdf_salt: string, cipher: 'xchacha20-poly1305', cipher_nonce: string, sealed: string
 * }} Sealed `test` is the commitment to the test set, as the ledger has it; `sealed` is base64, the rest hexadecimal
 */

const FORMAT = 'assay/order/2'
const [KDF, CIPHER] = ['scrypt', 'xchacha20-poly1305']
/** scrypt with N = 2^17, r = 8, p = 1: 128 MiB for each guess. */
export const LOG_N = 17
/** What a document may ask a reader for: 256 MiB. Below the least it would protect nothing. */
const [LOG_N_MIN, LOG_N_MAX] = [14, 18]
/** Fewest characters of a passphrase. */
export const PASSPHRASE_MIN = 12
/** Longest document: a test set of 5 MiB in base64, and some. */
const CHARACTERS_MAX = 8 << 20

/** Why a document is none, or does not open. Its message says what to do. */
export class SealedError extends Error {}

/** The commitment to an order's test set. @param {{ salt: string, table: string }} order */
export const testOf = (order) => toHex(commitment(tableDigest(fromHex(order.table)), fromHex(order.salt, 32)))

/**
 * The key behind a passphrase. Takes a second or two, in which the page stands still. One text that is written in two ways (é as
 * one sign or as two) is one passphrase.
 * @param {string} passphrase @param {{ log_n: number, kdf_salt: string }} by
 */
export const deriveKey = (passphrase, by) =>
  scrypt(new TextEncoder().encode(passphrase.normalize('NFKC')), fromHex(by.kdf_salt, 32), { N: 2 ** by.log_n, r: 8, p: 1, dkLen: 32 })

/** Everything but the ciphertext, so that nothing of it can be changed. @param {Omit<Sealed, 'sealed'>} of */
const bound = (of) =>
  concat(
    text(of.format), fromHex(of.genesis, 32), fromHex(of.job, 32), fromHex(of.buyer, 20), fromHex(of.dataset, 32), u64(of.nonce),
    fromHex(of.test, 32), text(of.kdf), u8(of.log_n), fromHex(of.kdf_salt, 32), text(of.cipher),
  )

/**
 * Encrypts an order. Whoever relies on the result opens it first, with the passphrase typed anew.
 * @param {Order} order @param {string} passphrase @param {(bytes: Uint8Array) => Uint8Array} random fills bytes
 * @param {number} [logN] for tests: smaller is quicker and weaker
 * @returns {Sealed}
 */
export function seal(order, passphrase, random, logN = LOG_N) {
  if ([...passphrase].length < PASSPHRASE_MIN) throw new SealedError(`A passphrase has at least ${PASSPHRASE_MIN} characters.`)
  const { genesis, job, buyer, dataset, nonce } = order
  const head = /** @type {const} */ ({
    format: FORMAT, genesis, job, buyer, dataset, nonce, test: testOf(order),
    kdf: KDF, log_n: logN, kdf_salt: toHex(random(new Uint8Array(32))),
    cipher: CIPHER, cipher_nonce: toHex(random(new Uint8Array(24))),
  })
  const plain = concat(fromHex(order.salt, 32), fromHex(order.secret, 32), fromHex(order.table))
  const key = deriveKey(passphrase, head)
  return { ...head, sealed: toBase64(xchacha20poly1305(key, fromHex(head.cipher_nonce, 24), bound(head)).encrypt(plain)) }
}

/** Decrypts with a key. @param {Sealed} document @param {Uint8Array} key @returns {Order} */
export function openWith(document, key) {
  const { genesis, job, buyer, dataset, nonce, test } = document
  let plain
  try {
    plain = xchacha20poly1305(key, fromHex(document.cipher_nonce, 24), bound(document)).decrypt(fromBase64(document.sealed))
  } catch {
    throw new SealedError('This is not the passphrase of this order, or the file was changed. Nothing is lost: try again.')
  }
  const [salt, secret, table] = [plain.subarray(0, 32), plain.subarray(32, 64), plain.subarray(64)].map(toHex)
  const order = { genesis, job, buyer, dataset, nonce, salt, secret, table }
  if (plain.length < 64 || testOf(order) !== test) throw new SealedError('What was decrypted is not what the order is about.')
  return order
}

/** Decrypts. @param {Sealed} document @param {string} passphrase */
export const open = (document, passphrase) => openWith(document, deriveKey(passphrase, document))

const hex = (/** @type {number} */ bytes) => new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`)
const SHAPE = /** @type {Record<string, RegExp>} */ ({
  genesis: hex(32), job: hex(32), buyer: hex(20), dataset: hex(32), test: hex(32), kdf_salt: hex(32), cipher_nonce: hex(24),
})
const isNumber = (/** @type {unknown} */ value) => Number.isSafeInteger(value) && 0 <= Number(value)

/** Reads a document from elsewhere. @param {any} from @returns {Sealed} */
export function parse(from) {
  const isText = (/** @type {string} */ name, /** @type {RegExp} */ shape) => typeof from[name] === 'string' && shape.test(from[name])
  const isOne =
    from?.format === FORMAT && Object.entries(SHAPE).every(([name, shape]) => isText(name, shape)) && isNumber(from.nonce) &&
    isNumber(from.log_n) && typeof from.sealed === 'string' && from.sealed.length <= CHARACTERS_MAX
  if (!isOne) throw new SealedError('This is no file of an order.')
  if (from.kdf !== KDF || from.cipher !== CIPHER || from.log_n < LOG_N_MIN || LOG_N_MAX < from.log_n) {
    throw new SealedError('This file was encrypted in a way that this page does not know. A newer one may.')
  }
  return from
}

const OLD = 'assay/order/1'
const OLD_SHAPE = { ...SHAPE, salt: hex(32), secret: hex(32), table: /^0x([0-9a-f]{2})+$/ }

/** Reads what was kept before anything was encrypted; `null` if it is something else. @param {any} from @returns {Order | null} */
export function parseOld(from) {
  if (from?.format !== OLD) return null
  const names = /** @type {const} */ (['genesis', 'job', 'buyer', 'dataset', 'salt', 'secret', 'table'])
  const isOne = names.every((name) => typeof from[name] === 'string' && OLD_SHAPE[name].test(from[name])) && isNumber(from.nonce)
  if (!isOne) throw new SealedError('This is no file of an order.')
  const { genesis, job, buyer, dataset, nonce, salt, secret, table } = from
  return { genesis, job, buyer, dataset, nonce, salt, secret, table }
}

/** Draws a passphrase of a hundred bits, in letters and digits that are not taken for one another. @param {(bytes: Uint8Array) => Uint8Array} random */
export function suggest(random) {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  return Array.from(random(new Uint8Array(20)), (byte, at) => (at && at % 4 === 0 ? '-' : '') + alphabet[byte % 32]).join('')
}
