/** A network is ordered, proven and decrypted through the page. `ASSAY`, `CHROMIUM`, `SHOTS`, `PAGE`: as in `sale.mjs`. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buyer, open, say } from './browser.mjs'
import { begin, list, program, run, test } from './node.mjs'

const PASSPHRASE = 'correct horse, battery staple'
const folder = mkdtempSync(join(tmpdir(), 'assay-page-'))
let view
const node = await begin(folder, buyer.address)
try {
  const owner = list(folder, node.url, ['--allow', 'network', '--limit-weights', '200'])
  view = await open(node.url, /\/transactions\/\d+$|\/v1\/(jobs|datasets)\/0x/)
  const { page, faults, signed, shoot, fits, connect } = view
  await page.goto(node.url)
  await page.getByRole('link', { name: 'Wine' }).waitFor()

  // With keys alone: past the navigation, to a wallet, to a data set, to the wizard.
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim())
  const tabTo = async (name) => {
    for (let steps = 0; (await focused()) !== name; steps++) {
      assert.ok(steps < 60, `no way to ${name}, only to ${await focused()}`)
      await page.keyboard.press('Tab')
    }
  }
  const press = async (name) => {
    await tabTo(name)
    await page.keyboard.press('Enter')
  }
  await press('Connect wallet')
  await tabTo('Test wallet')
  await page.keyboard.press('Escape')
  assert.equal(await focused(), 'Connect wallet')
  await press('Connect wallet')
  await press('Test wallet')
  await page.waitForFunction(() => document.activeElement.textContent.includes('…'))
  await page.reload()
  await page.getByRole('link', { name: 'Wine' }).waitFor()
  await press('Skip to the content')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
  await press('Wine')
  // A new page is read from its beginning.
  await page.getByRole('heading', { name: 'What the next buyers pay' }).waitFor()
  await page.waitForFunction(() => document.activeElement.id === 'main')
  await press('Buy a proven model')
  const kind = page.getByLabel('Kind')
  await kind.waitFor()
  await connect()
  say('found by keys alone')
  assert.deepEqual(await kind.locator('option').allInnerTexts(), [
    'Logistic regression', 'Linear support vector machine', 'Network of dense layers', 'Network over small images',
  ])
  await page.getByText('42 weights, of at most 200').waitFor()
  await kind.selectOption('mlp')
  await page.getByText('It has 1091 weights; the owner trains at most 200.').waitFor()
  await page.getByLabel('Sizes of the hidden layers').fill('8')
  await page.getByText('139 weights, of at most 200').waitFor()
  await page.getByLabel('Seed').fill('2')
  await page.getByLabel('CSV file').setInputFiles(test)
  await page.getByText('36 rows').first().waitFor()
  await page.getByLabel('Blocks for the owner to train').fill('900')
  await page.getByLabel('Passphrase, at least').fill(PASSPHRASE)
  await page.getByLabel('The same again').fill(PASSPHRASE)
  await page.getByLabel('I have read the deadlines').check()
  await shoot('buy-network')
  await fits()
  // A browser without room keeps nothing: the person has to say that the file is there, and nothing is signed before.
  await page.evaluate(() => (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }))
  const orders = () => page.getByRole('button', { name: 'Sign and order' }).click()
  await Promise.all([page.waitForEvent('download'), orders()])
  const said = page.getByLabel('I have the file')
  await said.waitFor()
  // What is changed then is another order, with a file of its own.
  await page.getByLabel('Share of rows').fill('89')
  await said.waitFor({ state: 'detached' })
  const [file] = await Promise.all([page.waitForEvent('download'), orders()])
  await page.getByText('is all there is').waitFor()
  assert.deepEqual(signed, [])
  await shoot('unkept')
  await page.getByLabel(`I have the file ${file.suggestedFilename()}`).check()
  await orders()
  await page.waitForURL(/#\/job\/0x/)
  await page.getByText('at least 33 of 36').waitFor()
  await page.getByText('network, dense 8, loss cross-entropy', { exact: false }).first().waitFor()
  say('ordered, and kept by the person alone')
  owner('committed')
  await page.getByRole('button', { name: 'Show the test set' }).click()
  await page.getByText('Test set shown, after the model was fixed').waitFor()
  owner('proved a pass')
  owner('revealed the key')
  say('proven and sold')
  await page.getByRole('button', { name: 'Decrypt the model' }).click()
  await page.getByText('it opens the commitment that was scored: a network').waitFor()
  const [model] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the model' }).click()])
  await model.saveAs(join(folder, 'model.assay'))
  assert.equal(run(folder, ['model', 'inspect', 'model.assay']).kind, 'network')
  // It answers as was proven: at least 33 of 36 rows.
  const answers = execFileSync(program, ['predict', '--model', 'model.assay', '--data', test], { cwd: folder, encoding: 'utf8' }).trim().split('\n')
  const labels = readFileSync(test, 'utf8').trim().split('\n').map((line) => line.split(',').at(-1))
  const right = labels.filter((label, at) => at && label === answers[at]).length
  assert.ok(33 <= right, `${right} rows`)
  assert.deepEqual(faults, [])
  say(`decrypted in the page; the file is a network that answers ${right} rows rightly`)
} catch (error) {
  await view?.tell()
  throw error
} finally {
  await view?.browser.close()
  await node.end()
  rmSync(folder, { recursive: true, force: true })
}
