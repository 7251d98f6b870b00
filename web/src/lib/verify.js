/** Who verifies a receipt: this browser, if the program that serves the page carries the verifier; else the node. */
import { getText, post, Problem } from './api.js'

/** Whether this browser can. Asked once. @type {Promise<boolean> | undefined} */
let can
export const canVerify = () =>
  (can ??= fetch('/verifier.wasm', { method: 'HEAD' }).then(({ status }) => status === 200 && 'WebAssembly' in window, () => false))

/**
 * Verifies in this browser. Where that fails, nothing was verified: nobody else is asked instead.
 * @param {{ receipt: string, genesis: string, proofs: boolean }} asked @returns {Promise<any>}
 */
function here(asked) {
  const worker = new Worker(new URL('../verifier/worker.js', import.meta.url), { type: 'module' })
  const answer = new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => reject(new Problem(0, 'verifier-failed', why))
    worker.onerror = (event) => fail(event.message || 'The verifier did not start.')
    worker.onmessage = ({ data: { isGood, document } }) =>
      isGood ? resolve(document) : reject(new Problem(document.status, document.code, document.detail))
    worker.postMessage(asked)
  })
  return answer.finally(() => worker.terminate())
}

/**
 * Verifies a receipt, and with `proofs` the proof of the score again. `genesis` is the one that the person trusts; without it,
 * the node's. @param {string} receipt @param {{ proofs: boolean, genesis?: string }} how
 */
export async function verify(receipt, { proofs, genesis }) {
  if (await canVerify()) return here({ receipt, genesis: genesis ?? (await getText('/v1/genesis')), proofs })
  return post(`/v1/receipts/verify${proofs ? '?proofs=true' : ''}`, receipt)
}
