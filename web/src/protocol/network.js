/**
 * Networks that a job asks for: their layers as text (`conv:8x3,max:2,dense:64`, as the command line takes them), encoded, as
 * a wallet shows them, and what they cost. `crates/model/src/parameters/{layer,network,descent}.rs` say the same.
 */
import { concat, list, option, u16, u64, u8 } from '../codec/bytes.js'
import * as ratios from './ratio.js'

/**
 * @typedef {{ kind: 'dense', outputs: number }} Dense
 * @typedef {{ kind: 'conv', filters: number, side: number, stride: number, padding: number }} Convolution
 * @typedef {{ kind: 'max' | 'avg', side: number, stride: number }} Pool
 * @typedef {Dense | Convolution | Pool} Layer
 * @typedef {{ height: number, width: number, channels: number }} Image
 * @typedef {{
 *   epochs: number, batch: number, learningRate: string, schedule: 'constant' | 'falling', momentum: string,
 *   weightDecay: string, seed: number
 * }} Descent rates as decimals or fractions
 * @typedef {{
 *   kind: 'network', image: string | null, layers: string, loss: 'cross-entropy' | 'hinge', descent: Descent
 * }} Network without layers it is a linear model; `image` is HEIGHTxWIDTHxCHANNELS
 */

/** What is wrong with a network, for people. */
export class NetworkError extends Error {}

const [LAYERS_MAX, OUTPUTS_MAX, SIDE_MAX, CELLS_MAX] = [16, 4096, 16, 4096]
const [FAN_MAX, PLACES_MAX, WEIGHTS_MAX, TENSOR_MAX, TRACE_MAX] = [2 ** 16, 2 ** 12, 2 ** 22, 2 ** 22, 2 ** 24]
const [EPOCHS_MAX, BATCH_MAX] = [10_000, 1024]
const LOSSES = ['cross-entropy', 'hinge']
const SCHEDULES = ['constant', 'falling']

/** @param {unknown} holds @param {string} why @returns {asserts holds} */
function rule(holds, why) {
  if (!holds) throw new NetworkError(why)
}
const within = (/** @type {number} */ value, /** @type {number} */ max) => Number.isInteger(value) && 1 <= value && value <= max

/** Reads `conv:8x3`, `conv:8x3/2+0`, `max:2`, `avg:3/1` or `dense:32`. @param {string} text @returns {Layer} */
function layer(text) {
  const form = /^(?:dense:(\d{1,5})|conv:(\d{1,5})x(\d{1,3})(?:\/(\d{1,3}))?(?:\+(\d{1,3}))?|(max|avg):(\d{1,3})(?:\/(\d{1,3}))?)$/.exec(text)
  rule(form, `“${text}” is no layer: conv:FILTERSxSIDE, with /STRIDE and +PADDING if wanted, max:SIDE, avg:SIDE or dense:N`)
  const [outputs, filters, side, stride, padding] = form.slice(1, 6).map((part) => (part === undefined ? undefined : Number(part)))
  if (outputs !== undefined) return { kind: 'dense', outputs }
  if (filters !== undefined && side !== undefined) {
    return { kind: 'conv', filters, side, stride: stride ?? 1, padding: padding ?? Math.floor(side / 2) }
  }
  const window = Number(form[7])
  return { kind: /** @type {'max' | 'avg'} */ (form[6]), side: window, stride: Number(form[8] ?? window) }
}

/** @param {string} text */
export const layers = (text) => (text.trim() ? text.split(',').map((one) => layer(one.trim())) : [])

/** @param {string} text @returns {Image} */
export function image(text) {
  const form = /^(\d{1,5})x(\d{1,5})x(\d{1,5})$/.exec(text.trim())
  rule(form, 'An image is HEIGHTxWIDTHxCHANNELS, such as 8x8x1')
  const [height, width, channels] = form.slice(1).map(Number)
  return { height, width, channels }
}

const cells = (/** @type {Image} */ of) => of.height * of.width * of.channels

/** What a layer that multiplies costs for a row. @param {number} fan @param {Image} made @param {number} taps */
function linear(fan, made, taps) {
  rule(fan <= FAN_MAX && taps * made.channels <= FAN_MAX, 'An output reads at most 65536 cells, and as many read an input.')
  return { made, steps: fan * cells(made), weights: (fan + 1) * made.channels }
}

/** The windows of a layer that fit on an image. @param {Image} from @param {number} channels @param {number} side @param {number} stride @param {number} padding */
function slide(from, channels, side, stride, padding) {
  rule(within(side, SIDE_MAX) && within(stride, SIDE_MAX), 'The side and the stride of a window lie between 1 and 16.')
  const places = (/** @type {number} */ size) => {
    rule(side <= size + 2 * padding, 'A window is not larger than its image.')
    return Math.floor((size + 2 * padding - side) / stride) + 1
  }
  return { height: places(from.height), width: places(from.width), channels }
}

/** What a layer makes of an image, and what that costs. @param {Layer} one @param {Image} from */
function apply(one, from) {
  if (one.kind === 'dense') {
    rule(within(one.outputs, OUTPUTS_MAX), 'A dense layer has between 1 and 4096 outputs.')
    return linear(cells(from), { height: 1, width: 1, channels: one.outputs }, 1)
  }
  const taps = one.side * one.side
  if (one.kind === 'conv') {
    rule(within(one.filters, OUTPUTS_MAX), 'A convolution has between 1 and 4096 filters.')
    rule(one.padding < one.side, 'A padding is smaller than the side of its window.')
    const made = slide(from, one.filters, one.side, one.stride, one.padding)
    rule(made.height * made.width <= PLACES_MAX, 'A convolution has at most 4096 places.')
    return linear(taps * from.channels, made, taps)
  }
  const made = slide(from, from.channels, one.side, one.stride, 0)
  return { made, steps: taps * cells(made), weights: 0 }
}

/**
 * Weights of a network, and units of work for each row that it is trained on; refuses what is none.
 * @param {Network} network @param {number} features @param {number} classes
 */
export function cost(network, features, classes) {
  const all = layers(network.layers)
  rule(all.length <= LAYERS_MAX, 'A network has at most 16 layers before its last.')
  let at = network.image === null ? { height: 1, width: 1, channels: features } : image(network.image)
  rule(within(cells(at), CELLS_MAX), 'An image has between 1 and 4096 cells.')
  rule(cells(at) === features, `An image has as many cells as there are columns: ${features}.`)
  const isSpatial = all.map(({ kind }) => kind !== 'dense')
  rule(network.image !== null || !isSpatial.includes(true), 'Only an image has windows.')
  rule(!all.length || !['max', 'avg'].includes(all[0].kind), 'A pool stands behind a convolution or another pool.')
  rule(isSpatial.every((is, i) => !is || !i || isSpatial[i - 1]), 'Behind a dense layer stand only dense ones.')
  let [weights, steps, trace] = [0, 0, cells(at)]
  for (const one of [...all, /** @type {Dense} */ ({ kind: 'dense', outputs: classes })]) {
    const next = apply(one, at)
    weights += next.weights
    steps += next.steps
    at = next.made
    trace += cells(at)
    rule(weights <= WEIGHTS_MAX, 'A network has at most 4194304 weights.')
    rule(cells(at) <= TENSOR_MAX && trace <= TRACE_MAX, 'A layer makes at most 2^22 numbers, and all of them 2^24.')
  }
  const { epochs, batch } = network.descent
  descent(network.descent)
  return { weights, work: BigInt(epochs) * BigInt(3 * steps + 4 * Math.ceil(weights / batch)) }
}

/** Rates of a descent, in range. @param {Descent} of */
function descent(of) {
  rule(within(of.epochs, EPOCHS_MAX), 'Passes lie between 1 and 10000.')
  rule(within(of.batch, BATCH_MAX), 'A batch has between 1 and 1024 rows.')
  const read = (/** @type {string} */ name, /** @type {string} */ value) => {
    const found = ratios.ratio(value)
    rule(found, `${name}: a decimal or a fraction is needed, such as 0.05 or 1/20.`)
    return found
  }
  const [rate, momentum, decay] = [
    read('Learning rate', of.learningRate), read('Momentum', of.momentum), read('Weight decay', of.weightDecay),
  ]
  rule(0n < rate[0] && rate[0] <= rate[1], 'A learning rate is above 0 and at most 1.')
  rule(momentum[0] < momentum[1], 'Momentum is below 1.')
  rule(decay[0] <= decay[1], 'Weight decay is at most 1.')
  return { rate, momentum, decay }
}

/** @param {Layer} one */
function encodeLayer(one) {
  if (one.kind === 'dense') return concat(u8(0), u16(one.outputs))
  if (one.kind === 'conv') return concat(u8(1), u16(one.filters), u8(one.side), u8(one.stride), u8(one.padding))
  return concat(u8(one.kind === 'max' ? 2 : 3), u8(one.side), u8(one.stride))
}

/** @param {Network} network */
export function encode(network) {
  const { rate, momentum, decay } = descent(network.descent)
  const { epochs, batch, schedule, seed } = network.descent
  const shape = network.image === null ? null : image(network.image)
  return concat(
    option(shape, (of) => concat(u16(of.height), u16(of.width), u16(of.channels))),
    list(layers(network.layers), encodeLayer),
    u8(LOSSES.indexOf(network.loss)),
    concat(u16(epochs), u16(batch), ratios.encode(rate), u8(SCHEDULES.indexOf(schedule))),
    concat(ratios.encode(momentum), ratios.encode(decay), u64(seed)),
  )
}

/** @param {Layer} one */
function showLayer(one) {
  if (one.kind === 'dense') return `dense ${one.outputs}`
  if (one.kind === 'conv') return `convolution ${one.filters}x${one.side}x${one.side} stride ${one.stride} padding ${one.padding}`
  return `${one.kind === 'max' ? 'max' : 'average'} ${one.side}x${one.side} stride ${one.stride}`
}

/** @param {Network} network */
export function show(network) {
  const { rate, momentum, decay } = descent(network.descent)
  const { epochs, batch, schedule, seed } = network.descent
  const shape = network.image === null ? [] : [image(network.image)].map((of) => `image ${of.height}x${of.width}x${of.channels}`)
  const rates = `learning_rate ${ratios.show(rate)} (${schedule}), momentum ${ratios.show(momentum)}, weight_decay ${ratios.show(decay)}`
  return ['network', ...shape, ...layers(network.layers).map(showLayer), `loss ${network.loss}`, `epochs ${epochs}`, `batch ${batch}`, rates, `seed ${seed}`].join(', ')
}
