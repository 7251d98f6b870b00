/** Nodes of markets of their own, run by the program `ASSAY`. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { join, resolve } from 'node:path'

export const program = process.env.ASSAY ?? resolve(import.meta.dirname, '../../target/debug/assay')
const environment = { ...process.env, ASSAY_PASSWORD: 'correct horse' }

/**
 * Runs a command, and returns the object that it prints. A wallet that lies beside its password, as a validator's does, needs none.
 * @param {string} folder @param {string[]} args @param {boolean} hasPassword
 */
export function run(folder, args, hasPassword = true) {
  const env = hasPassword ? environment : process.env
  const told = execFileSync(program, [...args, '--json'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
  return JSON.parse(told)
}

/** Serves the market in `dir`, until `end`. @param {string} folder @param {string} dir */
export async function serve(folder, dir) {
  const args = ['node', 'run', '--dir', dir, '--listen', '127.0.0.1:0', '--block-ms', '250', '--json']
  const child = spawn(program, args, { cwd: folder, env: { ...environment, RUST_LOG: 'warn' }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((done) => child.once('exit', done))
  const first = await Promise.race([
    new Promise((told) => createInterface({ input: child.stdout }).once('line', told)),
    ended.then(() => { throw new Error('the node has ended') }),
  ])
  return {
    url: JSON.parse(first).url,
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Begins a market in `folder` with an owner and a funded buyer, and serves it. @param {string} folder @param {string} buyer */
export async function begin(folder, buyer) {
  const { address } = run(folder, ['wallet', 'new', '--dir', 'owner'])
  run(folder, ['ledger', 'new', '--dir', '.', '--fund', `${address}=10000`, '--fund', `${buyer.toLowerCase()}=10000`])
  return { ...(await serve(folder, '.')), owner: address }
}

const data = resolve(import.meta.dirname, '../../data/wine')
/** A test set of the wines. */
export const test = join(data, 'test.csv')

/** Lists the wines at a market that `begin` has begun; returns what the owner does next there. @param {string} folder @param {string} url @param {string[]} more */
export function list(folder, url, more) {
  writeFileSync(join(folder, 'card.json'), JSON.stringify({
    pretty_name: 'Wine', description: 'Chemical analyses of wines of one region, from three cultivars.',
    tags: ['chemistry', 'wine'], task_categories: ['tabular-classification'], source_datasets: 'Aeberhard, Forina',
  }))
  const windows = ['--open-window', '900', '--prove-window', '900', '--reveal-window', '900']
  run(folder, ['dataset', 'publish', '--node', url, '--wallet', 'owner', '--data', join(data, 'train.csv'), '--target', 'cultivar',
    '--card', 'card.json', '--curve', 'linear:700:50', '--evaluation-fee', '10', ...windows, ...more])
  return (does) => assert.equal(run(folder, ['job', 'next', '--node', url, '--wallet', 'owner']).did, does)
}

/**
 * Makes two validators, `v0` and `v1`, and a genesis with `v0` alone: it has a stake, and `v1` has the money for one.
 * Returns their accounts. @param {string} folder @param {string[]} rules
 */
export async function found(folder, rules) {
  const accounts = []
  for (const dir of ['v0', 'v1']) {
    run(folder, ['node', 'init', '--dir', dir, '--address', `127.0.0.1:${await freePort()}`])
    accounts.push(JSON.parse(readFileSync(join(folder, dir, 'validator.json'), 'utf8')).payee)
  }
  run(folder, ['node', 'genesis', '--validator', 'v0/validator.json', '--fund', `${accounts[1]}=5000`, ...rules, '--out', 'v0'])
  // All that the second one needs to know: the founders' addresses are in it.
  copyFileSync(join(folder, 'v0/genesis.json'), join(folder, 'v1/genesis.json'))
  return accounts
}

let next = 20_000 + ((process.pid * 16) % 12_000)
/** A port for an address that stands in a file before anybody listens there: below those that the system gives away. */
async function freePort() {
  for (;;) {
    const port = next
    next = next < 31_999 ? next + 1 : 20_000
    const server = createServer()
    const isFree = await new Promise((done) => server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true)))
    await new Promise((done) => server.close(done))
    if (isFree) return port
  }
}
