/**
 * Messages sealed to a party: HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * ChaCha20-Poly1305, as `crates/wallet/src/envelope.rs` opens them.
 */
import { chacha20poly1305 } from '@noble/ciphers/chacha'
import { x25519 } from '@noble/curves/ed25519'
import { expand, extract } from '@noble/hashes/hkdf'
import { sha256 } from '@noble/hashes/sha2'
import { concat, text } from '../codec/bytes.js'

const ascii = (/** @type {string} */ value) => new TextEncoder().encode(value)
/** Big-endian, as the RFC writes numbers. */
const i2osp = (/** @type {number} */ value) => Uint8Array.of(value >> 8, value & 0xff)

const KEM = concat(ascii('KEM'), i2osp(0x0020))
const SUITE = concat(ascii('HPKE'), i2osp(0x0020), i2osp(0x0001), i2osp(0x0003))
const NOTHING = new Uint8Array()

/** @param {Uint8Array} suite @param {Uint8Array} salt @param {string} label @param {Uint8Array} key */
const labeledExtract = (suite, salt, label, key) =>
  extract(sha256, concat(ascii('HPKE-v1'), suite, ascii(label), key), salt)

/** @param {Uint8Array} suite @param {Uint8Array} key @param {string} label @param {Uint8Array} info @param {number} length */
const labeledExpand = (suite, key, label, info, length) =>
  expand(sha256, key, concat(i2osp(length), ascii('HPKE-v1'), suite, ascii(label), info), length)

/** What a message is for. Messages for different purposes never open as each other. */
export const BUYER_SECRET = 'assay/envelope/buyer-secret/1'
export const TEST_SET = 'assay/envelope/test-set/1'

/**
 * Seals `message` to the holder of the X25519 key `recipient`, for a purpose and a job.
 * @param {Uint8Array} message @param {Uint8Array} recipient @param {string} purpose
 * @param {Uint8Array} job @param {Uint8Array} seed 32 uniform bytes, used once
 */
export function seal(message, recipient, purpose, job, seed) {
  const own = labeledExpand(KEM, labeledExtract(KEM, NOTHING, 'dkp_prk', seed), 'sk', NOTHING, 32)
  const encapsulated = x25519.getPublicKey(own)
  const shared = x25519.getSharedSecret(own, recipient)
  const secret = labeledExpand(
    KEM, labeledExtract(KEM, NOTHING, 'eae_prk', shared), 'shared_secret', concat(encapsulated, recipient), 32,
  )
  const info = concat(text(purpose), job)
  const context = concat(
    Uint8Array.of(0),
    labeledExtract(SUITE, NOTHING, 'psk_id_hash', NOTHING),
    labeledExtract(SUITE, NOTHING, 'info_hash', info),
  )
  const prk = labeledExtract(SUITE, secret, 'secret', NOTHING)
  const key = labeledExpand(SUITE, prk, 'key', context, 32)
  const nonce = labeledExpand(SUITE, prk, 'base_nonce', context, 12)
  return concat(encapsulated, chacha20poly1305(key, nonce).encrypt(message))
}
