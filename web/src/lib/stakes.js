/** What validators have at stake, and how their seats stand. */
import { get } from './api.js'

/** Most pages of stakes that are asked for. Each costs its owner the least stake. */
const PAGES_MAX = 16

/** All stakes, the largest first; `isWhole` says whether there were no more. */
export async function stakes() {
  const all = []
  let after
  for (let page = 0; page < PAGES_MAX; page++) {
    const { items, next } = await get('/v1/stakes', { limit: 256, after })
    all.push(...items)
    after = next
    if (!next) break
  }
  all.sort((a, b) => Number(BigInt(b.bonded) - BigInt(a.bonded)) || (a.owner < b.owner ? -1 : 1))
  return { items: all, isWhole: !after }
}

/** What an account has at stake; `null` if it has nothing. Stakes are listed by account: it follows the one before. @param {string} account */
export async function stakeOf(account) {
  const name = account.toLowerCase()
  if (!/^0x[0-9a-f]{40}$/.test(name)) return null
  const before = BigInt(name) - 1n
  const after = before < 0n ? undefined : `0x${before.toString(16).padStart(40, '0')}`
  const { items } = await get('/v1/stakes', { limit: 1, after })
  return items[0]?.owner === name ? items[0] : null
}

/**
 * How an account's seat stands in words; `has` says whether it has one now. @param {any} order as `/v1/status` has it
 * @param {string} owner
 */
export function seat(order, owner) {
  const has = order.seated.includes(owner)
  const follows = order.seated_next.includes(owner)
  if (order.epoch_ends === null) return { has, text: has ? 'has a seat, for good' : 'has no seat' }
  if (has) return { has, text: follows ? 'has a seat' : 'has a seat, none in the next epoch' }
  return { has, text: follows ? 'has a seat from the next epoch on' : 'has no seat' }
}

/** The accounts whose votes made the last block final. @param {any} order */
export const signers = (order) => order.signers.map((/** @type {number} */ at) => order.seated[at])

/**
 * The epoch of the last block, with its own last one: `null` if the set never changes. When it is that, those who were elected
 * take their seats with the next block. @param {any} order @param {{ epoch_blocks: number } | undefined} rules
 */
export function office(order, rules) {
  const last = rules?.epoch_blocks ? (order.signed_in + 1) * rules.epoch_blocks - 1 : null
  const count = order.seated.length
  return { epoch: order.signed_in, last, count, quorum: count - Math.floor((count - 1) / 3) }
}

/** Changes of validators before number `end`, the last first. @param {number} end @param {number} count how many are shown */
export async function handovers(end, count) {
  const first = Math.max(0, end - count)
  if (first === end) return []
  const { handovers } = await get('/v1/handovers', { first })
  return handovers.filter((/** @type {any} */ one) => one.number < end).reverse()
}
