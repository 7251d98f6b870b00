/**
 * A browser with a wallet, and what counts as a fault of the page. `CHROMIUM` is the browser, `SHOTS` a folder for
 * pictures, if wanted. With `PAGE=dist` the files of `web/dist` are shown instead of those that the program carries.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { privateKeyToAccount } from 'viem/accounts'
import { audit, walk } from './audit.mjs'

// Everybody's test key: the first account of the mnemonic "test test … junk".
export const buyer = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')
const shots = process.env.SHOTS
const dist = resolve(import.meta.dirname, '../dist')
/** On a desk and on a small phone, in light and dark. */
const LOOKS = [['light', 1280, 'light'], ['dark', 1280, 'dark'], ['phone', 360, 'light'], ['phone-dark', 360, 'dark']]

const started = Date.now()
export const say = (text) => console.log(`${((Date.now() - started) / 1000).toFixed(1)} s  ${text}`)

/** A wallet that announces itself and signs whatever it is shown. Keys stay outside of the page. */
function injected(address) {
  const provider = {
    on() {},
    removeListener() {},
    async request({ method, params }) {
      if (method === 'eth_requestAccounts') return [address]
      if (method === 'eth_signTypedData_v4') {
        const signature = await window.signOutside(params[1])
        if (signature) return signature
        throw Object.assign(new Error('refused'), { code: 4001 })
      }
      throw Object.assign(new Error(`no ${method}`), { code: 4200 })
    },
  }
  const info = { uuid: '6f2c1a52-8d0e-4a3c-9d9a-000000000001', name: 'Test wallet', icon: 'data:image/svg+xml,<svg/>', rdns: 'test.wallet' }
  const announce = () => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }))
  addEventListener('eip6963:requestProvider', announce)
  announce()
}

/**
 * Opens the page of a node. `expected` matches the addresses of which a browser may report a failure.
 * @param {string} url @param {RegExp} [expected]
 */
export async function open(url, expected = /\/transactions\/\d+$/) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  const context = await browser.newContext({ acceptDownloads: true, colorScheme: 'light', reducedMotion: 'reduce', locale: 'en-GB', viewport: { width: 1280, height: 844 } })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const faults = []
  // Refusals of the policy, faults of scripts: everything that is told to the console counts.
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.location().url)) faults.push(message.text())
  })
  page.on('request', (request) => {
    const { origin } = new URL(request.url())
    if (origin !== url && !/^(data|blob):/.test(request.url())) faults.push(`a request to ${origin}`)
  })
  const signed = []
  /** What a person may do with the next that is shown: refuse. */
  const wallet = { refuses: false }
  await page.exposeFunction('signOutside', (text) => {
    const typed = JSON.parse(text)
    if (wallet.refuses) return ''
    signed.push(typed.primaryType)
    return buyer.signTypedData(typed)
  })
  await page.addInitScript(injected, buyer.address)
  if (process.env.PAGE === 'dist') await page.route(/^[^?#]*\/(app\.(js|css)|verifier\.js|icon\.svg)?$/, replaced)

  const size = (width) => page.setViewportSize({ width, height: 844 })
  return {
    browser, page, faults, signed, wallet,
    /** In light, dark, and on a phone. */
    async shoot(name) {
      if (!shots) return
      for (const [look, width, scheme] of LOOKS) {
        await size(width)
        await page.emulateMedia({ colorScheme: scheme })
        await page.screenshot({ path: join(shots, `${name}-${look}.png`), fullPage: true })
      }
      await size(1280)
      await page.emulateMedia({ colorScheme: 'light' })
    },
    /** Nothing on a page is wider than the screen of a small phone, and nobody is kept out, in light or dark. */
    async fits() {
      for (const [look, width, scheme] of LOOKS) {
        await size(width)
        await page.emulateMedia({ colorScheme: scheme })
        const found = await page.evaluate(audit)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        if (width < wide) found.push(`${wide} px wide`)
        if (look === 'phone') found.push(...(await walk(page)))
        faults.push(...found.map((fault) => `${new URL(page.url()).hash.slice(0, 20)}, ${look}: ${fault}`))
      }
      await size(1280)
      await page.emulateMedia({ colorScheme: 'light' })
    },
    go: (name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click(),
    async connect() {
      await page.getByRole('button', { name: 'Connect wallet' }).click()
      await page.getByRole('button', { name: 'Test wallet' }).click()
    },
    /** What the page itself had to say about a failure. */
    async tell() {
      console.error(faults, await page.locator('[role=alert], .notice').allInnerTexts().catch(() => []))
      if (shots) await page.screenshot({ path: join(shots, 'failure.png'), fullPage: true })
    },
  }
}

/** The node's answer with the content of `web/dist`: its headers, the policy among them, stay. */
async function replaced(route) {
  const name = new URL(route.request().url()).pathname.slice(1) || 'index.html'
  const response = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } })
  const headers = { ...response.headers() }
  delete headers['content-length']
  await route.fulfill({ response, headers, body: readFileSync(join(dist, name)) })
}
