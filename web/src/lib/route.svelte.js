/** Where the page is: the part of the address behind `#`, so that a node needs to serve one document only. */

/** @returns {{ parts: string[], query: URLSearchParams }} */
function read() {
  const [path, query = ''] = location.hash.slice(1).split('?')
  return { parts: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) }
}

let current = $state.raw(read())
addEventListener('hashchange', () => (current = read()))

export const route = {
  get page() {
    return current.parts[0] ?? 'market'
  },
  /** What the page is about. */
  get name() {
    return current.parts[1] ?? ''
  },
  get query() {
    return current.query
  },
}

/** Keeps what a list is narrowed down by in the address, without a step in the history. @param {Record<string, string>} query */
export function keepQuery(query) {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value))
  const base = location.hash.split('?')[0] || '#/market'
  history.replaceState(null, '', given.size ? `${base}?${given}` : base)
}
