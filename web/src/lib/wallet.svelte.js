/** Wallets of the browser: found by EIP-6963, asked by EIP-1193. The page never sees a key. */

/**
 * @typedef {{ request: (asked: { method: string, params?: unknown }) => Promise<any>, on?: Function, removeListener?: Function }} Provider
 * @typedef {{ info: { uuid: string, name: string, icon: string, rdns: string }, provider: Provider }} Found
 */

let wallets = $state.raw(/** @type {Found[]} */ ([]))
let used = $state.raw(/** @type {Found | null} */ (null))
let account = $state('')

addEventListener('eip6963:announceProvider', (event) => {
  const { info, provider } = /** @type {CustomEvent<Found>} */ (event).detail ?? {}
  const isNew = info && provider && wallets.every((other) => other.info.uuid !== info.uuid)
  if (isNew && wallets.length < 20) wallets = [...wallets, { info, provider }]
})
dispatchEvent(new Event('eip6963:requestProvider'))

/** The wallet went elsewhere, or was locked. @param {string[]} accounts */
const moved = (accounts) => (account = accounts[0]?.toLowerCase() ?? '')

export const wallet = {
  /** All wallets that have announced themselves. */
  get all() {
    return wallets
  },
  /** The connected account; empty if there is none. */
  get account() {
    return account
  },
  get name() {
    return used?.info.name ?? ''
  },

  /** @param {Found} one */
  async connect(one) {
    const accounts = await one.provider.request({ method: 'eth_requestAccounts' })
    used?.provider.removeListener?.('accountsChanged', moved)
    used = one
    moved(accounts)
    one.provider.on?.('accountsChanged', moved)
  },

  disconnect() {
    used?.provider.removeListener?.('accountsChanged', moved)
    used = null
    account = ''
  },

  /** Has typed data signed. The wallet shows it to the person. @param {object} typedData */
  async sign(typedData) {
    if (!used || !account) throw new Error('no wallet is connected')
    const params = [account, JSON.stringify(typedData)]
    return /** @type {`0x${string}`} */ (await used.provider.request({ method: 'eth_signTypedData_v4', params }))
  },
}
