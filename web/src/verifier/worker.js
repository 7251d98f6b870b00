/** Verifies receipts beside the page, which goes on meanwhile. One message, one answer. */
import { getBytes, Problem } from '../lib/api.js'
import { verify } from './machine.js'

/** @param {{ receipt: string, genesis: string, proofs: boolean }} asked */
async function answer({ receipt, genesis, proofs }) {
  const module = await WebAssembly.compile(await getBytes('/verifier.wasm'))
  const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text)
  return verify(module, { receipt: bytes(receipt), genesis: bytes(genesis), blob: proofs ? fetched : undefined })
}

/** A blob, as a node that verifies would have it: without the rows it says less, without the proof nothing. @param {string} name @param {boolean} isNeeded */
async function fetched(name, isNeeded) {
  try {
    return await getBytes(`/v1/blobs/${name}`)
  } catch (error) {
    if (!isNeeded && error instanceof Problem && [404, 410].includes(error.status)) return null
    throw error
  }
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(await answer(data))
  } catch (error) {
    const { status, code } = error instanceof Problem ? error : { status: 0, code: 'verifier-failed' }
    self.postMessage({ isGood: false, document: { status, code, detail: String(error instanceof Error ? error.message : error) } })
  }
}
