import { blake3 } from '@noble/hashes/blake3'

/**
 * Blake3 under a label that says what was hashed; two labels never share a digest.
 * @param {string} label @param {Uint8Array} value
 */
export const digest = (label, value) => blake3(value, { context: label })
