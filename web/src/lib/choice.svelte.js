/** What a buyer chooses to have trained, as the wizard's fields have it. Defaults are those of the command line. */

/** Kinds as people know them: the algorithm behind each as a listing offers it, and its name. */
export const KINDS = /** @type {const} */ ({
  tree: ['tree', 'Decision tree'],
  forest: ['forest', 'Random forest'],
  extra: ['forest', 'Extremely randomised trees'],
  logistic: ['network', 'Logistic regression'],
  svm: ['network', 'Linear support vector machine'],
  mlp: ['network', 'Network of dense layers'],
  cnn: ['network', 'Network over small images'],
})

export class Choice {
  kind = $state(/** @type {keyof typeof KINDS} */ ('tree'))
  seed = $state(0)

  criterion = $state(/** @type {'gini' | 'entropy'} */ ('gini'))
  maxDepth = $state(4)
  minSamplesLeaf = $state(5)
  minSamplesSplit = $state(10)
  classWeight = $state(/** @type {'none' | 'balanced'} */ ('none'))
  /** Of a tree; trees of a forest look at few columns. */
  maxFeatures = $state(/** @type {'all' | 'sqrt' | 'log2'} */ ('all'))
  maxFeaturesOfForest = $state(/** @type {'all' | 'sqrt' | 'log2'} */ ('sqrt'))
  trees = $state(10)

  epochs = $state(30)
  batch = $state(32)
  learningRate = $state('0.05')
  schedule = $state(/** @type {'constant' | 'falling'} */ ('falling'))
  momentum = $state('0.9')
  weightDecay = $state('0.001')
  hidden = $state('64')
  image = $state('')
  layers = $state('conv:8x3,max:2,conv:16x3,max:2')

  /** Begins with what a listing offers. @param {any} listing as `/v1/datasets/…` has it */
  constructor({ limits, features }) {
    const offered = limits.algorithms.map((/** @type {any} */ one) => one.name)
    this.kinds = /** @type {(keyof typeof KINDS)[]} */ (Object.keys(KINDS)).filter((kind) => offered.includes(KINDS[kind][0]))
    this.kind = this.kinds[0] ?? 'tree'
    this.maxDepth = Math.min(4, limits.depth_max, Math.floor(Math.log2(limits.leaves_max)))
    this.minSamplesLeaf = Math.max(5, limits.min_samples_leaf)
    const side = Math.sqrt(features.length)
    if (Number.isInteger(side)) this.image = `${side}x${side}x1`
  }

  get isTree() {
    return ['tree', 'forest', 'extra'].includes(this.kind)
  }

  /** @returns {import('../protocol/algorithm.js').Algorithm} */
  get algorithm() {
    const { kind, seed, criterion, maxDepth, minSamplesSplit, minSamplesLeaf, classWeight } = this
    if (this.isTree) {
      const maxFeatures = kind === 'tree' ? this.maxFeatures : this.maxFeaturesOfForest
      const tree = { criterion, maxDepth, minSamplesSplit, minSamplesLeaf, maxFeatures, maxLeafNodes: null, classWeight, seed }
      if (kind === 'tree') return { kind, tree }
      const isRandom = kind === 'extra'
      return { kind: 'forest', tree, trees: this.trees, bootstrap: !isRandom, splitter: isRandom ? 'random' : 'best' }
    }
    const { epochs, batch, learningRate, schedule, momentum, weightDecay } = this
    const dense = this.hidden.split(',').map((one) => one.trim()).filter(Boolean).map((outputs) => `dense:${outputs}`)
    return {
      kind: 'network',
      image: kind === 'cnn' ? this.image : null,
      layers: kind === 'mlp' ? dense.join(',') : kind === 'cnn' ? this.layers : '',
      loss: kind === 'svm' ? 'hinge' : 'cross-entropy',
      descent: { epochs, batch, learningRate, schedule, momentum, weightDecay, seed },
    }
  }
}
