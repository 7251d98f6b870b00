/**
 * A whole sale through the page: a node and an owner from the command line, a buyer with a browser and a wallet.
 * `ASSAY` is the program, `CHROMIUM` the browser, `SHOTS` a folder for pictures, if wanted.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { privateKeyToAccount } from 'viem/accounts'
import { begin, run } from './node.mjs'

const data = resolve(import.meta.dirname, '../../data/wine')
const shots = process.env.SHOTS
// Everybody's test key: the first account of the mnemonic "test test … junk".
const buyer = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')
const folder = mkdtempSync(join(tmpdir(), 'assay-page-'))
const started = Date.now()
const say = (text) => console.log(`${((Date.now() - started) / 1000).toFixed(1)} s  ${text}`)

/** A wallet that announces itself and signs whatever it is shown. Keys stay outside of the page. */
function injected(address) {
  const provider = {
    on() {},
    removeListener() {},
    async request({ method, params }) {
      if (method === 'eth_requestAccounts') return [address]
      if (method === 'eth_signTypedData_v4') return window.signOutside(params[1])
      throw Object.assign(new Error(`no ${method}`), { code: 4200 })
    },
  }
  const info = { uuid: '6f2c1a52-8d0e-4a3c-9d9a-000000000001', name: 'Test wallet', icon: 'data:image/svg+xml,<svg/>', rdns: 'test.wallet' }
  const announce = () => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }))
  addEventListener('eip6963:requestProvider', announce)
  announce()
}

let browser, page
const faults = []
const node = await begin(folder, buyer.address)
try {
  say(`node at ${node.url}`)
  writeFileSync(join(folder, 'card.json'), JSON.stringify({
    pretty_name: 'Wine', description: 'Chemical analyses of wines of one region, from three cultivars.',
    tags: ['chemistry', 'wine'], task_categories: ['tabular-classification'], source_datasets: 'Aeberhard, Forina',
  }))
  const windows = ['--open-window', '900', '--prove-window', '900', '--reveal-window', '900']
  run(folder, ['dataset', 'publish', '--node', node.url, '--wallet', 'owner', '--data', join(data, 'train.csv'), '--target', 'cultivar',
    '--card', 'card.json', '--curve', 'linear:700:50', '--evaluation-fee', '10', '--limit-depth', '4', '--limit-samples-leaf', '3', ...windows])
  const owner = (does) => {
    const told = run(folder, ['job', 'next', '--node', node.url, '--wallet', 'owner'])
    assert.equal(told.did, does)
    say(`the owner ${does}`)
  }

  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  const context = await browser.newContext({ acceptDownloads: true, colorScheme: 'light', locale: 'en-GB' })
  page = await context.newPage()
  page.setDefaultTimeout(30_000)
  // Refusals of the policy, faults of scripts: everything that is told to the console counts.
  page.on('pageerror', (error) => faults.push(String(error)))
  // A transaction is asked for until it is in a block, and a forged receipt is refused: browsers tell of both.
  const expected = /\/transactions\/\d+$|\/receipts\/verify|\/v1\/(jobs|datasets)\/0x/
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.location().url)) faults.push(message.text())
  })
  page.on('request', (request) => {
    const { origin } = new URL(request.url())
    if (origin !== node.url && !/^(data|blob):/.test(request.url())) faults.push(`a request to ${origin}`)
  })
  const signed = []
  await page.exposeFunction('signOutside', (text) => {
    const typed = JSON.parse(text)
    signed.push(typed.primaryType)
    return buyer.signTypedData(typed)
  })
  await page.addInitScript(injected, buyer.address)
  const shoot = async (name) => {
    if (!shots) return
    for (const [look, width, scheme] of [['light', 1280, 'light'], ['dark', 1280, 'dark'], ['phone', 390, 'light']]) {
      await page.setViewportSize({ width, height: 844 })
      await page.emulateMedia({ colorScheme: scheme })
      await page.screenshot({ path: join(shots, `${name}-${look}.png`), fullPage: true })
    }
    await page.setViewportSize({ width: 1280, height: 844 })
    await page.emulateMedia({ colorScheme: 'light' })
  }
  /** Nothing on a page is wider than the screen of a phone. */
  const fits = async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(width <= 390, `${await page.title()} is ${width} px wide`)
    await page.setViewportSize({ width: 1280, height: 844 })
  }

  const go = (name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()

  await page.goto(node.url)
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByRole('button', { name: 'Test wallet' }).click()
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
  await page.getByLabel('CSV file').setInputFiles(join(data, 'test.csv'))
  await page.getByText('36 rows').first().waitFor()
  await page.getByLabel('Rows in a leaf, at least').fill('3')
  await page.getByLabel('Rows to split, at least').fill('6')
  await page.getByLabel('Blocks for the owner to train').fill('900')
  await page.getByLabel('I have read the deadlines').check()
  await page.getByText('At least 33 of 36 rows').waitFor()
  await shoot('buy')
  await fits()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Sign and order' }).click()])
  await page.waitForURL(/#\/job\/0x/)
  await page.getByText("The owner's turn.", { exact: true }).waitFor()
  say('ordered')
  const order = join(folder, 'order.json')
  await file.saveAs(order)

  owner('committed')
  // The page hears of it by itself.
  await page.getByText("The buyer's turn.", { exact: true }).waitFor()
  // Another browser has the file only.
  await page.evaluate(() => localStorage.clear())
  await page.reload()
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByRole('button', { name: 'Test wallet' }).click()
  await page.getByLabel('File of the order').setInputFiles(order)
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
  say('decrypted in the page; the file is a model')

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
  await page.getByText('Settled').waitFor()
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
  // What the page itself had to say about it.
  console.error(faults, await page?.locator('[role=alert], .notice').allInnerTexts().catch(() => []))
  if (shots) await page?.screenshot({ path: join(shots, 'failure.png'), fullPage: true })
  throw error
} finally {
  await browser?.close()
  await node.end()
  rmSync(folder, { recursive: true, force: true })
}
