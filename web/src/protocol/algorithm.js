/** What a job has trained: hyper-parameters under scikit-learn's names, encoded and as a wallet shows them. */
import { concat, option, u16, u32, u64, u8 } from '../codec/bytes.js'
import * as networks from './network.js'

/**
 * @typedef {{
 *   criterion: 'gini' | 'entropy', maxDepth: number | null, minSamplesSplit: number, minSamplesLeaf: number,
 *   maxFeatures: 'all' | 'sqrt' | 'log2', maxLeafNodes: number | null, classWeight: 'none' | 'balanced', seed: number
 * }} Tree
 * @typedef {{ kind: 'forest', tree: Tree, trees: number, bootstrap: boolean, splitter: 'best' | 'random' }} Forest the tree's
 *   seed is the forest's
 * @typedef {{ kind: 'tree', tree: Tree } | Forest | networks.Network} Algorithm
 */

const CRITERIA = ['gini', 'entropy']
const FEATURES = ['all', 'sqrt', 'log2']
const WEIGHTS = ['none', 'balanced']
const SPLITTERS = ['best', 'random']

/** The rest has scikit-learn's defaults: no pruning. @param {Tree} tree */
const encodeTree = (tree) =>
  concat(
    u8(CRITERIA.indexOf(tree.criterion)),
    option(tree.maxDepth, u8),
    u32(tree.minSamplesSplit),
    u32(tree.minSamplesLeaf),
    u8(FEATURES.indexOf(tree.maxFeatures)),
    option(tree.maxLeafNodes, u32),
    concat(u32(0), u32(1)), // min_impurity_decrease: 0/1
    concat(u32(0), u32(1)), // ccp_alpha: 0/1
    u8(WEIGHTS.indexOf(tree.classWeight)),
    u64(tree.seed),
  )

/** @param {Tree} tree */
const showTree = (tree) =>
  `decision tree, criterion ${tree.criterion}, max_depth ${tree.maxDepth ?? 'none'}` +
  `, min_samples_split ${tree.minSamplesSplit}, min_samples_leaf ${tree.minSamplesLeaf}` +
  `, max_features ${tree.maxFeatures}, max_leaf_nodes ${tree.maxLeafNodes ?? 'none'}` +
  `, min_impurity_decrease 0/1, ccp_alpha 0/1, class_weight ${tree.classWeight}, seed ${tree.seed}`

export function encode(/** @type {Algorithm} */ algorithm) {
  if (algorithm.kind === 'tree') return concat(u8(0), encodeTree(algorithm.tree))
  if (algorithm.kind === 'network') return concat(u8(2), networks.encode(algorithm))
  const { tree, trees, bootstrap, splitter } = algorithm
  return concat(u8(1), encodeTree(tree), u16(trees), u8(Number(bootstrap)), u8(SPLITTERS.indexOf(splitter)))
}

export function show(/** @type {Algorithm} */ algorithm) {
  if (algorithm.kind === 'tree') return showTree(algorithm.tree)
  if (algorithm.kind === 'network') return networks.show(algorithm)
  const { tree, trees, bootstrap, splitter } = algorithm
  return `forest, trees ${trees}, ${bootstrap ? 'bootstrap' : 'all rows'}, ${splitter} thresholds, each a ${showTree(tree)}`
}
