/**
 * Validators come and go, and the page shows them as they are: a node of one validator, a second one that puts money at
 * stake, gets a seat, and takes its stake back. `ASSAY`, `CHROMIUM`, `SHOTS`, `PAGE`: as in `browser.mjs` and `node.mjs`.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open, say } from './browser.mjs'
import { begin, found, run, serve } from './node.mjs'

const folder = mkdtempSync(join(tmpdir(), 'assay-page-'))
const nodes = []
const EPOCH = 40
let view
try {
  const [founder, joiner] = await found(folder, ['--stake', '2000', '--stake-min', '1000', '--unbonding-blocks', '96', '--epoch-blocks', `${EPOCH}`, '--seats', '4'])
  nodes.push(await serve(folder, 'v0'))
  const [{ url }] = nodes
  view = await open(url)
  const { page, faults, shoot, fits, go } = view
  const status = async () => (await fetch(`${url}/v1/status`)).json()
  const act = (...args) => run(folder, ['stake', ...args, '--node', url, '--wallet', 'v1/validator'], false)
  const card = (owner) => page.locator('li.card', { has: page.locator(`a[href="#/account/${owner}"]`) })

  await page.goto(url)
  await go('Explorer')
  await page.getByText('1 validator now').waitFor()
  await page.getByRole('link', { name: 'Who they are' }).click()
  await page.getByRole('heading', { name: 'Validators', level: 1 }).waitFor()
  await card(founder).getByText('has a seat', { exact: true }).waitFor()
  await card(founder).getByText('signed the last block').waitFor()
  await page.getByText('As it stands, all stay').waitFor()
  await page.getByText('None yet: the validators are those of the genesis').waitFor()
  await page.getByText('no two votes that contradict each other').waitFor()
  say('one validator')

  // Whoever puts enough at stake is told when the seat comes, and the page hears of it by itself.
  act('bond', '--amount', '1500', '--validator', 'v1/validator.json')
  await card(joiner).getByText('has a seat from the next epoch on').waitFor()
  await page.getByText('gets a seat', { exact: false }).first().waitFor()
  await page.getByText(/Its seats (are|have been) given away/).waitFor()
  await shoot('validators-joining')
  // Of two validators both have to sign.
  nodes.push(await serve(folder, 'v1'))
  await card(joiner).getByText('has a seat', { exact: true }).waitFor()
  await page.getByText('2 of 2').waitFor()
  const { seated_since: since, changes } = (await status()).order
  assert.deepEqual([since % EPOCH, changes], [0, 1])
  await page.getByText(`From epoch ${since / EPOCH} on`).waitFor()
  say('a second one has a seat, and signs')

  // Early in an epoch, and of two validators one leaves: the chain stands still where it is looked at.
  for (let left = 0; left < EPOCH / 2; ) {
    const { height, order } = await status()
    left = (order.signed_in + 1) * EPOCH - height
    await page.waitForTimeout(50)
  }
  act('unbond', '--amount', '1500')
  await nodes.pop().end()
  await card(joiner).getByText('has a seat, none in the next epoch').waitFor()
  await card(joiner).getByText('1\u202f500 units, free from block').waitFor()
  await shoot('validators')
  await fits()
  await card(joiner).getByRole('link').first().click()
  await page.getByRole('heading', { name: 'At stake' }).waitFor()
  await page.getByText('1\u202f500 units, free from block').waitFor()
  await page.getByText('Stake taken back, still locked').waitFor()
  await shoot('account-staked')
  await fits()
  // An account behind no validator has no such section.
  await page.goto(`${url}/#/account/0x${'22'.repeat(20)}`)
  await page.getByText('Nothing yet.').waitFor()
  assert.equal(await page.getByRole('heading', { name: 'At stake' }).count(), 0)
  // The block in which the seats were given away says so.
  await page.goto(`${url}/#/block/${since - 1}`)
  await page.getByText('Others get the seats of the next epoch').waitFor()
  await page.getByRole('link', { name: 'validators', exact: true }).click()
  await page.getByText('From epoch').first().waitFor()
  say('it takes its stake back, and the account says so')

  // No validator votes twice here: a node that has found one is played.
  const stakes = (await (await fetch(`${url}/v1/stakes`)).json()).items
  const guilty = { ...stakes.find(({ owner }) => owner === joiner), epoch: 1, view: 7, kind: 'nullified and finalized' }
  const unknown = { vote_key: `0x${'97'.repeat(48)}`, epoch: 0, view: 3, kind: 'two notarized', canonical: '0x00' }
  await page.route('**/v1/evidence', (route) => route.fulfill({ json: { items: [guilty, unknown], next: null } }))
  await page.route('**/v1/stakes?*', (route) => route.fulfill({ json: { items: stakes.map((one) => (one.owner === joiner ? { ...one, convicted: 3 } : one)), next: null } }))
  await page.reload()
  await page.getByText('nullified and finalized, in view 7 of epoch 1. Convicted in block 3.').waitFor()
  await page.getByText('two notarized, in view 3 of epoch 0.').waitFor()
  await card(joiner).getByText('never again a validator').waitFor()
  await shoot('validators-convicted')
  await fits()
  assert.deepEqual(faults, [])

  // On a chain with one signer the page says that there are none.
  await view.browser.close()
  const plain = mkdtempSync(join(tmpdir(), 'assay-page-'))
  try {
    nodes.push(await begin(plain, `0x${'33'.repeat(20)}`))
    view = await open(nodes.at(-1).url)
    await view.page.goto(`${nodes.at(-1).url}/#/validators`)
    await view.page.getByText('One signer orders the blocks').waitFor()
    await view.fits()
    assert.deepEqual(view.faults, [])
  } finally {
    await nodes.pop().end()
    rmSync(plain, { recursive: true, force: true })
  }
  say('no fault, no refusal of the policy, no request to elsewhere')
} catch (error) {
  await view?.tell()
  throw error
} finally {
  await view?.browser.close()
  for (const node of nodes) await node.end()
  rmSync(folder, { recursive: true, force: true })
}
