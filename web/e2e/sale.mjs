/**
 * A whole sale through the page: a node and an owner from the command line, a buyer with a browser and a wallet.
 * `ASSAY` is the program; `CHROMIUM`, `SHOTS` and `PAGE` are those of `browser.mjs`.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buyer, open, say } from './browser.mjs'
import { open as unseal } from '../src/protocol/sealed.js'
import { begin, list, run, test } from './node.mjs'

const PASSPHRASE = 'correct horse, battery staple'
const folder = mkdtempSync(join(tmpdir(), 'assay-page-'))
let view
const node = await begin(folder, buyer.address)
try {
  say(`node at ${node.url}`)
  const owner = list(folder, node.url, ['--limit-depth', '4', '--limit-samples-leaf', '3'])
  // A transaction is asked for until it is in a block, and a forged receipt is refused: browsers tell of both.
  view = await open(node.url, /\/transactions\/\d+$|\/receipts\/verify|\/v1\/(jobs|datasets)\/0x/)
  const { page, faults, signed, wallet, shoot, fits, go, connect } = view
  await page.goto(node.url)
  await connect()
  await page.getByRole('link', { name: 'Wine' }).waitFor()
  await page.getByRole('searchbox').fill('no such thing')
  await page.getByText('Nothing here').waitFor()
  await page.getByRole('searchbox').fill('chem')
  await shoot('market')
  await fits()
  await page.getByRole('link', { name: 'Wine' }).click()
  await page.getByRole('heading', { name: 'What the next buyers pay' }).waitFor()
  await page.locator('.chart canvas').first().waitFor()
  await shoot('dataset')
  await fits()

  await page.getByRole('link', { name: 'Buy a proven model' }).click()
  await page.getByLabel('CSV file').setInputFiles(test)
  await page.getByText('36 rows').first().waitFor()
  await page.getByLabel('Rows in a leaf, at least').fill('3')
  await page.getByLabel('Rows to split, at least').fill('6')
  await page.getByLabel('Blocks for the owner to train').fill('900')
  await page.getByLabel('I have read the deadlines').check()
  await page.getByText('At least 33 of 36 rows').waitFor()
  await shoot('buy')
  await fits()
  const fields = { first: page.getByLabel('Passphrase, at least'), second: page.getByLabel('The same again') }
  await fields.first.fill('too short')
  await page.getByText('It is too short.').waitFor()
  await fields.first.fill(PASSPHRASE)
  await fields.second.fill('correct horse, battery stable')
  await page.getByText('The two differ.').waitFor()
  const orders = () => page.getByRole('button', { name: 'Sign and order' }).click()
  await orders()
  await page.getByText('The two passphrases differ.').waitFor()
  await fields.second.fill(PASSPHRASE)
  // Whoever refuses to sign has a file for nothing, and is told so by the page when it is the wrong one.
  wallet.refuses = true
  const [refused] = await Promise.all([page.waitForEvent('download'), orders()])
  await page.getByText('You have refused to sign').waitFor()
  await shoot('order')
  wallet.refuses = false
  const [file] = await Promise.all([page.waitForEvent('download'), orders()])
  await page.waitForURL(/#\/job\/0x/)
  await page.getByText("The owner's turn.", { exact: true }).waitFor()
  say('ordered')
  const order = join(folder, 'order.json')
  await file.saveAs(order)
  assert.equal(readFileSync(order, 'utf8'), await page.evaluate((name) => Object.values(localStorage).find((text) => text.includes(name)), JSON.parse(readFileSync(order)).cipher_nonce))
  const secrets = unseal(JSON.parse(readFileSync(order)), PASSPHRASE)
  /** Nothing that this browser keeps says what belongs to the order. */
  const hides = async () => {
    const stored = await page.evaluate(() => JSON.stringify(localStorage))
    for (const name of ['salt', 'secret', 'table']) assert.ok(!stored.includes(secrets[name].slice(2)), name)
  }
  await hides()

  owner('committed')
  // The page hears of it by itself.
  await page.getByText("The buyer's turn.", { exact: true }).waitFor()
  // Another browser has the file only.
  await page.evaluate(() => localStorage.clear())
  await page.reload()
  await connect()
  await refused.saveAs(join(folder, 'refused.json'))
  await page.getByLabel('File of the order').setInputFiles(join(folder, 'refused.json'))
  await page.getByText('This is the file of another attempt').waitFor()
  await page.getByLabel('File of the order').setInputFiles(order)
  const unlock = async (passphrase) => {
    await page.getByLabel('Passphrase of this order').fill(passphrase)
    await page.getByRole('button', { name: 'Unlock' }).click()
  }
  await unlock('not the passphrase')
  await page.getByText('This is not the passphrase of this order').waitFor()
  await shoot('locked')
  await fits()
  await unlock(PASSPHRASE)
  await page.getByRole('button', { name: 'Show the test set' }).click()
  await page.getByText('Test set shown, after the model was fixed').waitFor()
  say('the test set is shown')
  owner('proved a pass')
  await page.getByText('Score and delivery proven', { exact: true }).waitFor()
  await shoot('job')
  await fits()
  owner('revealed the key')
  await page.getByRole('button', { name: 'Decrypt the model' }).click()
  await page.getByText('it opens the commitment that was scored').waitFor()
  await shoot('settled')
  const [model] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the model' }).click()])
  await model.saveAs(join(folder, 'model.assay'))
  const inspected = run(folder, ['model', 'inspect', 'model.assay'])
  assert.equal(inspected.target ?? inspected.schema?.target, 'cultivar')
  assert.deepEqual(signed, ['OpenJob', 'OpenTest'])
  await hides()
  say('decrypted in the page; the file is a model')

  // What an older page has left is read, and encrypted as soon as there is a passphrase.
  await page.evaluate(([name, text]) => (localStorage.clear(), localStorage.setItem(name, text)), [
    `assay.order.${secrets.job}`, JSON.stringify({ format: 'assay/order/1', ...secrets }),
  ])
  await page.reload()
  await connect()
  await page.getByText('1 order of this browser lies here unencrypted').waitFor()
  await page.getByRole('button', { name: 'Decrypt the model' }).waitFor()
  await go('Jobs')
  await page.getByText('1 order of this browser lies here unencrypted').waitFor()
  await shoot('unencrypted')
  await fits()
  await fields.first.fill(PASSPHRASE + ' 2')
  await fields.second.fill(PASSPHRASE + ' 2')
  await page.getByRole('button', { name: 'Encrypt' }).click()
  await page.getByText('Encrypted, and opened again to be sure').waitFor()
  await hides()
  await page.goBack()
  await page.reload()
  await connect()
  await unlock(PASSPHRASE + ' 2')
  await page.getByRole('button', { name: 'Decrypt the model' }).click()
  await page.getByText('it opens the commitment that was scored').waitFor()
  say('an order of before is encrypted now, and opens')

  await page.getByRole('link', { name: 'Verify the receipt' }).click()
  await page.getByRole('heading', { name: 'The receipt holds' }).waitFor()
  await page.getByText('verified again').waitFor()
  // By whom, the program says that serves the page.
  const carries = (await fetch(`${node.url}/verifier.wasm`)).status === 200
  await page.getByText(carries ? 'in this browser' : 'by the node', { exact: true }).last().waitFor()
  if (carries) await page.getByLabel('Genesis (JSON)').setInputFiles(join(folder, 'genesis.json'))
  if (carries) await page.getByText('that of genesis.json').waitFor()
  await shoot('receipt')
  await fits()
  const hash = new URL(page.url()).hash
  const receipt = await (await fetch(`${node.url}/v1/jobs/${hash.split('job=')[1]}/receipt`)).text()
  writeFileSync(join(folder, 'forged.json'), receipt.replace('"price": "700"', '"price": "7"'))
  await page.getByLabel('Receipt (JSON)').setInputFiles(join(folder, 'forged.json'))
  await page.getByText('Not a valid receipt').waitFor()
  writeFileSync(join(folder, 'receipt.json'), receipt)
  run(folder, ['receipt', 'verify', 'receipt.json', '--genesis', 'genesis.json'])
  say(`receipt verified ${carries ? 'in the browser' : 'through the node'}, and offline; a forged one is refused`)

  await go('Explorer')
  await page.getByRole('heading', { name: 'Blocks' }).waitFor()
  // New blocks push nothing out but what is older than the first page.
  const newest = () => page.locator('tbody tr td a').first().innerText()
  const before = await newest()
  while ((await newest()) === before) await page.waitForTimeout(50)
  const atLeast = Math.min(25, Number(before.replace(/\D/g, '')))
  assert.ok(atLeast <= (await page.locator('tbody tr').count()))
  await shoot('explorer')
  await fits()
  await page.getByLabel("A block's number").fill(hash.split('job=')[1])
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByText('Key revealed, owner paid').waitFor()
  await go('Jobs')
  await page.getByText('Settled').first().waitFor()
  await shoot('jobs')
  await fits()

  await page.goto(`${node.url}/#/account/${buyer.address.toLowerCase()}`)
  await page.getByLabel('To', { exact: true }).fill('0x' + '22'.repeat(20))
  await page.getByLabel('Units').fill('5')
  await page.getByRole('button', { name: 'Transfer', exact: true }).click()
  await page.getByText('Executed:').waitFor()
  const paid = await (await fetch(`${node.url}/v1/accounts/0x${'22'.repeat(20)}`)).json()
  assert.equal(paid.balance, '5')
  await shoot('account')
  await fits()
  assert.deepEqual(faults, [])
  say('transferred; no fault, no refusal of the policy, no request to elsewhere')
} catch (error) {
  await view?.tell()
  throw error
} finally {
  await view?.browser.close()
  await node.end()
  rmSync(folder, { recursive: true, force: true })
}
