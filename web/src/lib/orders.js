/**
 * Orders of this browser: what a buyer must keep until the model is there. Without it the test set cannot be shown, nor the
 * model decrypted. It lies encrypted in this browser's storage and in a file that the person is given before anything is
 * signed; what was opened with its passphrase stays in memory until the page is left.
 */
import { LOG_N, SealedError, open, parse, parseOld, seal, testOf } from '../protocol/sealed.js'

/**
 * @typedef {import('../protocol/sealed.js').Order} Order
 * @typedef {import('../protocol/sealed.js').Sealed} Sealed
 */
const PREFIX = 'assay.order.'

/** One job may have been ordered in several attempts, of which the ledger took one: that with its commitment to the test set. */
const place = (/** @type {string} */ job, /** @type {string} */ test) => `${PREFIX}${job}.${test.slice(2, 18)}`

/** @type {Map<string, Order>} */
const opened = new Map()

/** The name of an order's file. @param {Sealed} sealed */
export const fileName = ({ job, test }) => `order-${job.slice(2, 10)}-${test.slice(2, 8)}.json`

/** Lets the page show what it says before it computes for a second. */
const painted = () => new Promise((resolve) => setTimeout(resolve, 50))

/**
 * Encrypts an order, and opens it again from its text with the passphrase as it was typed the second time: what comes out of
 * here opens.
 * @param {Order} order @param {string} passphrase @param {string} repeated @param {number} [logN] for tests: smaller is quicker and weaker
 * @returns {Promise<Sealed>}
 */
export async function protect(order, passphrase, repeated, logN = LOG_N) {
  await painted()
  const sealed = seal(order, passphrase, (bytes) => crypto.getRandomValues(bytes), logN)
  await painted()
  const again = open(parse(JSON.parse(JSON.stringify(sealed))), repeated)
  const isSame = Object.keys(order).every((name) => order[/** @type {keyof Order} */ (name)] === again[/** @type {keyof Order} */ (name)])
  if (!isSame) throw new SealedError('What was encrypted does not come back. Nothing was signed.')
  opened.set(place(order.job, sealed.test), order)
  return sealed
}

/** Keeps it in this browser; `false` if it did not. @param {Sealed} sealed */
export function keep(sealed) {
  const text = JSON.stringify(sealed)
  try {
    localStorage.setItem(place(sealed.job, sealed.test), text)
    return localStorage.getItem(place(sealed.job, sealed.test)) === text
  } catch {
    return false
  }
}

/** What a storage that is off, or something else under our name, counts for. @template T @param {() => T} look */
function orNull(look) {
  try {
    return look()
  } catch {
    return null
  }
}

/** @param {string} at */
const stored = (at) => orNull(() => JSON.parse(localStorage.getItem(at) ?? 'null'))

/**
 * What this browser has of a job: its secrets if they are open, or the document that holds them. `test` is the ledger's
 * commitment to the test set.
 * @param {string} job @param {string} test @returns {{ order: Order | null, sealed: Sealed | null, isOld: boolean }}
 */
export function kept(job, test) {
  const sealed = orNull(() => parse(stored(place(job, test))))
  const old = orNull(() => parseOld(stored(PREFIX + job)))
  const isOld = !sealed && !!old && testOf(old) === test
  const isMeant = sealed?.job === job && sealed.test === test
  return { order: opened.get(place(job, test)) ?? (isOld ? old : null), sealed: isMeant ? sealed : null, isOld }
}

/** Opens it for as long as the page is there. @param {Sealed} sealed @param {string} passphrase */
export async function unlock(sealed, passphrase) {
  await painted()
  const order = open(sealed, passphrase)
  opened.set(place(order.job, sealed.test), order)
}

/**
 * Reads the file of an order. One of before they were encrypted is open by that, and is not kept until it is encrypted.
 * @param {string} text @param {string} job @param {string} test @returns {Sealed | null} what is to be unlocked
 */
export function read(text, job, test) {
  const from = orNull(() => JSON.parse(text))
  const old = parseOld(from)
  const sealed = old ? null : parse(from)
  const found = sealed ?? { .../** @type {Order} */ (old), test: testOf(/** @type {Order} */ (old)) }
  if (found.job !== job) throw new SealedError('This is the file of another order.')
  if (found.test !== test) throw new SealedError('This is the file of another attempt at this order. Choose the one that was saved with the attempt that you signed.')
  if (old) opened.set(place(job, test), old)
  return sealed
}

/** Orders that lie in this browser as they did before they were encrypted. @returns {Order[]} */
export function old() {
  const names = orNull(() => Object.keys(localStorage)) ?? []
  const all = names.filter((name) => /^assay\.order\.0x[0-9a-f]{64}$/.test(name)).map((name) => orNull(() => parseOld(stored(name))))
  return all.filter((order) => order !== null)
}

/** Encrypts orders that lie open, one after the other; each is taken away once its successor is there and opens. @param {string} passphrase @param {string} repeated @param {number} [logN] */
export async function migrate(passphrase, repeated, logN = LOG_N) {
  for (const order of old()) {
    if (!keep(await protect(order, passphrase, repeated, logN))) throw new SealedError('This browser has no room for it. Nothing was changed.')
    localStorage.removeItem(PREFIX + order.job)
  }
}
