/** Algorithms as Rust encodes, shows and weighs them, and what a listing refuses. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { toHex } from '../src/codec/bytes.js'
import { encode, show } from '../src/protocol/algorithm.js'
import { refusal, size } from '../src/protocol/limits.js'
import { NetworkError, cost } from '../src/protocol/network.js'
import { ratio } from '../src/protocol/ratio.js'

const vectors = JSON.parse(readFileSync(new URL('../../vectors/page-algorithms-1.json', import.meta.url), 'utf8'))

test('the same bytes, the same words, the same weights and work', () => {
  assert.ok(vectors.length)
  for (const { asked, encoded, shown, features, weights, work } of vectors) {
    assert.equal(toHex(encode(asked)), encoded, shown)
    assert.equal(show(asked), shown)
    const needed = size(asked, { rows: 150, features, classes: 3 })
    assert.deepEqual([needed.weights, needed.work === null ? null : Number(needed.work)], [weights, work], shown)
  }
})

test('a ratio is exact, in lowest terms, and of 32 bits', () => {
  const same = [['0.05', 1n, 20n], ['1/20', 1n, 20n], ['5e-2', 1n, 20n], ['.05', 1n, 20n], ['0', 0n, 1n], ['0/7', 0n, 1n], ['2.', 2n, 1n], ['1e3', 1000n, 1n], [' 6/4 ', 3n, 2n], ['4294967295', 4294967295n, 1n]]
  for (const [text, num, den] of same) assert.deepEqual(ratio(text), [num, den], text)
  for (const text of ['', '.', 'e1', '-1', '+1', '1/0', '0/0', '1/', '/2', '1/2/3', '4294967296', '1e-10', '1e10', 'Infinity', '0x1', '1,5', '1e9999']) assert.equal(ratio(text), null, text)
})

const descent = { epochs: 30, batch: 32, learningRate: '0.05', schedule: 'falling', momentum: '0.9', weightDecay: '0.001', seed: 0 }
const network = (image, layers, more = {}) => ({ kind: 'network', image, layers, loss: 'cross-entropy', descent: { ...descent, ...more } })

test('what is no network is refused before anybody signs it', () => {
  const fails = (image, layers, why, more) =>
    assert.throws(() => cost(network(image, layers, more), 64, 10), (error) => error instanceof NetworkError && error.message.includes(why), layers)
  for (const text of ['conv', 'conv:8', 'conv:x3', 'conv:8x3/', 'conv:8x3+', 'max:', 'max:2+1', 'avg:-1', 'dense:2/1', 'dense:2+1', 'relu:1', 'max:2/1/1', 'dense:1,', ',']) {
    fails('8x8x1', text, 'is no layer')
  }
  for (const text of ['', '8', '8x8', '8x8x', '8x8x1x1', '-8x8x1']) fails(text, '', 'An image is')
  fails('8x8x2', '', 'as many cells')
  fails('0x8x1', '', 'between 1 and 4096 cells')
  fails(null, 'max:2', 'Only an image')
  fails('8x8x1', 'max:2', 'behind a convolution')
  fails('8x8x1', 'dense:8,conv:8x1', 'stand only dense')
  fails('8x8x1', 'conv:8x3+3', 'padding is smaller')
  fails('8x8x1', 'conv:8x9+0', 'not larger than its image')
  fails('8x8x1', 'conv:8x17', 'lie between 1 and 16')
  fails('8x8x1', 'conv:8x3/0', 'lie between 1 and 16')
  fails(null, 'dense:0', 'between 1 and 4096 outputs')
  fails(null, 'dense:5000', 'between 1 and 4096 outputs')
  fails('8x8x1', 'conv:0x3', 'between 1 and 4096 filters')
  fails('8x8x1', 'conv:4096x5', 'at most 65536 cells')
  fails(null, Array(17).fill('dense:1').join(','), 'at most 16 layers')
  fails(null, 'dense:4096,dense:4096', 'at most 4194304 weights')
  fails(null, '', 'Passes', { epochs: 0 })
  fails(null, '', 'batch', { batch: 1025 })
  fails(null, '', 'Learning rate', { learningRate: '1,5' })
  fails(null, '', 'above 0 and at most 1', { learningRate: '0' })
  fails(null, '', 'above 0 and at most 1', { learningRate: '3/2' })
  fails(null, '', 'below 1', { momentum: '1' })
  fails(null, '', 'at most 1', { weightDecay: '1.001' })
})

test('a listing says what it does not take', () => {
  const limits = {
    algorithms: [{ name: 'tree' }, { name: 'forest', trees_max: 20, work_max: 100_000 }, { name: 'network', weights_max: 1000, work_max: 10 ** 8 }],
    depth_max: 6, min_samples_leaf: 3, leaves_max: 20,
  }
  const listing = { rows: 142, features: Array(13).fill('x'), classes: ['a', 'b', 'c'], limits }
  const tree = { criterion: 'gini', maxDepth: 4, minSamplesSplit: 2, minSamplesLeaf: 3, maxFeatures: 'all', maxLeafNodes: null, classWeight: 'none', seed: 0 }
  const forest = { kind: 'forest', tree, trees: 4, bootstrap: true, splitter: 'best' }
  const refuses = (algorithm, why) => (why ? assert.ok(refusal(algorithm, listing).includes(why), refusal(algorithm, listing)) : assert.equal(refusal(algorithm, listing), ''))
  refuses({ kind: 'tree', tree }, '')
  refuses({ kind: 'tree', tree: { ...tree, maxDepth: 7 } }, 'down to level 6')
  refuses({ kind: 'tree', tree: { ...tree, maxDepth: null } }, 'down to level 6')
  refuses({ kind: 'tree', tree: { ...tree, minSamplesLeaf: 2 } }, 'at least 3 rows')
  refuses({ kind: 'tree', tree: { ...tree, maxDepth: 5 } }, 'at most 20 leaves')
  refuses({ kind: 'tree', tree: { ...tree, maxDepth: 5, maxLeafNodes: 20 } }, '')
  refuses(forest, '')
  refuses({ ...forest, trees: 21 }, 'at most 20 trees')
  refuses({ ...forest, trees: 5 }, 'more work')
  refuses(network(null, ''), '')
  refuses(network(null, 'dense:64'), '1091 weights')
  refuses(network(null, 'dense:8', { epochs: 10_000 }), 'more work')
  refuses(network(null, 'dense:x'), 'is no layer')
  assert.equal(refusal(network(null, ''), { ...listing, limits: { ...limits, algorithms: [{ name: 'tree' }] } }), 'The owner does not offer it.')
})
