/** The vectors that Rust and Python made. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { compress } from '../src/protocol/poseidon2.js'

const vectors = new URL('../../vectors/', import.meta.url)
const read = (/** @type {string} */ name) => readFileSync(new URL(name, vectors), 'utf8')

test('poseidon2 compresses as the engine does', () => {
  const lines = read('poseidon2-koalabear-16-compress-v1.txt').split('\n').filter((line) => !line.startsWith('#'))
  const expected = lines.join(' ').trim().split(/\s+/).map(Number)
  assert.deepEqual(compress([0, 0, 0, 0, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6, 7, 8]), expected)
})
