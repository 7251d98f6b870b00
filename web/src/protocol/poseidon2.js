/**
 * Poseidon2 over KoalaBear (p = 2^31 - 2^24 + 1), width 16: the hash and the cipher of `crates/statements`.
 *
 * Grassi, Khovratovich, Schofnegger, ePrint 2023/323. Constants are those of Plonky3 (Grain LFSR: alpha 3, n 31,
 * t 16, R_F 8, R_P 20); the vectors of the repository say whether they were copied well.
 */
import { digest as blake3 } from '../codec/digest.js'
import { concat, fromHex, u32, u8 } from '../codec/bytes.js'

/** The order of the field. */
export const ORDER = 0x7f000001
/** Lanes of a state, of a block, of an output. */
export const HALF = 8
const LANES = 16

/** @param {string} words */
const parse = (words) => words.trim().split(/\s+/).map((word) => parseInt(word, 16))

const FIRST = parse(`
7ee56a48 11367045 12e41941 7ebbc12b 1970b7d5 662b60e8 3e4990c6 679f91f5 350813bb 00874ad4 28a0081a 18fa5872 5f25b071 5e5d5998 5e6fd3e7 5b2e2660
6f1837bf 3fe6182b 1edd7ac5 57470d00 43d486d5 1982c70f 0ea53af9 61d6165b 51639c00 2dec352c 2950e531 2d2cb947 08256cef 1a0109f6 1f51faf3 5cef1c62
3d65e50e 33d91626 133d5a1e 0ff49b0d 38900cd1 2c22cc3f 28852bb2 06c65a02 7b2cf7bc 68016e1a 15e16bc0 5248149a 6dd212a0 18d6830a 5001be82 64dac34e
5902b287 426583a0 0c921632 3fe028a5 245f8e49 43bb297e 7873dbd9 3cc987df 286bb4ce 640a8dcd 512a8e36 03a4cf55 481837a2 03d6da84 73726ac7 760e7fdf`)
const MIDDLE = parse(`
54dfeb5d 7d40afd6 722cb316 106a4573 45a7ccdb 44061375 154077a5 45744faa 4eb5e5ee 3794e83f
47c7093c 5694903c 69cb6299 373df84c 46a0df58 46b8758a 3241ebcb 0b09d233 1af42357 1e66cec2`)
const LAST = parse(`
43e7dc24 259a5d61 27e85a3b 1b9133fa 343e5628 485cd4c2 16e269f5 165b60c6 25f683d9 124f81f9 174331f9 77344dc5 5a821dba 5fc4177f 54153bf5 5e3f1194
3bdbf191 088c84a3 68256c9b 3c90bbc6 6846166a 03f4238d 463335fb 5e3d3551 6e59ae6f 32d06cc0 596293f3 6c87edb2 08fc60b5 34bcca80 24f007f3 62731c6f
1e1db6c6 0ca409bb 585c1e78 56e94edc 16d22734 18e11467 7b2c3730 770075e4 35d1b18c 22be3db5 4fb1fbb7 477cb3ed 7d5311c6 5b62ae7d 559c5fa8 77f15048
3211570b 490fef6a 77ec311f 2247171b 4e0ac711 2edf69c9 3b5a8850 65809421 5619b4aa 362019a7 6bf9d4ed 5b413dff 617e181e 5e7ab57b 33ad7833 3466c7ca`)

/** The product of two elements. A double holds 2^53: the second factor is taken in halves. */
export function times(/** @type {number} */ a, /** @type {number} */ b) {
  const high = (a * (b >>> 16)) % ORDER
  return (high * 65536 + a * (b & 0xffff)) % ORDER
}

/** 1 / 2^log. @param {number} log */
function halved(log) {
  let value = 1
  for (let i = 0; i < log; i++) value = value % 2 ? (value + ORDER) / 2 : value / 2
  return value
}

const minus = (/** @type {number} */ value) => ORDER - value
/** The internal matrix is all ones plus this diagonal. */
const DIAGONAL = [
  minus(2), 1, 2, halved(1), 3, 4, minus(halved(1)), minus(3), minus(4), halved(8), halved(3), halved(24),
  minus(halved(8)), minus(halved(3)), minus(halved(4)), minus(halved(24)),
]

/** @param {number[]} state */
function external(state) {
  for (let at = 0; at < LANES; at += 4) {
    const [a, b, c, d] = state.slice(at, at + 4)
    const sum = a + b + c + d
    state[at] = (sum + a + 2 * b) % ORDER
    state[at + 1] = (sum + b + 2 * c) % ORDER
    state[at + 2] = (sum + c + 2 * d) % ORDER
    state[at + 3] = (sum + d + 2 * a) % ORDER
  }
  for (let lane = 0; lane < 4; lane++) {
    const sum = state[lane] + state[lane + 4] + state[lane + 8] + state[lane + 12]
    for (let at = lane; at < LANES; at += 4) state[at] = (state[at] + sum) % ORDER
  }
}

/** @param {number[]} state */
function internal(state) {
  const sum = state.reduce((a, b) => a + b, 0) % ORDER
  for (let lane = 0; lane < LANES; lane++) state[lane] = (times(state[lane], DIAGONAL[lane]) + sum) % ORDER
}

const cube = (/** @type {number} */ value) => times(times(value, value), value)

/** @param {number[]} state @param {number[]} constants */
function full(state, constants) {
  for (let round = 0; round < constants.length; round += LANES) {
    for (let lane = 0; lane < LANES; lane++) state[lane] = cube((state[lane] + constants[round + lane]) % ORDER)
    external(state)
  }
}

/**
 * The first half of the permutation of state ‖ block: eight elements of eight and eight.
 * @param {number[]} state @param {number[]} block
 */
export function compress(state, block) {
  const lanes = [...state, ...block]
  external(lanes)
  full(lanes, FIRST)
  for (const constant of MIDDLE) {
    lanes[0] = cube((lanes[0] + constant) % ORDER)
    internal(lanes)
  }
  full(lanes, LAST)
  return lanes.slice(0, HALF)
}

/** Eight elements that separate one use of the hash from another. @param {string} label @param {Uint8Array} bytes */
export function tag(label, bytes) {
  return [0, 1].flatMap((part) => {
    const words = new DataView(blake3(label, concat(u8(part), bytes)).buffer)
    return [0, 8, 16, 24].map((at) => Number(words.getBigUint64(at, true) % BigInt(ORDER)))
  })
}

/** The wire form of eight elements. @param {number[]} elements */
export const encode = (elements) => concat(...elements.map(u32))

/** Reads eight elements. @param {Uint8Array | string} value */
export function decode(value) {
  const bytes = typeof value === 'string' ? fromHex(value, 4 * HALF) : value
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const elements = Array.from({ length: bytes.length / 4 }, (_, i) => words.getUint32(4 * i, true))
  if (elements.some((element) => ORDER <= element)) throw new RangeError('not an element of the field')
  return elements
}

/** Draws eight uniform elements, by rejection. @param {(bytes: Uint8Array) => Uint8Array} random */
export function uniform(random) {
  return Array.from({ length: HALF }, () => {
    for (;;) {
      const drawn = new DataView(random(new Uint8Array(4)).buffer).getUint32(0, true) >>> 1
      if (drawn < ORDER) return drawn
    }
  })
}
