/** What the node answers. */

/** Why the node did not do what it was asked; `code` is stable. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {string} detail */
  constructor(status, code, detail) {
    super(detail)
    this.status = status
    this.code = code
  }
}

/** @param {string} path @param {RequestInit} [init] */
async function ask(path, init) {
  let response
  try {
    response = await fetch(path, init)
  } catch {
    throw new Problem(0, 'unreachable', 'The node cannot be reached. Is it running?')
  }
  if (response.ok) return response
  const problem = await response.json().catch(() => ({}))
  throw new Problem(response.status, problem.code ?? 'unknown', problem.detail ?? response.statusText)
}

/** A document. @param {string} path @param {Record<string, unknown>} [query] */
export async function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '' && value !== false)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return (await ask(given.length ? `${path}?${search}` : path)).json()
}

/** The text of a document. @param {string} path */
export const getText = async (path) => (await ask(path)).text()

/** Bytes. @param {string} path */
export const getBytes = async (path) => new Uint8Array(await (await ask(path)).arrayBuffer())

/** Hands in a document. @param {string} path @param {unknown} body text, or what is written as JSON @param {Record<string, string>} [headers] */
export async function post(path, body, headers = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const init = { method: 'POST', body: text, headers: { 'Content-Type': 'application/json', ...headers } }
  return (await ask(path, init)).json()
}

/**
 * Follows the log, or a topic of it. The browser reconnects by itself and says which entry it saw last, so that
 * none is lost. Returns what ends it.
 * @param {string} topic @param {(entry: any) => void} tell @param {(isConnected: boolean) => void} [state]
 */
export function follow(topic, tell, state = () => {}) {
  const source = new EventSource(`/v1/events${topic ? `?topic=${topic}` : ''}`)
  source.addEventListener('entry', (event) => tell(JSON.parse(event.data)))
  source.addEventListener('open', () => state(true))
  source.addEventListener('error', () => state(false))
  return () => source.close()
}
