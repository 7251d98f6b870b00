/** The chain, as the node tells it: asked every two seconds while the page is looked at. */
import { get } from './api.js'

export const chain = $state({ status: /** @type {any} */ (null), genesis: /** @type {any} */ (null), isLost: false })

// Values of their own, so that what depends on them is not done anew each time the node is asked.
const entries = $derived(chain.status?.log_entries)
const height = $derived(chain.status?.height)

/** What changes when something happens. */
export const seen = {
  /** Entries of the log. */
  get entries() {
    return entries
  },
  /** The last block. */
  get height() {
    return height
  },
}

async function refresh() {
  try {
    chain.status = await get('/v1/status')
    chain.genesis ??= await get('/v1/genesis')
    chain.isLost = false
  } catch {
    chain.isLost = true
  }
}

/** Begins to ask. Returns what ends it. */
export function watch() {
  const ask = () => document.visibilityState === 'visible' && refresh()
  ask()
  const timer = setInterval(ask, 2000)
  document.addEventListener('visibilitychange', ask)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', ask)
  }
}

/** How long it is until a block, by the pace of the blocks so far. @param {number} height */
export function until(height) {
  const blocks = height - (chain.status?.height ?? height)
  if (blocks < 0) return 'over'
  return blocks === 0 ? 'this block is the last' : `${blocks} block${blocks === 1 ? '' : 's'} left`
}
