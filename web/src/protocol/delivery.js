/** What hides a delivered model: hashes and the key stream of `crates/statements/src/delivery`. */
import { HALF, ORDER, compress, decode, encode, tag } from './poseidon2.js'

/** The hash under which a buyer's secret is announced. @param {number[]} secret @param {Uint8Array} job */
export const secretHash = (secret, job) => compress(secret, tag('assay/delivery/secret/1', job))

/** The hash under which a seller's key is announced. @param {number[]} key */
export const keyHash = (key) => compress(key, tag('assay/delivery/key/1', new Uint8Array()))

/**
 * Takes the key stream off a ciphertext. The last block is the salt of the model's commitment.
 * @param {Uint8Array} ciphertext @param {number[]} key revealed by the seller @param {number[]} secret the buyer's
 * @param {Uint8Array} job
 */
export function open(ciphertext, key, secret, job) {
  if (!ciphertext.length || ciphertext.length % (4 * HALF)) throw new RangeError('a ciphertext is made of blocks')
  const stream = compress(compress(secret, tag('assay/delivery/cipher/1', job)), key)
  const blocks = []
  for (let at = 0; at < ciphertext.length; at += 4 * HALF) {
    const mask = compress(stream, [at / (4 * HALF), 0, 0, 0, 0, 0, 0, 0])
    const sealed = decode(ciphertext.subarray(at, at + 4 * HALF))
    blocks.push(sealed.map((element, lane) => (element + ORDER - mask[lane]) % ORDER))
  }
  const salt = blocks.pop() ?? []
  return { blocks, salt: encode(salt) }
}
