/** What a job has trained: hyper-parameters under scikit-learn's names, encoded and as a wallet shows them. */
import { concat, option, u16, u32, u64, u8 } from '../codec/bytes.js'

/**
 * @typedef {{
 *   criterion: 'gini' | 'entropy', maxDepth: number | null, minSamplesSplit: number, minSamplesLeaf: number,
 *   maxLeafNodes: number | null, seed: number
 * }} Tree
 * @typedef {{ kind: 'tree', tree: Tree } | { kind: 'forest', tree: Tree, trees: number }} Algorithm
 */

const CRITERIA = ['gini', 'entropy']

/** The rest has scikit-learn's defaults: all features, no pruning, equal weights. @param {Tree} tree */
const encodeTree = (tree) =>
  concat(
    u8(CRITERIA.indexOf(tree.criterion)),
    option(tree.maxDepth, u8),
    u32(tree.minSamplesSplit),
    u32(tree.minSamplesLeaf),
    u8(0), // max_features: all
    option(tree.maxLeafNodes, u32),
    concat(u32(0), u32(1)), // min_impurity_decrease: 0/1
    concat(u32(0), u32(1)), // ccp_alpha: 0/1
    u8(0), // class_weight: equal
    u64(tree.seed),
  )

/** @param {Tree} tree */
const showTree = (tree) =>
  `decision tree, criterion ${tree.criterion}, max_depth ${tree.maxDepth ?? 'none'}` +
  `, min_samples_split ${tree.minSamplesSplit}, min_samples_leaf ${tree.minSamplesLeaf}` +
  `, max_features all, max_leaf_nodes ${tree.maxLeafNodes ?? 'none'}` +
  `, min_impurity_decrease 0/1, ccp_alpha 0/1, class_weight none, seed ${tree.seed}`

/** A forest has all features at each node here too, and a sample of the rows with repetition for each tree. */
export function encode(/** @type {Algorithm} */ algorithm) {
  if (algorithm.kind === 'tree') return concat(u8(0), encodeTree(algorithm.tree))
  return concat(u8(1), encodeTree(algorithm.tree), u16(algorithm.trees), u8(1), u8(0))
}

export function show(/** @type {Algorithm} */ algorithm) {
  if (algorithm.kind === 'tree') return showTree(algorithm.tree)
  return `forest, trees ${algorithm.trees}, bootstrap, best thresholds, each a ${showTree(algorithm.tree)}`
}
