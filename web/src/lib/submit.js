/** Signing a transaction and seeing it into a block. */
import { recoverTypedDataAddress } from 'viem'
import { fromHex, toHex } from '../codec/bytes.js'
import { typedData } from '../protocol/transaction.js'
import { Problem, get, post } from './api.js'
import { wallet } from './wallet.svelte.js'

/** Blocks in which a transaction must get into one, or is given up. */
const VALID_BLOCKS = 100

/**
 * What every transaction begins with, as the chain stands now. `fee` is what the action costs.
 * @param {`0x${string}`} from @param {bigint} fee
 */
export async function head(from, fee) {
  const [status, account] = await Promise.all([get('/v1/status'), get(`/v1/accounts/${from}`)])
  const { chain, genesis, height } = status
  return { chain, genesis, from, nonce: account.nonce, validUntil: height + VALID_BLOCKS, maxFee: fee }
}

/**
 * Has the wallet sign an action, hands it in, and waits until a block has executed it. Under one key it is handed in
 * once, whatever the network does to the answer.
 * @param {Awaited<ReturnType<typeof head>>} of @param {import('../protocol/transaction.js').Action} action
 * @param {Uint8Array[]} blobs @param {(step: string) => void} tell
 */
export async function submit(of, action, blobs, tell) {
  const typed_data = typedData(of, action)
  tell('Waiting for the signature of your wallet …')
  const signature = recoverable(await wallet.sign(typed_data))
  const signer = await recoverTypedDataAddress({ ...typed_data, signature })
  if (signer.toLowerCase() !== of.from) throw new Error(`The wallet has signed as ${signer}, not as ${of.from}.`)
  tell('Handing it in …')
  const body = { typed_data, action: toHex(action.encoded), signature, blobs: blobs.map(toHex) }
  const handed = await post('/v1/transactions', body, { 'Idempotency-Key': toHex(crypto.getRandomValues(new Uint8Array(16))) })
  tell('Waiting for a block …')
  for (;;) {
    const { height } = await get('/v1/status')
    const done = await executed(of.from, of.nonce)
    if (done) {
      if (done.tx !== handed.tx) throw new Error(`Another transaction with number ${of.nonce} was executed.`)
      if (done.failure !== null) throw new Error(`It was executed, and failed under rule ${done.failure} of the ledger.`)
      return handed.tx
    }
    if (of.validUntil <= height) throw new Error('No block took it in time. Nothing has happened.')
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** Some wallets number the two points of a signature from 0, the ledger takes 27 and 28. @param {string} signature */
function recoverable(signature) {
  const bytes = fromHex(signature, 65)
  if (bytes[64] < 27) bytes[64] += 27
  return /** @type {`0x${string}`} */ (toHex(bytes))
}

/** What became of a transaction; `null` while it is in no block. @param {string} from @param {number} nonce */
async function executed(from, nonce) {
  try {
    return await get(`/v1/accounts/${from}/transactions/${nonce}`)
  } catch (error) {
    if (error instanceof Problem && error.code === 'not-found') return null
    throw error
  }
}

/** What went wrong, for people. A wallet says 4001 when the person has refused. @param {any} error */
export const explain = (error) => (error?.code === 4001 ? 'You have refused to sign. Nothing has happened.' : (error?.message ?? String(error)))
