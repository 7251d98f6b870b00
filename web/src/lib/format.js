/** How values are shown. */

/** Units, in groups of three digits. @param {string | number | bigint} value */
export const amount = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')

/** The ends of a long name. @param {string} name */
export const short = (name) => (name.length > 16 ? `${name.slice(0, 8)}…${name.slice(-6)}` : name)

/** @param {number} ms since 1970 */
export const time = (ms) =>
  new Date(ms).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** A share of a whole as a percentage. @param {string} fraction such as `9/10` */
export function percent(fraction) {
  const [num, den] = fraction.split('/').map(Number)
  return den ? `${Math.round((1000 * num) / den) / 10} %` : fraction
}

/** @param {number} count @param {string} one @param {string} [many] */
export const plural = (count, one, many = `${one}s`) => `${amount(count)} ${count === 1 ? one : many}`

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1)

/** What happened, for people. */
export const EVENTS = /** @type {Record<string, string>} */ ({
  Executed: 'Transaction executed',
  Transferred: 'Money transferred',
  Published: 'Data set listed',
  Updated: 'New version of a listing',
  Delisted: 'Taken off the market',
  Opened: 'Job opened, price and fee in escrow',
  Declined: 'Declined by the owner',
  Expired: 'Expired: the owner committed to no model',
  Committed: 'Owner trained and committed to a model',
  BuyerDefaulted: 'Buyer did not show the test set',
  TestOpened: 'Test set shown, after the model was fixed',
  Conceded: 'Owner gave up',
  Missed: 'Proven: the threshold is missed',
  Proven: 'Score and delivery proven',
  OwnerDefaulted: 'Owner did not reveal the key',
  Settled: 'Key revealed, owner paid',
  Bonded: 'Money put at stake',
  Unbonded: 'Stake taken back, still locked',
  Withdrawn: 'Stake that was free fetched',
  Convicted: 'Convicted of two votes that contradict each other',
  Seated: 'Others get the seats of the next epoch',
})

/** Hands bytes to the person as a file. @param {string} name @param {BlobPart} content @param {string} type */
export function download(name, content, type) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
