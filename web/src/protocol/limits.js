/** What an owner lets its rows be used for: `crates/types/src/listing.rs`, said before anything is signed. */
import { cost } from './network.js'

/** Greatest depth of any tree, and most units of work of any training. */
const [DEPTH_MAX, WORK_MAX] = [64, 1n << 44n]

/**
 * Weights and units of work of an algorithm on a listing's rows; `null` for what has none. Refuses a network that is none.
 * @param {import('./algorithm.js').Algorithm} algorithm @param {{ rows: number, features: number, classes: number }} size
 */
export function size(algorithm, { rows, features, classes }) {
  if (algorithm.kind === 'tree') return { weights: null, work: null }
  if (algorithm.kind === 'network') {
    const { weights, work } = cost(algorithm, features, classes)
    return { weights, work: work * BigInt(rows) }
  }
  const passes = (algorithm.tree.maxDepth ?? DEPTH_MAX) + Math.floor(Math.log2(Math.max(rows, 1))) + 1
  return { weights: null, work: [algorithm.trees, rows, features, passes].map(BigInt).reduce((a, b) => a * b) }
}

/**
 * Why a listing does not take an algorithm; empty if it does.
 * @param {import('./algorithm.js').Algorithm} algorithm
 * @param {{ rows: number, features: string[], classes: string[], limits: any }} listing as `/v1/datasets/…` has it
 */
export function refusal(algorithm, { rows, features, classes, limits }) {
  const offered = limits.algorithms.find((/** @type {any} */ one) => one.name === algorithm.kind)
  if (!offered) return 'The owner does not offer it.'
  if (algorithm.kind !== 'network') {
    const { maxDepth, minSamplesLeaf, maxLeafNodes } = algorithm.tree
    const implied = 2 ** (maxDepth ?? DEPTH_MAX)
    if (limits.depth_max < (maxDepth ?? DEPTH_MAX)) return `The owner grows trees down to level ${limits.depth_max}.`
    if (minSamplesLeaf < limits.min_samples_leaf) return `The owner grows leaves of at least ${limits.min_samples_leaf} rows.`
    if (limits.leaves_max < Math.min(maxLeafNodes ?? Infinity, implied)) return `The owner grows at most ${limits.leaves_max} leaves: ask for fewer, or for a lower tree.`
  }
  let needed
  try {
    needed = size(algorithm, { rows, features: features.length, classes: classes.length })
  } catch (error) {
    return /** @type {Error} */ (error).message
  }
  if (algorithm.kind === 'forest' && offered.trees_max < algorithm.trees) return `The owner grows at most ${offered.trees_max} trees.`
  if (needed.weights !== null && offered.weights_max < needed.weights) return `It has ${needed.weights} weights; the owner trains at most ${offered.weights_max}.`
  if (needed.work !== null && (BigInt(offered.work_max) < needed.work || WORK_MAX < needed.work)) {
    return 'It takes more work to train than the owner does: ask for fewer trees, passes or weights.'
  }
  return ''
}
