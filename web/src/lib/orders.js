/**
 * Orders of this browser: what a buyer must keep until the model is there. It lies in this browser's storage and in a
 * file that the person is given before anything is signed: without it the test set cannot be shown, nor the model
 * decrypted.
 */

/**
 * @typedef {{
 *   format: 'assay/order/1', genesis: string, job: string, buyer: string, dataset: string, nonce: number,
 *   salt: string, secret: string, table: string
 * }} Order salt of the test set's commitment, secret of the job, and the rows in canonical form; all hexadecimal
 */
const PREFIX = 'assay.order.'

/** @param {Order} order */
export function keep(order) {
  localStorage.setItem(PREFIX + order.job, JSON.stringify(order))
}

/** @param {string} job @returns {Order | null} */
export function kept(job) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + job) ?? 'null')
  } catch {
    return null
  }
}

/** Reads the file of an order. @param {string} text @param {string} job @returns {Order} */
export function read(text, job) {
  let order
  try {
    order = JSON.parse(text)
  } catch {
    throw new Error('This is no file of an order.')
  }
  const isOrder = order?.format === 'assay/order/1' && ['salt', 'secret', 'table'].every((name) => /^0x([0-9a-f]{2})+$/.test(order[name]))
  if (!isOrder) throw new Error('This is no file of an order.')
  if (order.job !== job) throw new Error('This is the file of another order.')
  return order
}

/** @param {Order} order */
export const fileName = (order) => `order-${order.job.slice(2, 10)}.json`
